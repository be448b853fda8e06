package retrieval

import (
	"context"
	"errors"
	"io/fs"
	"time"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/document"
	"github.com/signalbox/signalbox/internal/fault"
)

// Store keeps articles. It is safe for concurrent use.
type Store interface {
	// Indexed lists what an audience holds, archived articles too, by source key.
	Indexed(ctx context.Context, audience desk.Audience) (map[string]Indexed, error)
	// SaveAll writes all groups or, with an error, none. A group that the store refuses
	// is left out and named: refusals[i] is nil or says why groups[i] was not written.
	SaveAll(ctx context.Context, groups []Group) (refusals []*fault.Error, err error)
	// Adopt makes articles that belong to nobody belong to a source.
	Adopt(ctx context.Context, audience desk.Audience, source uuid.UUID, ids []uuid.UUID) error
	// Archive takes an article, and the notes that were cut out of it, out of every search.
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
	Source      *uuid.UUID // nil: ingested by hand
}

// Write is an article's next version, analysed and embedded.
type Write struct {
	Article Article
	Chunks  []Chunk
	// About is the source key of the public article that this note was cut out of;
	// the store finds its ID. "" leaves Article.AboutArticleID.
	About string
}

// Group is what is stored together or not at all: a public article and the internal
// notes that were cut out of it.
type Group struct {
	Writes  []Write
	Archive []uuid.UUID // internal notes that are no longer in the text
	// Forget deletes earlier versions of the public article: a note is new or changed,
	// and they may hold it in other words or lines. Customers could read them.
	Forget bool
	Source *uuid.UUID
}

// Source is where files come from.
type Source interface {
	// List names the files in order, and what cannot be read. The error is that the
	// source as a whole cannot be read.
	List(ctx context.Context) (files []string, skipped []Problem, err error)
	// Read hands over the articles of one file. Its error, unless it is yield's, says
	// in one line why the file is skipped and quotes none of its text. stored says that
	// articles of the file are stored already; then ErrUnchanged may stand for them.
	Read(ctx context.Context, file string, stored bool, yield func(document.Item) error) error
	// Done hears of files whose articles are all stored now.
	Done(ctx context.Context, files []string) error
}

// What a source's Read may say besides why a file is skipped.
var (
	ErrUnchanged = errors.New("is unchanged")
	ErrGone      = errors.New("is gone")
)

// Ingester brings a store to the state of a source. It is safe for concurrent use.
type Ingester struct {
	Store    Store
	Space    Space
	Embedder Embedder
	Analyser *Analyser
	Spaces   *Spaces // embeds in the current space; nil is the built-in one
}

// Options of one ingest.
type Options struct {
	Progress   func(Progress) // called as files are done, never twice at a time; may be nil
	Keep       bool           // do not archive what is not in the source
	AllowEmpty bool           // archive everything if there is no article in the source
	Source     *uuid.UUID     // who owns the articles; nil: nobody, by hand
}

// Progress says how far an ingest is.
type Progress struct {
	Done, Total int
	PerSecond   float64       // files, over the whole run so far
	Left        time.Duration // at that rate
}

// IngestDir reads the files under a directory into one audience; see [Ingester.Ingest].
func (in *Ingester) IngestDir(ctx context.Context, directory fs.FS, audience desk.Audience, options Options) (Report, error) {
	return in.Ingest(ctx, Folder(directory), audience, options)
}

// Ingest reads every file of a source into one audience, on all cores, and stores
// them in batches. Unchanged articles cost a read and a hash; changed ones become a
// new version; articles of this source that are gone are archived, unless nothing is
// left at all. Broken files are skipped and named in the report, and what they held
// before stays. An error ends the run; what was stored stays, and a later run takes
// up the rest.
func (in *Ingester) Ingest(ctx context.Context, source Source, audience desk.Audience, options Options) (Report, error) {
	if err := in.Space.ClaimSpace(ctx, in.Embedder.Identity(), in.Embedder.Dimension()); err != nil {
		return Report{}, err
	}
	files, skipped, err := source.List(ctx)
	if err != nil {
		return Report{}, err
	}
	r := newRun(in, source, audience, options, files, skipped)
	if r.known, err = in.Store.Indexed(ctx, audience); err != nil {
		return Report{}, err
	}
	other := desk.Public
	if audience == desk.Public {
		other = desk.Internal
	}
	if r.other, err = in.Store.Indexed(ctx, other); err != nil {
		return Report{}, err
	}
	r.hold()
	err = r.all(ctx)
	if err == nil {
		err = r.adopt(ctx)
	}
	if err == nil && !options.Keep {
		err = r.archiveMissing(ctx)
	}
	if err == nil {
		err = ctx.Err()
	}
	return r.finished(), err
}
