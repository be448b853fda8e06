package ingestbench

import (
	"context"
	"fmt"
	"time"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/retrieval"
)

// Config says how much is measured. Zero values mean the defaults.
type Config struct {
	Articles int    // 10,000
	Seed     uint64 // 0 is a seed like any other
	Progress func(retrieval.Progress)
}

// Validate names the first value that is out of range.
func (c Config) Validate() error {
	if c.Articles < 0 || c.Articles > 1_000_000 {
		return fault.Field(fault.Invalid, "--articles", "is out of range", "use 1 to 1000000")
	}
	return nil
}

// Result is what a run measured. AgainSeconds is a second run over the same files,
// which reads and hashes them and finds nothing to do.
type Result struct {
	Articles       int     `json:"articles"`
	Words          int     `json:"words"`
	Chunks         int     `json:"chunks"`
	Seconds        float64 `json:"seconds"`
	PerSecond      float64 `json:"files_per_second"`
	ChunkPerSecond float64 `json:"chunks_per_second"`
	AgainSeconds   float64 `json:"again_seconds"`
	Unchanged      int     `json:"unchanged"`
}

// Run ingests invented articles into an empty knowledge base, twice.
func Run(ctx context.Context, config Config, ingester *retrieval.Ingester) (Result, error) {
	if err := config.Validate(); err != nil {
		return Result{}, err
	}
	if config.Articles == 0 {
		config.Articles = 10_000
	}
	files := Articles(config.Articles, config.Seed)
	result := Result{Articles: config.Articles, Words: words(config)}
	started := time.Now()
	report, err := ingester.IngestDir(ctx, files, desk.Public, retrieval.Options{Progress: config.Progress})
	if err != nil {
		return result, err
	}
	result.Seconds, result.Chunks = time.Since(started).Seconds(), report.Chunks
	if len(report.Created) != config.Articles {
		return result, fmt.Errorf("%d of %d articles were stored", len(report.Created), config.Articles)
	}
	result.PerSecond, result.ChunkPerSecond = float64(config.Articles)/result.Seconds, float64(report.Chunks)/result.Seconds
	started = time.Now()
	if report, err = ingester.IngestDir(ctx, files, desk.Public, retrieval.Options{}); err != nil {
		return result, err
	}
	result.AgainSeconds, result.Unchanged = time.Since(started).Seconds(), report.Unchanged
	return result, nil
}

// words is the mean over the first articles.
func words(config Config) int {
	sample, total := min(config.Articles, 100), 0
	for i := range sample {
		total += countWords(article(i, config.Seed))
	}
	return total / max(sample, 1)
}
