package retrieval

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/document"
	"github.com/signalbox/signalbox/internal/fault"
)

// run is one ingest under way. The fields under the mutex are shared by the
// goroutines that read and those that store.
type run struct {
	*Ingester
	source   Source
	audience desk.Audience
	options  Options
	files    []string
	known    map[string]Indexed // of the run's audience
	other    map[string]Indexed // of the other one
	started  time.Time

	mutex   sync.Mutex
	report  Report
	entries map[string]*FileReport
	present map[string]string // source keys of this run, with their file
	orphans []uuid.UUID       // unchanged articles that nobody owns yet
	done    int
}

func newRun(in *Ingester, source Source, audience desk.Audience, options Options, files []string, skipped []Problem) *run {
	r := &run{
		Ingester: in, source: source, audience: audience, options: options, files: files, started: time.Now(),
		entries: map[string]*FileReport{}, present: map[string]string{},
	}
	for _, problem := range skipped {
		r.skip(problem.File, problem.File, problem.Reason)
	}
	return r
}

// parcel is a prepared group on its way to the store, the end of a file, or both.
type parcel struct {
	file    string
	group   *Group
	updates bool // the article was there before
	last    bool
}

// Of a batch: a few hundred chunks amortise a commit, and are little to lose.
const (
	batchGroups = 64
	batchWait   = time.Second
	storers     = 2 // one encodes while the other one's statements run
)

// all reads, prepares and stores every file. A reader's failure to read is no error.
func (r *run) all(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	queue, parcels := make(chan string), make(chan parcel, batchGroups)
	group.Go(func() error {
		defer close(queue)
		for _, file := range r.files {
			select {
			case queue <- file:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	var readers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		readers.Add(1)
		group.Go(func() error {
			defer readers.Done()
			for file := range queue {
				if err := r.read(ctx, file, parcels); err != nil {
					return err
				}
			}
			return nil
		})
	}
	group.Go(func() error { readers.Wait(); close(parcels); return nil })
	for range storers {
		group.Go(func() error { return r.store(ctx, parcels) })
	}
	return group.Wait()
}

// read prepares the articles of one file.
func (r *run) read(ctx context.Context, file string, parcels chan<- parcel) error {
	send := func(p parcel) error {
		select {
		case parcels <- p:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	var failed error // of sending: the run ends
	err := r.source.Read(ctx, file, func(item document.Item) error {
		if group, updates := r.prepare(file, item); group != nil {
			failed = send(parcel{file: file, group: group, updates: updates})
		}
		return failed
	})
	switch {
	case failed != nil:
		return failed
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, document.ErrIgnored):
		r.mutex.Lock()
		r.report.Ignored++
		r.mutex.Unlock()
	case err != nil:
		r.skip(file, file, err.Error())
	}
	return send(parcel{file: file, last: true})
}

// store writes what comes in batches, until nothing more comes.
func (r *run) store(ctx context.Context, parcels <-chan parcel) error {
	for {
		batch, more := gathered(ctx, parcels)
		if err := r.write(ctx, batch); err != nil {
			return err
		}
		if !more {
			return ctx.Err()
		}
	}
}

// gathered waits for a batch: a full one, or what has come after a while.
func gathered(ctx context.Context, parcels <-chan parcel) (batch []parcel, more bool) {
	timer := time.NewTimer(batchWait)
	defer timer.Stop()
	for groups := 0; groups < batchGroups; {
		select {
		case p, open := <-parcels:
			if !open {
				return batch, false
			}
			if batch = append(batch, p); p.group != nil {
				groups++
			}
		case <-timer.C:
			return batch, true
		case <-ctx.Done():
			return nil, false
		}
	}
	return batch, true
}

// write stores a batch. If the database refuses a value in it, each group is tried
// alone, so that only its own file is skipped.
func (r *run) write(ctx context.Context, batch []parcel) error {
	var stored []parcel
	var groups []Group
	for _, p := range batch {
		if p.group != nil {
			stored, groups = append(stored, p), append(groups, *p.group)
		}
	}
	if len(groups) > 0 {
		refusals, err := r.Store.SaveAll(ctx, groups)
		switch {
		case err != nil && fault.Is(err, fault.Unprocessable) && len(groups) > 1:
			for _, p := range stored {
				if err := r.write(ctx, []parcel{p}); err != nil {
					return err
				}
			}
		case err != nil && fault.Is(err, fault.Unprocessable):
			r.skip(stored[0].file, groups[0].Writes[0].Article.SourceKey, "holds something that cannot be stored")
		case err != nil:
			return fmt.Errorf("store articles: %w", err)
		default:
			for i, p := range stored {
				r.record(p, refusals[i])
			}
		}
	}
	r.advance(batch)
	return nil
}

// record notes what became of a group.
func (r *run) record(p parcel, refusal *fault.Error) {
	if refusal != nil {
		r.skip(p.file, p.file, refusal.Message+": "+refusal.Remedy)
		return
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	entry, key := r.entry(p.file), p.group.Writes[0].Article.SourceKey
	if p.updates {
		r.report.Updated = append(r.report.Updated, key)
		entry.Updated++
	} else {
		r.report.Created = append(r.report.Created, key)
		entry.Created++
	}
	for _, write := range p.group.Writes {
		r.report.Chunks += len(write.Chunks)
		entry.Chunks += len(write.Chunks)
	}
}

// advance counts the files that end with this batch.
func (r *run) advance(batch []parcel) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	for _, p := range batch {
		if p.last {
			r.done++
			if r.options.Progress != nil {
				r.options.Progress(r.progress())
			}
		}
	}
}

func (r *run) progress() Progress {
	done, total := r.done, len(r.files)
	rate := float64(done) / max(time.Since(r.started).Seconds(), 1e-6)
	return Progress{Done: done, Total: total, PerSecond: rate, Left: time.Duration(float64(total-done) / rate * float64(time.Second))}
}

// adopt takes over unchanged articles that were ingested by hand before.
func (r *run) adopt(ctx context.Context) error {
	if r.options.Source == nil || len(r.orphans) == 0 {
		return nil
	}
	return r.Store.Adopt(ctx, r.audience, *r.options.Source, r.orphans)
}

// archiveMissing archives what this source has stored and no longer holds.
func (r *run) archiveMissing(ctx context.Context) error {
	var missing []string
	for key, known := range r.known {
		_, here := r.present[key]
		if !here && !known.Archived && !isNoteKey(key) && sameSource(known.Source, r.options.Source) && !r.unreadable(key) {
			missing = append(missing, key)
		}
	}
	if len(missing) > 0 && len(r.present) == 0 && !r.options.AllowEmpty {
		return fault.Field(fault.Conflict, "source", "holds no article any more, so that every one of it would be archived",
			"name the right one, or confirm with --allow-empty")
	}
	slices.Sort(missing)
	for _, key := range missing {
		if err := r.Store.Archive(ctx, r.audience, r.known[key].ID); err != nil {
			return fmt.Errorf("archive %s: %w", key, err)
		}
		r.report.Archived = append(r.report.Archived, key)
	}
	return nil
}

// unreadable reports an article of a file or directory that was skipped: nobody
// knows whether it is gone.
func (r *run) unreadable(key string) bool {
	return slices.ContainsFunc(r.report.Skipped, func(p Problem) bool {
		return p.File == key || keyOf(p.File) == key || strings.HasPrefix(key, p.File+"/")
	})
}

// skip names a file, or the part of it with this name, as skipped.
func (r *run) skip(file, name, reason string) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.report.Skipped = append(r.report.Skipped, Problem{name, reason})
	r.entry(file).Skipped++
}

func (r *run) warn(name, reason string) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.report.Warnings = append(r.report.Warnings, Problem{name, reason})
}

// entry is a file's line of the report; the caller holds the mutex.
func (r *run) entry(file string) *FileReport {
	if r.entries[file] == nil {
		r.entries[file] = &FileReport{File: file}
	}
	return r.entries[file]
}

// finished is the report, in the order of the files.
func (r *run) finished() Report {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.report.ordered()
	r.report.Files = []FileReport{}
	for _, file := range r.files {
		if entry := r.entries[file]; entry != nil {
			r.report.Files = append(r.report.Files, *entry)
		}
	}
	r.report.Seconds = time.Since(r.started).Seconds()
	r.report.PerSecond = float64(r.done) / max(r.report.Seconds, 1e-6)
	return r.report
}

func sameSource(a, b *uuid.UUID) bool {
	return a == nil && b == nil || a != nil && b != nil && *a == *b
}
