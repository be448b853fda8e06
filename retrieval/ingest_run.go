package retrieval

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/document"
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

	endpointDown bool // not asked again in this run
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

func (r *run) progress() Progress {
	done, total := r.done, len(r.files)
	rate := float64(done) / max(time.Since(r.started).Seconds(), 1e-6)
	return Progress{Done: done, Total: total, PerSecond: rate, Left: time.Duration(float64(total-done) / rate * float64(time.Second))}
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
