package retrieval

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
)

// Unembedded is a passage that has no vector in a space.
type Unembedded struct {
	Audience    desk.Audience
	ChunkID     uuid.UUID
	Title       string
	HeadingPath []string
	Body        string
}

// Vector is a passage's vector in a space.
type Vector struct {
	Audience  desk.Audience
	ChunkID   uuid.UUID
	Embedding []float32
}

// SpaceStore holds the vectors of every space.
type SpaceStore interface {
	// Unembedded lists passages without a vector in the space, in order of audience
	// and ID after the given one; nil starts.
	Unembedded(ctx context.Context, spaceID int, after *Unembedded, limit int) ([]Unembedded, error)
	CountUnembedded(ctx context.Context, spaceID int) (int, error)
	// AddVectors leaves out passages that are gone or have one already.
	AddVectors(ctx context.Context, spaceID int, vectors []Vector) error
}

// fillBatch is how many passages one request embeds: endpoints take as many, and a
// process that is killed loses no more.
const fillBatch = 64

// Fill embeds every passage that has no vector in the space, and returns how many
// it embedded. What an earlier call stored stays: it can be killed and run again.
func Fill(ctx context.Context, store SpaceStore, space EmbeddingSpace, model TextEmbedder, progress func(Progress)) (int, error) {
	total, err := store.CountUnembedded(ctx, space.ID)
	if err != nil {
		return 0, err
	}
	started, seen, done := time.Now(), 0, 0
	var after *Unembedded
	for {
		batch, err := store.Unembedded(ctx, space.ID, after, fillBatch)
		if err != nil || len(batch) == 0 {
			return done, err
		}
		after = &batch[len(batch)-1]
		vectors, err := EmbedPassages(ctx, space, model, batch)
		if err != nil {
			return done, err
		}
		if err := store.AddVectors(ctx, space.ID, vectors); err != nil {
			return done, err
		}
		seen, done = seen+len(batch), done+len(vectors)
		if progress != nil {
			total = max(total, seen)
			rate := float64(seen) / max(time.Since(started).Seconds(), 1e-6)
			progress(Progress{Done: seen, Total: total, PerSecond: rate, Left: time.Duration(float64(total-seen) / rate * float64(time.Second))})
		}
	}
}

// EmbedPassages embeds passages for a space. Those without any word have no vector.
func EmbedPassages(ctx context.Context, space EmbeddingSpace, model TextEmbedder, passages []Unembedded) ([]Vector, error) {
	texts := make([]string, len(passages))
	for i, p := range passages {
		texts[i] = space.DocumentPrefix + embeddedText(p.Title, p.HeadingPath, p.Body)
	}
	embeddings, err := model.Embed(ctx, texts)
	if err != nil {
		return nil, err
	}
	var vectors []Vector
	for i, embedding := range embeddings {
		if embedding == nil {
			continue
		}
		if len(embedding) != space.Dimension {
			return nil, fault.New(fault.Unprocessable, "the embedding endpoint answered with %d dimensions, the space %s has %d", len(embedding), space.Name, space.Dimension)
		}
		vectors = append(vectors, Vector{passages[i].Audience, passages[i].ChunkID, embedding})
	}
	return vectors, nil
}
