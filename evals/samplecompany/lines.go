package samplecompany

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
)

// at names the place of an error as editors do.
func at(file string, line int, format string, args ...any) error {
	return fmt.Errorf("%s:%d: "+format, append([]any{file, line}, args...)...)
}

// readLines decodes a file of one JSON object a line and hands each to add,
// which says what is wrong with it. Unknown keys are refused.
func readLines[T any](files fs.FS, name string, add func(T) error) error {
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return err
	}
	number := 0
	for line := range bytes.Lines(text) {
		number++
		var value T
		decoder := json.NewDecoder(bytes.NewReader(line))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&value); err != nil {
			return at(name, number, "is not the expected JSON object: %w", err)
		}
		if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
			return at(name, number, "holds more than one JSON object")
		}
		if err := add(value); err != nil {
			return at(name, number, "%w", err)
		}
	}
	return nil
}

// readFolder reads every .jsonl file of a folder by name. A folder that is
// missing is empty.
func readFolder[T any](files fs.FS, folder string, add func(T) error) error {
	names, err := fs.Glob(files, folder+"/*.jsonl")
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := readLines(files, name, add); err != nil {
			return err
		}
	}
	return nil
}

// readTable reads comma-separated rows under a header that must be as given.
func readTable(files fs.FS, name string, header []string, add func(row []string) error) error {
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return err
	}
	reader := csv.NewReader(bytes.NewReader(text))
	reader.FieldsPerRecord = len(header)
	found, err := reader.Read()
	if err != nil || !slices.Equal(found, header) {
		return at(name, 1, "the header must be %s", strings.Join(header, ","))
	}
	for {
		row, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err) // names the line itself
		}
		line, _ := reader.FieldPos(0)
		if err := add(row); err != nil {
			return at(name, line, "%w", err)
		}
	}
}

// oneOf refuses a value that is not in the list.
func oneOf(field, value string, allowed ...string) error {
	if slices.Contains(allowed, value) {
		return nil
	}
	return fmt.Errorf("%s is %q, want one of %q", field, value, allowed)
}

// unique refuses an ID that is empty or known already.
func unique[T any](id string, known map[string]T) error {
	if _, exists := known[id]; exists || strings.TrimSpace(id) == "" {
		return fmt.Errorf("id %q is empty or used before", id)
	}
	return nil
}
