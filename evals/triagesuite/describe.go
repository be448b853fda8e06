package triagesuite

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/signalbox/signalbox/evals/dataset"
	"github.com/signalbox/signalbox/triage"
)

// languageOf believes the column, and where there is none the detector.
func languageOf(row dataset.Row, text string) string {
	if row.Language != "" {
		return row.Language
	}
	code, confidence := triage.DetectLanguage(text)
	if confidence < 0.5 {
		return ""
	}
	return code
}

// describe adds the data, the hashes and the warnings.
func (r *run) describe(result *Result) {
	trained := map[string]bool{}
	for _, text := range r.train.texts {
		trained[text] = true
	}
	result.Data = map[string]DataFile{"train": dataFile(r.data.Train, r.train.texts, nil)}
	if len(r.data.Valid.Rows) > 0 {
		result.Data["valid"] = dataFile(r.data.Valid, r.valid.texts, trained)
	}
	if !r.crossValidated {
		file := dataFile(r.data.Test, r.test.texts, trained)
		result.Data["test"] = file
		if file.InTraining > 0 {
			r.warn("%s: %d of %d texts stand in the training rows too, which flatters every figure", file.File, file.InTraining, file.Used)
		}
	}
	digest := sha256.New()
	for _, part := range []string{"train", "valid", "test"} {
		fmt.Fprintf(digest, "%s %s %d\n", part, result.Data[part].Hash, result.Data[part].Used)
	}
	result.DataHash = hex.EncodeToString(digest.Sum(nil))
	digest.Reset()
	for _, trial := range r.learned {
		for _, l := range trial {
			digest.Write(l.hash[:])
		}
	}
	result.ModelHash = hex.EncodeToString(digest.Sum(nil))
	result.Warnings = append(result.Warnings, r.warnings...)
}

func dataFile(table dataset.Table, texts []string, trained map[string]bool) DataFile {
	file := DataFile{File: table.Name, Hash: table.Hash, Rows: table.Read, Used: len(table.Rows)}
	seen := map[string]bool{}
	for i, text := range texts {
		if table.Rows[i].Empty() {
			file.Empty++
			continue
		}
		if seen[text] {
			file.Duplicates++
		}
		seen[text] = true
		if trained[text] {
			file.InTraining++
		}
	}
	return file
}
