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
	known    map[string]Indexed  // of the run's audience
	other    map[string]Indexed  // of the other one
	held     map[string][]string // by file: keys of what is stored of it
	started  time.Time

	mutex   sync.Mutex
	report  Report
	entries map[string]*FileReport
	present map[string]string // source keys of this run, with their file
	orphans []uuid.UUID       // unchanged articles that nobody owns yet
	pending map[string]int    // by file: groups on their way
	ended   map[string]bool   // files whose last group is on its way
	done    int
}

func newRun(in *Ingester, source Source, audience desk.Audience, options Options, files []string, skipped []Problem) *run {
	r := &run{
		Ingester: in, source: source, audience: audience, options: options, files: files, started: time.Now(),
		entries: map[string]*FileReport{}, present: map[string]string{},
		pending: map[string]int{}, ended: map[string]bool{},
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

// Of a batch: most of its cost is counting terms, and common ones are counted once for
// each batch. What a kill loses is read again in a second or two.
const (
	batchGroups = 256
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
	err := r.source.Read(ctx, file, len(r.held[file]) > 0, func(item document.Item) error {
		if group, updates := r.prepare(file, item); group != nil {
			r.mutex.Lock()
			r.pending[file]++
			r.mutex.Unlock()
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
	case errors.Is(err, ErrUnchanged):
		r.keep(file)
	case errors.Is(err, ErrGone):
		r.warn(file, "is gone where it came from; its article is archived unless that is to be kept")
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

// write stores a batch.
func (r *run) write(ctx context.Context, batch []parcel) error {
	var groups []parcel
	for _, p := range batch {
		if p.group != nil {
			groups = append(groups, p)
		}
	}
	if err := r.save(ctx, groups); err != nil {
		return err
	}
	return r.advance(ctx, batch)
}

// save stores groups. If the database refuses a value in one, each is tried alone, so
// that only its own file is skipped.
func (r *run) save(ctx context.Context, parcels []parcel) error {
	if len(parcels) == 0 {
		return nil
	}
	groups := make([]Group, len(parcels))
	for i, p := range parcels {
		groups[i] = *p.group
	}
	refusals, err := r.Store.SaveAll(ctx, groups)
	switch {
	case err != nil && fault.Is(err, fault.Unprocessable) && len(groups) > 1:
		for _, p := range parcels {
			if err := r.save(ctx, []parcel{p}); err != nil {
				return err
			}
		}
	case err != nil && fault.Is(err, fault.Unprocessable):
		r.skip(parcels[0].file, groups[0].Writes[0].Article.SourceKey, "holds something that cannot be stored")
	case err != nil:
		return fmt.Errorf("store articles: %w", err)
	default:
		for i, p := range parcels {
			r.record(p, refusals[i])
		}
	}
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

// advance counts the files that end with this batch, and tells the source of those
// that are stored as a whole.
func (r *run) advance(ctx context.Context, batch []parcel) error {
	var whole []string
	r.mutex.Lock()
	for _, p := range batch {
		if p.group != nil {
			r.pending[p.file]--
		}
		r.ended[p.file] = r.ended[p.file] || p.last
	}
	for _, p := range batch { // a file's groups may be in batches of both storers
		if !r.ended[p.file] || r.pending[p.file] > 0 {
			continue
		}
		delete(r.ended, p.file)
		delete(r.pending, p.file)
		r.done++
		if entry := r.entries[p.file]; entry != nil && entry.Skipped == 0 {
			whole = append(whole, p.file)
		}
		if r.options.Progress != nil {
			r.options.Progress(r.progress())
		}
	}
	r.mutex.Unlock()
	if len(whole) == 0 {
		return nil
	}
	return r.source.Done(ctx, whole)
}

// hold finds the stored articles of each file: those with its key, or below it.
func (r *run) hold() {
	files := make(map[string]string, len(r.files)) // by key
	for _, file := range r.files {
		files[keyOf(file)] = file
	}
	r.held = map[string][]string{}
	for key, known := range r.known {
		if known.Archived || len(known.ContentHash) == 0 || isNoteKey(key) || !sameSource(known.Source, r.options.Source) {
			continue
		}
		for part := key; part != ""; {
			if file, found := files[part]; found {
				r.held[file] = append(r.held[file], key)
				break
			}
			cut := strings.LastIndexByte(part, '/')
			part = part[:max(cut, 0)]
		}
	}
}

// keep counts what is stored of a file that has not changed.
func (r *run) keep(file string) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	for _, key := range r.held[file] {
		r.present[key] = file
	}
	r.report.Unchanged += len(r.held[file])
	r.entry(file).Unchanged += len(r.held[file])
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
