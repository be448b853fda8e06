package triagesuite

import (
	"context"

	"github.com/signalbox/signalbox/evals/dataset"
	"github.com/signalbox/signalbox/internal/fault"
)

// ClincFormat is the only form of data that is not a table.
const ClincFormat = "clinc150"

// Files say where the rows of a run stand.
type Files struct {
	Train, Valid, Test string // paths; Valid and Test may be ""
	Format, Data       string // ClincFormat and its path, instead of these three
	Encoding           string
	Columns            dataset.Columns
	Limit              int // rows of each file, drawn by the seed; 0 for all
	Seed               uint64
}

// Load reads the files. Errors are faults that name a flag or a place in a file.
func Load(ctx context.Context, files Files) (Data, error) {
	data, err := files.load(ctx)
	if err != nil {
		return Data{}, err
	}
	for _, table := range []*dataset.Table{&data.Train, &data.Valid, &data.Test} {
		table.Rows = dataset.Limit(table.Rows, files.Limit, files.Seed)
	}
	return data, nil
}

func (f Files) load(ctx context.Context) (Data, error) {
	switch {
	case f.Limit < 0:
		return Data{}, fault.Field(fault.Invalid, "--limit", "is negative", "use a number of rows, or leave it out")
	case f.Format == ClincFormat:
		return f.loadClinc()
	case f.Format != "" && f.Format != "table":
		return Data{}, fault.Field(fault.Invalid, "--format", "is unknown", "use clinc150, or leave it out for CSV and JSONL")
	case f.Data != "":
		return Data{}, fault.Field(fault.Invalid, "--data", "goes with --format", "use --format clinc150, or --train and --test")
	case f.Train == "":
		return Data{}, fault.Field(fault.Invalid, "--train", "is missing", "name a CSV or JSONL file of labelled rows")
	}
	return f.loadTables(ctx)
}

func (f Files) loadClinc() (Data, error) {
	if f.Data == "" {
		return Data{}, fault.Field(fault.Invalid, "--data", "is missing beside --format clinc150", "name a file such as data_full.json")
	}
	if f.Train != "" || f.Valid != "" || f.Test != "" {
		return Data{}, fault.Field(fault.Invalid, "--format", "does not go with --train, --valid and --test", "use --data alone: the file holds all three")
	}
	clinc, err := dataset.ReadClinc(f.Data)
	if err != nil {
		return Data{}, err
	}
	return Data{Fields: []string{"intent"}, Train: clinc.Train, Valid: clinc.Valid, Test: clinc.Test}, nil
}

func (f Files) loadTables(ctx context.Context) (Data, error) {
	data := Data{Fields: f.Columns.Labels}
	for _, part := range []struct {
		flag, path string
		table      *dataset.Table
	}{{"--train", f.Train, &data.Train}, {"--valid", f.Valid, &data.Valid}, {"--test", f.Test, &data.Test}} {
		if part.path == "" {
			continue
		}
		var err error
		source := dataset.Source{Flag: part.flag, Path: part.path, Encoding: f.Encoding, Columns: f.Columns}
		if *part.table, err = dataset.Read(ctx, source); err != nil {
			return Data{}, err
		}
	}
	return data, nil
}
