package evals

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/signalbox/signalbox/internal/fault"
)

// maximumRunBytes bounds what is read of one kept run.
const maximumRunBytes = 1 << 30

// Write keeps a run in a file, whole or not at all.
func (r *Run) Write(path string) error {
	encoded, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("encode the run: %w", err)
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".run-*")
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "%s: cannot be written", filepath.Base(path))
	}
	_, err = file.Write(append(encoded, '\n'))
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		_ = os.Remove(file.Name())
		return fmt.Errorf("write the run: %w", err)
	}
	return nil
}

// Keep writes a run into a folder, which is made, under a name of its own, and
// returns its path.
func (r *Run) Keep(folder string) (string, error) {
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return "", fault.Wrap(fault.Invalid, err, "--runs: the folder cannot be made")
	}
	base := fmt.Sprintf("%s-%s-%.8s-%.8s", r.CreatedAt.UTC().Format("20060102T150405Z"), r.Suite, r.DataHash, r.ModelHash)
	for i := 1; ; i++ {
		path := filepath.Join(folder, base+".json")
		if i > 1 {
			path = filepath.Join(folder, fmt.Sprintf("%s-%d.json", base, i))
		}
		if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
			return path, r.Write(path)
		}
	}
}

// ReadRun reads a kept run. The error names the flag.
func ReadRun(flag, path string) (*Run, error) {
	file, err := os.Open(filepath.Clean(path))
	if err != nil {
		return nil, fault.Field(fault.Invalid, flag, "cannot be read", "name a file that --out or --runs wrote")
	}
	defer file.Close()
	run, err := parseRun(io.LimitReader(file, maximumRunBytes))
	if err != nil {
		return nil, fault.Field(fault.Invalid, flag, "is no run of signalbox eval", "name a file that --out or --runs wrote")
	}
	if run.Schema != RunSchema {
		return nil, fault.Field(fault.Invalid, flag, fmt.Sprintf("has the schema %d, not %d", run.Schema, RunSchema), "make it again with this version")
	}
	return run, nil
}

func parseRun(from io.Reader) (*Run, error) {
	var run Run
	decoder := json.NewDecoder(from)
	if err := decoder.Decode(&run); err != nil {
		return nil, err
	}
	if run.Suite == "" || run.CreatedAt.IsZero() {
		return nil, errors.New("suite or created_at is missing")
	}
	return &run, nil
}

// Kept is a run of the folder without its rows.
type Kept struct {
	File string `json:"file"`
	Run
	Rows int `json:"rows"`
}

// History lists the runs of a folder, the oldest first, and counts the files that
// are none. A folder that is missing is empty.
func History(folder string) (kept []Kept, broken int, err error) {
	entries, err := os.ReadDir(folder) // by name, which begins with the time
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, fault.Field(fault.Invalid, "--runs", "is no folder that can be read", "name the folder of the runs")
	}
	for _, entry := range entries {
		if entry.IsDir() || filepath.Ext(entry.Name()) != ".json" || strings.HasPrefix(entry.Name(), ".") {
			continue
		}
		run, err := ReadRun("--runs", filepath.Join(folder, entry.Name()))
		if err != nil {
			broken++
			continue
		}
		rows := len(run.Rows)
		run.Rows = nil
		kept = append(kept, Kept{File: entry.Name(), Run: *run, Rows: rows})
	}
	return kept, broken, nil
}
