package retrieval

import (
	"slices"
	"strings"
)

// Report says what an ingest did, by source key, and file by file.
type Report struct {
	Created   []string `json:"created"`
	Updated   []string `json:"updated"`
	Archived  []string `json:"archived"`
	Unchanged int      `json:"unchanged"`
	Chunks    int      `json:"chunks"` // written
	// WithoutVectors counts written passages that no embedding endpoint answered for.
	WithoutVectors int          `json:"without_vectors,omitempty"`
	Ignored        int          `json:"ignored"` // files that are no text: images, styles
	Seconds        float64      `json:"seconds"`
	PerSecond      float64      `json:"files_per_second"`
	Skipped        []Problem    `json:"skipped"`
	Warnings       []Problem    `json:"warnings"`
	Files          []FileReport `json:"files"`
}

// Problem is something about one file. It quotes none of its text.
type Problem struct {
	File   string `json:"file"`
	Reason string `json:"reason"`
}

// FileReport is what became of one file's articles.
type FileReport struct {
	File      string `json:"file"`
	Created   int    `json:"created"`
	Updated   int    `json:"updated"`
	Unchanged int    `json:"unchanged"`
	Skipped   int    `json:"skipped"`
	Chunks    int    `json:"chunks"`
}

// ordered sorts what several goroutines have added, so that the same ingest reports
// the same.
func (r *Report) ordered() {
	slices.Sort(r.Created)
	slices.Sort(r.Updated)
	for _, problems := range [][]Problem{r.Skipped, r.Warnings} {
		slices.SortStableFunc(problems, func(a, b Problem) int { return strings.Compare(a.File, b.File) })
	}
}
