package retrieval

import (
	"context"
	"errors"

	"github.com/signalbox/signalbox/internal/fault"
)

// saveInSpace stores groups with vectors of the current space, embedded anew if that
// changes meanwhile.
func (r *run) saveInSpace(ctx context.Context, groups []Group) (refusals []*fault.Error, err error) {
	if r.Spaces == nil {
		return r.Store.SaveAll(ctx, groups)
	}
	const attempts = 3
	for range attempts {
		if err = r.embed(ctx, groups); err != nil {
			return nil, err
		}
		if refusals, err = r.Store.SaveAll(ctx, groups); !errors.Is(err, ErrOtherSpace) {
			return refusals, err
		}
		r.Spaces.Forget()
	}
	return refusals, err
}

// embed fills in the vectors. When an endpoint does not answer, the articles are
// stored without: their words are found, and building the space again adds the rest.
func (r *run) embed(ctx context.Context, groups []Group) error {
	space, model, err := r.Spaces.Current(ctx)
	if err == nil && space.ID == BuiltInSpace {
		// The readers have embedded them already, unless an endpoint's space was left.
		return eachWrite(groups, func(write Write) error { return r.embedAgain(ctx, space, model, write) })
	}
	r.mutex.Lock()
	down := r.endpointDown
	r.mutex.Unlock()
	return eachWrite(groups, func(write Write) error {
		var vectors [][]float32
		if err == nil && !down {
			vectors, err = model.Embed(ctx, embeddedTexts(space, write))
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil && !fault.Is(err, fault.Unavailable) {
			return err
		}
		r.putVectors(space, write.Chunks, vectors)
		return nil
	})
}

func eachWrite(groups []Group, do func(Write) error) error {
	for _, group := range groups {
		for _, write := range group.Writes {
			if err := do(write); err != nil {
				return err
			}
		}
	}
	return nil
}

// embedAgain embeds what holds vectors of another space.
func (r *run) embedAgain(ctx context.Context, space EmbeddingSpace, model TextEmbedder, write Write) error {
	if len(write.Chunks) == 0 || write.Chunks[0].SpaceID == 0 || write.Chunks[0].SpaceID == space.ID {
		return nil
	}
	vectors, err := model.Embed(ctx, embeddedTexts(space, write))
	if err == nil {
		r.putVectors(space, write.Chunks, vectors)
	}
	return err
}

// putVectors puts vectors into chunks; nil stands for an endpoint that did not answer.
func (r *run) putVectors(space EmbeddingSpace, chunks []Chunk, vectors [][]float32) {
	for i := range chunks {
		chunks[i].SpaceID, chunks[i].Embedding = space.ID, nil
		if vectors != nil {
			chunks[i].Embedding = vectors[i]
		}
	}
	if vectors == nil && len(chunks) > 0 {
		r.mutex.Lock()
		defer r.mutex.Unlock()
		r.endpointDown = true
		r.report.WithoutVectors += len(chunks)
	}
}

func embeddedTexts(space EmbeddingSpace, write Write) []string {
	texts := make([]string, len(write.Chunks))
	for i, chunk := range write.Chunks {
		texts[i] = space.DocumentPrefix + embeddedText(write.Article.Title, chunk.HeadingPath, chunk.Body)
	}
	return texts
}
