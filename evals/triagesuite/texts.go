package triagesuite

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/signalbox/signalbox/evals/dataset"
	"github.com/signalbox/signalbox/internal/bodytext"
	"github.com/signalbox/signalbox/internal/embedding"
	"github.com/signalbox/signalbox/triage"
)

// Embedder turns texts into vectors of one dimension.
type Embedder interface {
	// Name identifies the model, for reports.
	Name() string
	// Embed returns one vector a text.
	Embed(ctx context.Context, texts []string) ([][]float32, error)
}

// BuiltIn is the embedding that production uses without any model server.
type BuiltIn struct{ model *embedding.Model }

// NewBuiltIn loads the embedding.
func NewBuiltIn() (BuiltIn, error) {
	model, err := embedding.Default()
	if err != nil {
		return BuiltIn{}, fmt.Errorf("load the built-in embedding: %w", err)
	}
	return BuiltIn{model}, nil
}

// Name is the identity of the table.
func (b BuiltIn) Name() string { return b.model.Identity() }

// Embed returns one vector a text.
func (b BuiltIn) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	vectors := make([][]float32, len(texts))
	for i, text := range texts {
		vectors[i] = b.model.Embed(text)
	}
	return vectors, ctx.Err()
}

// cleaned is the text of a row as production's models read it.
func cleaned(row dataset.Row) string {
	return triage.IntakeText(bodytext.Line(row.Subject), bodytext.FromAny(row.Body).Body)
}

// sample are the rows of one file with their texts and embeddings.
type sample struct {
	rows    []dataset.Row
	texts   []string
	vectors [][]float32
	// seconds is how long reading and embedding one text took on average, without
	// the time of a model server.
	seconds float64
}

// embeddingBatch is how many texts are embedded at a time.
const embeddingBatch = 64

func read(ctx context.Context, rows []dataset.Row, embedder Embedder, progress func(done, total int)) (sample, error) {
	s := sample{rows: rows, texts: make([]string, len(rows))}
	_, builtIn := embedder.(BuiltIn)
	var spent time.Duration
	for from := 0; from < len(rows); from += embeddingBatch {
		to, start := min(from+embeddingBatch, len(rows)), time.Now()
		for i := from; i < to; i++ {
			s.texts[i] = cleaned(rows[i])
		}
		read := time.Since(start)
		vectors, err := embedder.Embed(ctx, s.texts[from:to])
		if err != nil {
			return sample{}, fmt.Errorf("embed the texts: %w", err)
		}
		s.vectors = append(s.vectors, vectors...)
		if builtIn {
			read = time.Since(start)
		}
		spent += read
		progress(to, len(rows))
	}
	s.seconds = spent.Seconds() / float64(max(len(rows), 1))
	return s, nil
}

// of picks some rows of a sample.
func (s sample) of(chosen []int) sample {
	picked := sample{seconds: s.seconds}
	for _, i := range chosen {
		picked.rows, picked.texts, picked.vectors = append(picked.rows, s.rows[i]), append(picked.texts, s.texts[i]), append(picked.vectors, s.vectors[i])
	}
	return picked
}

// rowHash names a row without its text, by what the models read of it.
func rowHash(text string) string {
	digest := sha256.Sum256([]byte(text))
	return hex.EncodeToString(digest[:8])
}
