package retrieval

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/internal/document"
	"github.com/signalbox/signalbox/internal/outbound"
)

// Fetcher reads a page unless it is the one that etag or lastModified stand for.
type Fetcher interface {
	Get(ctx context.Context, address, etag, lastModified string) (outbound.Page, error)
}

var _ Fetcher = (*outbound.Fetcher)(nil)

// Validator is what an address said of its last answer. Version names what made
// articles of it: another one makes them anew.
type Validator struct {
	Address, ETag, LastModified, Version string
}

// Validators keeps them for a source.
type Validators interface {
	Validators(ctx context.Context, source uuid.UUID) (map[string]Validator, error)
	KeepValidators(ctx context.Context, source uuid.UUID, validators []Validator) error
}

// Addresses is a list of pages as a source. An article's key is its page's address.
type Addresses struct {
	list    []string
	fetcher Fetcher
	store   Validators
	source  uuid.UUID
	version string // of the analysis and the embedding

	mutex  sync.Mutex
	before map[string]Validator
	now    map[string]Validator
}

// NewAddresses makes a source of a list. Lines may be empty or comments.
func NewAddresses(list []string, fetcher Fetcher, store Validators, source uuid.UUID, in *Ingester) *Addresses {
	return &Addresses{list: list, fetcher: fetcher, store: store, source: source, version: in.version(), now: map[string]Validator{}}
}

// version names what makes articles of texts.
func (in *Ingester) version() string {
	return fmt.Sprintf("%d %s", AnalysisVersion, in.Embedder.Identity())
}

// List checks the addresses; fragments and repetitions go.
func (a *Addresses) List(ctx context.Context) (files []string, skipped []Problem, err error) {
	if a.before, err = a.store.Validators(ctx, a.source); err != nil {
		return nil, nil, err
	}
	seen := map[string]bool{}
	for _, line := range a.list {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		address, err := url.Parse(line)
		if err != nil || address.Scheme != "http" && address.Scheme != "https" || address.Host == "" || address.User != nil || len(line) > maximumFieldBytes {
			skipped = append(skipped, Problem{firstBytes(line, 200), outbound.ErrAddress.Error()})
			continue
		}
		address.Fragment = ""
		if file := address.String(); !seen[file] {
			seen[file] = true
			files = append(files, file)
		}
	}
	return files, skipped, nil
}

// Read fetches a page.
func (a *Addresses) Read(ctx context.Context, file string, stored bool, yield func(document.Item) error) error {
	var known Validator
	if last := a.before[file]; stored && last.Version == a.version {
		known = last
	}
	page, err := a.fetcher.Get(ctx, file, known.ETag, known.LastModified)
	switch {
	case errors.Is(err, outbound.ErrGone):
		return ErrGone
	case err != nil:
		return err
	case page.NotModified:
		return ErrUnchanged
	}
	a.mutex.Lock()
	a.now[file] = Validator{file, page.ETag, page.LastModified, a.version}
	a.mutex.Unlock()
	return document.ReadPage(ctx, page.Address, page.ContentType, page.Data, yield)
}

// Done keeps what the pages said of themselves, now that their articles are stored.
func (a *Addresses) Done(ctx context.Context, files []string) error {
	var validators []Validator
	a.mutex.Lock()
	for _, file := range files {
		if validator, fetched := a.now[file]; fetched {
			validators = append(validators, validator)
			delete(a.now, file)
		}
	}
	a.mutex.Unlock()
	if len(validators) == 0 {
		return nil
	}
	return a.store.KeepValidators(ctx, a.source, validators)
}
