package retrievalsuite

import (
	"context"
	"time"

	"github.com/signalbox/signalbox/evals"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/retrieval"
)

// Name of the suite, in reports and in suite.yaml.
const Name = "retrieval"

var _ evals.Suite = (*Suite)(nil)

// Engine is an empty knowledge base of the run's own, and the ways to search it.
type Engine struct {
	Load     func(context.Context, []retrieval.Prepared) error
	Settle   func(context.Context) error // after the last document
	Usual    retrieval.Finder            // as production searches
	Deep     retrieval.Finder            // the same, further down
	Embedder retrieval.Embedder
	// Fill embeds every passage in the space of an endpoint, once all documents are
	// loaded, and Question embeds a question there; nil is Embedder in the built-in one.
	Fill     func(ctx context.Context, progress func(done, total int)) error
	Question func(ctx context.Context, text string) ([]float32, retrieval.EmbeddingSpace, error)
	// Embedding names the model that questions are embedded by; "" is Embedder's.
	Embedding  string
	Parameters retrieval.Parameters
	Close      func() error
}

// Suite is one measurement of search, ready to run.
type Suite struct {
	Title     string // what a person calls it, "" for none
	Version   string // of the program
	Directory string // with corpus.jsonl, queries.jsonl and qrels
	Split     string // of qrels
	Language  string // ISO 639-1 code of all texts; "" or "auto" detects each
	// Open makes the engine once the files have been read.
	Open     func(context.Context) (*Engine, error)
	Progress func(stage string, done, total int)
}

// Name is that of every suite of this package.
func (s *Suite) Name() string { return Name }

// Run reads the files, fills a knowledge base and asks every query in each mode. The
// report's Detail is a *Report.
func (s *Suite) Run(ctx context.Context) (report *evals.Report, err error) {
	if s.Directory == "" {
		return nil, fault.Field(fault.Invalid, "--beir", "is missing", "name a folder with corpus.jsonl, queries.jsonl and qrels")
	}
	if s.Split == "" {
		s.Split = "test"
	}
	if s.Language == "" {
		s.Language = automatic
	}
	if err := checkLanguage(s.Language); err != nil {
		return nil, err
	}
	data, err := Read(s.Directory, s.Split)
	if err != nil {
		return nil, err
	}
	engine, err := s.Open(ctx)
	if err != nil {
		return nil, err
	}
	defer func() {
		if closing := engine.Close(); err == nil {
			err = closing
		}
	}()
	r := &run{suite: s, data: data, engine: engine}
	if r.analyser, err = retrieval.NewAnalyser(engine.Parameters, detectorOf(s.Language)); err != nil {
		return nil, err
	}
	if err := r.ingest(ctx); err != nil {
		return nil, err
	}
	if err := r.ask(ctx); err != nil {
		return nil, err
	}
	return r.report()
}

func (s *Suite) progress(stage string, done, total int) {
	if s.Progress != nil {
		s.Progress(stage, done, total)
	}
}

const automatic = "auto"

func checkLanguage(language string) error {
	if language == automatic {
		return nil
	}
	if len(language) != 2 || language[0] < 'a' || language[0] > 'z' || language[1] < 'a' || language[1] > 'z' {
		return fault.Field(fault.Invalid, "--language", "is no ISO 639-1 code", "use auto, or a code such as en, de or ja")
	}
	return nil
}

// detectorOf is nil for the detection of production.
func detectorOf(language string) func(string) string {
	if language == automatic {
		return nil
	}
	return func(string) string { return language }
}

// options are the data part of suite.yaml.
type options struct {
	BEIR     string `yaml:"beir"`
	Split    string `yaml:"split"`
	Language string `yaml:"language"`
}

// FromFolder makes a suite of a folder's suite.yaml. It still needs an engine.
func FromFolder(folder *evals.Folder) (*Suite, error) {
	if folder.Suite != Name {
		return nil, fault.Field(fault.Invalid, evals.FolderFile+", suite", "is not retrieval", "write suite: retrieval")
	}
	var read options
	if err := folder.Decode(&read); err != nil {
		return nil, err
	}
	if read.BEIR == "" {
		return nil, fault.Field(fault.Invalid, evals.FolderFile+", data.beir", "is missing", "name the folder with corpus.jsonl, queries.jsonl and qrels")
	}
	return &Suite{Title: folder.Name, Directory: folder.Resolve(read.BEIR), Split: read.Split, Language: read.Language}, nil
}

// report puts together what was measured.
func (r *run) report() (*evals.Report, error) {
	detail := &Report{Result: r.result(), Rows: r.rows()}
	detail.Losses, detail.Below = r.losses()
	figures, err := evals.FiguresOf(detail.Result)
	if err != nil {
		return nil, err
	}
	result := detail.Result
	return &evals.Report{Detail: detail, Run: evals.Run{
		Schema: evals.RunSchema, Suite: Name, Name: r.suite.Title, Version: r.suite.Version, CreatedAt: result.CreatedAt,
		DataHash: result.DataHash, ModelHash: r.modelHash(), Figures: figures, Rows: detail.Rows,
	}}, nil
}

func now() time.Time { return time.Now().UTC().Truncate(time.Second) }
