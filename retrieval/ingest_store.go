package retrieval

import (
	"context"
	"fmt"
	"time"

	"github.com/signalbox/signalbox/internal/fault"
)

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
	refusals, err := r.saveInSpace(ctx, groups)
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
		name := p.group.Writes[0].Article.SourceKey
		if name == keyOf(p.file) {
			name = p.file
		}
		r.skip(p.file, name, refusal.Message+": "+refusal.Remedy)
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
