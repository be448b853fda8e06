package evals

import (
	"context"
	"time"
)

// Suite measures one part of the service.
type Suite interface {
	Name() string
	Run(ctx context.Context) (*Report, error)
}

// Report is what one run of a suite found.
type Report struct {
	Run
	// Detail is the suite's own result, whose numbers are the figures.
	Detail any
	// Gates and Comparison are nil unless the run was judged by such.
	Gates      []Verdict
	Comparison *Comparison
}

// Run is what is kept of a run.
type Run struct {
	Schema    int                `json:"schema"`
	Suite     string             `json:"suite"`
	Name      string             `json:"name"`
	Version   string             `json:"version"`
	CreatedAt time.Time          `json:"created_at"`
	DataHash  string             `json:"data_hash"`
	ModelHash string             `json:"model_hash"`
	Figures   map[string]float64 `json:"figures"`
	Rows      []Row              `json:"rows"`
}

// RunSchema is the version of a kept run.
const RunSchema = 1

// Row is what became of one test row in one field. Its name is a hash of its
// text, or the ID that its data give it.
type Row struct {
	Row        string  `json:"row"`
	Seed       uint64  `json:"seed"`
	Field      string  `json:"field"`
	Label      string  `json:"label"`
	Predicted  string  `json:"predicted"`
	Correct    bool    `json:"correct"`
	OutOfScope bool    `json:"out_of_scope"`
	Confidence float64 `json:"confidence"`
	Acted      bool    `json:"acted"`
	Language   string  `json:"language"`
	Channel    string  `json:"channel"`
	// Scores are what a row adds to the figures of its field that are means, where
	// right and wrong say too little.
	Scores map[string]float64 `json:"scores,omitempty"`
}

// Range is an interval that holds the true value with 95 % confidence.
type Range struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}
