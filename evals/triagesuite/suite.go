package triagesuite

import (
	"context"

	"github.com/signalbox/signalbox/evals"
	"github.com/signalbox/signalbox/evals/dataset"
	"github.com/signalbox/signalbox/internal/fault"
)

// Name of the suite, in reports and in suite.yaml.
const Name = "triage"

var _ evals.Suite = (*Suite)(nil)

// Suite is one measurement of the triage engine, ready to run.
type Suite struct {
	Title    string // what a person calls it, "" for none
	Version  string // of the program
	Files    Files
	Config   Config
	Embedder Embedder
}

// Name is that of every suite of this package.
func (s *Suite) Name() string { return Name }

// Run reads the files, trains and judges. The report's Detail is a *Report.
func (s *Suite) Run(ctx context.Context) (*evals.Report, error) {
	if s.Files.Format == ClincFormat && s.Config.OutOfScope == "" {
		s.Config.OutOfScope = dataset.ClincLabel
	}
	s.Config.Seed = s.Files.Seed
	if err := s.Config.Validate(); err != nil {
		return nil, err
	}
	data, err := Load(ctx, s.Files)
	if err != nil {
		return nil, err
	}
	detail, err := Run(ctx, s.Config, data, s.Embedder)
	if err != nil {
		return nil, err
	}
	detail.Result.Version, detail.Result.Name = s.Version, s.Title
	figures, err := evals.FiguresOf(detail.Result)
	if err != nil {
		return nil, err
	}
	result := detail.Result
	return &evals.Report{Detail: detail, Run: evals.Run{
		Schema: evals.RunSchema, Suite: Name, Name: s.Title, Version: s.Version, CreatedAt: result.CreatedAt,
		DataHash: result.DataHash, ModelHash: result.ModelHash, Figures: figures, Rows: detail.Rows,
	}}, nil
}

// options are the data part of suite.yaml.
type options struct {
	Train    string    `yaml:"train"`
	Valid    string    `yaml:"valid"`
	Test     string    `yaml:"test"`
	Format   string    `yaml:"format"`
	Data     string    `yaml:"data"`
	Encoding string    `yaml:"encoding"`
	Text     []string  `yaml:"text"`
	Labels   []string  `yaml:"labels"`
	Language string    `yaml:"language"`
	Channel  string    `yaml:"channel"`
	OOSLabel string    `yaml:"oos_label"`
	OOSCost  float64   `yaml:"oos_cost"`
	FewShot  int       `yaml:"few_shot"`
	Seeds    int       `yaml:"seeds"`
	Seed     uint64    `yaml:"seed"`
	Limit    int       `yaml:"limit"`
	Targets  []float64 `yaml:"targets"`
}

// FromFolder makes a suite of a folder's suite.yaml. It still needs an embedder.
func FromFolder(folder *evals.Folder) (*Suite, error) {
	if folder.Suite != Name {
		return nil, fault.Field(fault.Invalid, evals.FolderFile+", suite", "is not triage", "write suite: triage")
	}
	read := options{Seed: 1}
	if err := folder.Decode(&read); err != nil {
		return nil, err
	}
	return &Suite{
		Title: folder.Name,
		Files: Files{
			Train: folder.Resolve(read.Train), Valid: folder.Resolve(read.Valid), Test: folder.Resolve(read.Test),
			Format: read.Format, Data: folder.Resolve(read.Data), Encoding: read.Encoding, Limit: read.Limit, Seed: read.Seed,
			Columns: dataset.Columns{Text: read.Text, Labels: read.Labels, Language: read.Language, Channel: read.Channel},
		},
		Config: Config{OutOfScope: read.OOSLabel, Cost: read.OOSCost, FewShot: read.FewShot, Seeds: read.Seeds, Targets: read.Targets},
	}, nil
}
