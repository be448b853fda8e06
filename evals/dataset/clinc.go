package dataset

import (
	"encoding/json"
	"fmt"
	"path/filepath"

	"github.com/signalbox/signalbox/internal/fault"
)

// ClincLabel is the label of texts that are out of scope in CLINC150's form.
const ClincLabel = "oos"

// Clinc are the splits of a file in the form of CLINC150 (Larson et al. 2019).
type Clinc struct{ Train, Valid, Test Table }

// ReadClinc reads train, val and test, each with its part of the out-of-scope
// texts. The label is the only one of a row.
func ReadClinc(path string) (Clinc, error) {
	raw, hash, err := load("--data", path)
	if err != nil {
		return Clinc{}, err
	}
	name := filepath.Base(path)
	text, err := decode(name, raw, "")
	if err != nil {
		return Clinc{}, err
	}
	return parseClinc(name, hash, text)
}

func parseClinc(name, hash string, text []byte) (Clinc, error) {
	var splits map[string][][]string
	if err := json.Unmarshal(text, &splits); err != nil {
		return Clinc{}, fault.Field(fault.Unprocessable, name, "is not in the form of CLINC150",
			`write {"train": [["text", "label"], …], "val": […], "test": […], "oos_train": […], "oos_val": […], "oos_test": […]}`)
	}
	var clinc Clinc
	for _, split := range []struct {
		table    *Table
		name     string
		required bool
	}{{&clinc.Train, "train", true}, {&clinc.Valid, "val", false}, {&clinc.Test, "test", true}} {
		*split.table = Table{Name: name + " " + split.name, Hash: hash}
		if _, found := splits[split.name]; !found && split.required {
			return Clinc{}, fault.Field(fault.Unprocessable, name, "has no "+quoted(split.name), "give train and test, each a list of [text, label]")
		}
		for _, part := range []string{split.name, "oos_" + split.name} {
			if err := split.table.addClinc(name, part, splits[part]); err != nil {
				return Clinc{}, err
			}
		}
		split.table.Read = len(split.table.Rows)
	}
	return clinc, nil
}

func (t *Table) addClinc(file, part string, entries [][]string) error {
	for i, entry := range entries {
		place := fmt.Sprintf("%s[%d]", part, i)
		if len(entry) != 2 || entry[1] == "" {
			return fault.Field(fault.Unprocessable, file+", "+place, "is no pair of text and label", `write ["text", "label"]`)
		}
		if err := checkCell(file+", "+place, i+1, "text", entry[0]); err != nil {
			return err
		}
		if len(entry[1]) > maximumLabelBytes {
			return fault.Field(fault.Unprocessable, file+", "+place, "has too long a label", "use at most 1,024 bytes")
		}
		t.Rows = append(t.Rows, Row{Body: cut(entry[0]), Labels: []string{entry[1]}, File: file + " " + part, Line: i + 1})
	}
	return nil
}
