package dataset

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/signalbox/signalbox/internal/fault"
)

// Source says where a table stands and how it is read.
type Source struct {
	Flag     string // that named the file, for errors
	Path     string
	Encoding string // "" is UTF-8, or what a byte order mark says
	Columns  Columns
}

// Read reads a table: JSON for names that end in .json, .jsonl or .ndjson, CSV for
// .csv, .tsv and .txt, and for others what the first character says. Errors are
// faults, or the context's.
func Read(ctx context.Context, source Source) (Table, error) {
	if err := source.Columns.Validate(); err != nil {
		return Table{}, err
	}
	raw, hash, err := load(source.Flag, source.Path)
	if err != nil {
		return Table{}, err
	}
	name := filepath.Base(source.Path)
	text, err := decode(name, raw, source.Encoding)
	if err != nil {
		return Table{}, err
	}
	return parse(ctx, name, hash, text, source.Columns)
}

func parse(ctx context.Context, name, hash string, text []byte, columns Columns) (Table, error) {
	table := Table{Name: name, Hash: hash}
	add := func(row Row) error {
		if len(table.Rows) == maximumRows {
			return at(name, row.Line, "", "is beyond the 1,000,000th row", "split the file")
		}
		table.Rows = append(table.Rows, row)
		return ctx.Err()
	}
	readRows := readCSV
	if isJSON(name, text) {
		readRows = readJSON
	}
	if err := readRows(name, text, columns, add); err != nil {
		return Table{}, err
	}
	if table.Read = len(table.Rows); table.Read == 0 {
		return Table{}, fault.Field(fault.Unprocessable, name, "holds no rows", "give a header and at least one row below it")
	}
	return table, nil
}

// load reads a file and hashes it.
func load(flag, path string) (raw []byte, hash string, err error) {
	file, err := os.Open(filepath.Clean(path))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, "", fault.Field(fault.Invalid, flag, "names a file that does not exist: "+printable(path), "check the path")
	}
	if err != nil {
		return nil, "", fault.Field(fault.Invalid, flag, "cannot be read: "+printable(path), "check its rights")
	}
	defer file.Close()
	if info, err := file.Stat(); err == nil && info.IsDir() {
		return nil, "", fault.Field(fault.Invalid, flag, "names a folder: "+printable(path), "name a CSV or JSONL file")
	}
	raw, err = io.ReadAll(io.LimitReader(file, maximumFileBytes+1))
	if err != nil {
		return nil, "", fault.Wrap(fault.Internal, err, "read %s", filepath.Base(path))
	}
	if len(raw) > maximumFileBytes {
		return nil, "", fault.Field(fault.TooLarge, flag, "is over 2 GB", "split the file")
	}
	digest := sha256.Sum256(raw)
	return raw, hex.EncodeToString(digest[:]), nil
}

func isJSON(name string, text []byte) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".json", ".jsonl", ".ndjson":
		return true
	case ".csv", ".tsv", ".txt", ".tab":
		return false
	}
	trimmed := bytes.TrimLeft(text, " \t\r\n")
	return bytes.HasPrefix(trimmed, []byte("{")) || bytes.HasPrefix(trimmed, []byte("["))
}
