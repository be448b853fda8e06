package retrieval

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/internal/fault"
)

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
		return p.File == key || keyOf(p.File) == key || strings.HasPrefix(key, p.File+"/") || r.partOf(p.File, key)
	})
}

// partOf reports whether a skipped record is of the file that holds the article: which
// of the file's articles it was cannot be known.
func (r *run) partOf(skipped, key string) bool {
	return slices.ContainsFunc(r.files, func(file string) bool {
		return strings.HasPrefix(skipped, file+"/") && (key == keyOf(file) || strings.HasPrefix(key, keyOf(file)+"/"))
	})
}

func sameSource(a, b *uuid.UUID) bool {
	return a == nil && b == nil || a != nil && b != nil && *a == *b
}
