package retrieval

import "github.com/signalbox/signalbox/internal/fault"

// Parameters are the numbers that ranking depends on, in one place. Documents
// keep weights made with the first five: a change of these makes the next ingest
// write every article again, since they are part of its content hash.
type Parameters struct {
	Saturation     float64 // BM25 k1, ≥0: how soon repeating a term stops to help
	LengthPenalty  float64 // BM25 b, 0–1: how much long passages lose
	AverageLength  float64 // terms; fixed, so that one edit does not reweigh every passage
	TitleRepeats   int     // how often the title counts
	HeadingRepeats int     // how often the headings count
	FormFactor     float64 // (0, 1]: what an unstemmed form counts beside its stem in a query
	LexicalWeight  float64 // of the fused score; the weights add up to 1
	DenseWeight    float64 // the other leg's
	MaximumBoost   float64 // 0–0.1: the most that title, votes and freshness may add or take, as a share
}

// AnalysisVersion is part of every content hash. It rises with each change of
// the analysis or the chunking, so that the next ingest rewrites every article.
const AnalysisVersion = 3

// DefaultParameters returns the built-in numbers: the usual BM25 constants
// (Robertson and Zaragoza, 2009) and a fusion in which exact words lead, whose weights
// were chosen on training queries (docs/evaluation.md).
func DefaultParameters() Parameters {
	return Parameters{
		Saturation: 1.2, LengthPenalty: 0.75, AverageLength: 120, TitleRepeats: 2, HeadingRepeats: 2, FormFactor: 0.2,
		LexicalWeight: 0.8, DenseWeight: 0.2, MaximumBoost: 0.1,
	}
}

// Validate names the first number that is out of range.
func (p Parameters) Validate() error {
	for _, check := range []struct {
		field  string
		ok     bool
		remedy string
	}{
		{"Saturation", p.Saturation >= 0 && p.Saturation <= 10, "use 0 to 10"},
		{"LengthPenalty", p.LengthPenalty >= 0 && p.LengthPenalty <= 1, "use 0 to 1"},
		{"AverageLength", p.AverageLength >= 1 && p.AverageLength <= 10_000, "use 1 to 10000 terms"},
		{"TitleRepeats", p.TitleRepeats >= 0 && p.TitleRepeats <= 10, "use 0 to 10"},
		{"HeadingRepeats", p.HeadingRepeats >= 0 && p.HeadingRepeats <= 10, "use 0 to 10"},
		{"FormFactor", p.FormFactor > 0 && p.FormFactor <= 1, "use a number above 0, at most 1"},
		{"LexicalWeight", p.LexicalWeight >= 0 && p.LexicalWeight <= 1, "use 0 to 1"},
		{"DenseWeight", p.DenseWeight >= 0 && p.LexicalWeight+p.DenseWeight > 0.999 && p.LexicalWeight+p.DenseWeight < 1.001,
			"use 1 minus LexicalWeight"},
		{"MaximumBoost", p.MaximumBoost >= 0 && p.MaximumBoost <= 0.1, "use 0 to 0.1"},
	} {
		if !check.ok {
			return fault.Field(fault.Invalid, check.field, "is out of range", check.remedy)
		}
	}
	return nil
}
