package retrievalsuite

import (
	"time"

	"github.com/signalbox/signalbox/evals"
	"github.com/signalbox/signalbox/retrieval"
)

// Result is what a run measured. Its JSON keys are fixed: docs/reference/eval.md
// lists them.
type Result struct {
	Suite     string    `json:"suite"`
	Name      string    `json:"name"`
	Version   string    `json:"version"`
	CreatedAt time.Time `json:"created_at"`

	Modes             map[string]Mode `json:"modes"` // by bm25, dense and hybrid
	HybridAgainstBM25 Against         `json:"hybrid_against_bm25"`
	Languages         []Slice         `json:"languages"`

	Queries       int     `json:"queries"`
	Documents     int     `json:"documents"`
	Chunks        int     `json:"chunks"`
	IngestSeconds float64 `json:"ingest_seconds"`

	Split      string               `json:"split"`
	Language   string               `json:"language"`
	Embedding  string               `json:"embedding"`
	Parameters retrieval.Parameters `json:"parameters"`
	Data       map[string]DataFile  `json:"data"`
	DataHash   string               `json:"data_hash"`
	Warnings   []string             `json:"warnings"`

	Gates    []evals.Verdict   `json:"gates"`
	Baseline *evals.Comparison `json:"baseline"`
}

// Mode is how well one way of searching does.
type Mode struct {
	NDCG10    float64 `json:"ndcg@10"`
	Recall10  float64 `json:"recall@10"`
	Recall100 float64 `json:"recall@100"`
	MRR10     float64 `json:"mrr@10"`
	MAP       float64 `json:"map"`
	P50       float64 `json:"p50_ms"`
	P95       float64 `json:"p95_ms"`
}

// Against compares two modes' nDCG@10 query by query.
type Against struct {
	Change   float64     `json:"change"`
	Interval evals.Range `json:"interval"`
	Better   int         `json:"better"` // queries
	Worse    int         `json:"worse"`
	Same     int         `json:"same"`
}

// Slice is nDCG@10 by mode of the queries of one detected language.
type Slice struct {
	Dimension string  `json:"dimension"`
	Value     string  `json:"value"`
	Queries   int     `json:"queries"`
	BM25      float64 `json:"bm25"`
	Dense     float64 `json:"dense"`
	Hybrid    float64 `json:"hybrid"`
}

// DataFile is one of the files of a run.
type DataFile struct {
	File string `json:"file"`
	Hash string `json:"hash"`
	Rows int    `json:"rows"`
	Used int    `json:"used"`
}

// Report is a result with what only its page shows.
type Report struct {
	Result Result
	Rows   []evals.Row
	Losses []Loss // the worst of hybrid, the worst first
	Below  []Loss // where hybrid lost most against BM25
}

// Loss is a query that found too little.
type Loss struct {
	ID, Text, Language string
	BM25, Dense        float64 // nDCG@10
	Hybrid             float64
	Wanted             []Place // relevant documents
	Found              []Place // what hybrid put first
}

// Place is a document with its ranks, 0 where it was not found.
type Place struct {
	ID, Title            string
	Grade                int
	BM25, Dense, InFused int
}
