package retrieval

import (
	"context"
	"errors"
	"io/fs"
	"time"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
)

// Store keeps articles. Every write is all or nothing.
type Store interface {
	// Indexed lists what an audience holds, archived articles too, by source key.
	Indexed(ctx context.Context, audience desk.Audience) (map[string]Indexed, error)
	// Save writes the next version and returns the article with its ID and version.
	Save(ctx context.Context, article Article, chunks []Chunk) (Article, error)
	// Archive takes an article out of every search.
	Archive(ctx context.Context, audience desk.Audience, id uuid.UUID) error
}

// Space guards the embedding space: vectors of another model are refused.
type Space interface {
	ClaimSpace(ctx context.Context, identity string, dimension int) error
}

// Embedder makes unit vectors, or all zeros for a text without a known word.
type Embedder interface {
	Embed(text string) []float32
	Identity() string
	Dimension() int
}

// Indexed is what a store knows of an article's current version.
type Indexed struct {
	ID          uuid.UUID
	ContentHash []byte
	Archived    bool
}

// Ingester brings a store to the state of a directory. It is safe for concurrent use.
type Ingester struct {
	Store    Store
	Space    Space
	Embedder Embedder
	Analyser *Analyser
	Spaces   *Spaces // embeds in the current space; nil is the built-in one
}

// Options of one ingest.
type Options struct {
	Progress func(Progress) // called after each file, from one goroutine; may be nil
	Keep     bool           // do not archive what is not in the directory
}

// Progress says how far an ingest is.
type Progress struct {
	Done, Total int
	PerSecond   float64       // files, over the whole run so far
	Left        time.Duration // at that rate
}

// IngestDir reads every .md file under a directory into one audience. A file's
// path without .md is its article's source key. Unchanged files cost a read and a
// hash; changed ones become a new version; articles whose file is gone are
// archived. Broken files are skipped and named in the report, and what they held
// before stays. An error ends the run; a later run takes up the rest.
func (in *Ingester) IngestDir(ctx context.Context, directory fs.FS, audience desk.Audience, options Options) (Report, error) {
	if err := in.Space.ClaimSpace(ctx, in.Embedder.Identity(), in.Embedder.Dimension()); err != nil {
		return Report{}, err
	}
	keys, skipped, err := markdownFiles(directory)
	if err != nil {
		return Report{}, err
	}
	r := run{Ingester: in, directory: directory, audience: audience, started: time.Now(), report: Report{Skipped: skipped}}
	if r.known, err = in.Store.Indexed(ctx, audience); err != nil {
		return Report{}, err
	}
	if audience == desk.Internal {
		if r.public, err = in.Store.Indexed(ctx, desk.Public); err != nil {
			return Report{}, err
		}
	}
	for i, key := range keys {
		if err := r.file(ctx, key); err != nil {
			return r.report, err
		}
		if options.Progress != nil {
			options.Progress(r.progress(i+1, len(keys)))
		}
	}
	if !options.Keep {
		err = r.archiveMissing(ctx, keys)
	}
	return r.report, errors.Join(err, ctx.Err())
}

func (r *run) progress(done, total int) Progress {
	rate := float64(done) / max(time.Since(r.started).Seconds(), 1e-6)
	return Progress{Done: done, Total: total, PerSecond: rate, Left: time.Duration(float64(total-done) / rate * float64(time.Second))}
}
