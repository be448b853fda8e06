package retrieval

import (
	"context"
	"os"
	"time"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
)

// Origins keeps sources.
type Origins interface {
	Origin(ctx context.Context, id uuid.UUID) (Origin, error)
	// FinishSync keeps what became of a run and closes the outbox row that asked for it,
	// if one did.
	FinishSync(ctx context.Context, id uuid.UUID, work uuid.UUID, report KeptReport) error
}

// Imports keeps what was sent to be ingested.
type Imports interface {
	ImportFiles(ctx context.Context, id uuid.UUID) (Import, []ImportFile, error)
	AdvanceImport(ctx context.Context, id uuid.UUID, done, total int) error
	FinishImport(ctx context.Context, id uuid.UUID, work uuid.UUID, report KeptReport) error
}

// Keeper runs imports and brings the articles of sources up to date.
type Keeper struct {
	Ingester   *Ingester
	Origins    Origins
	Imports    Imports
	Validators Validators
	Fetcher    Fetcher
}

// Sync reads a source again. What is wrong with the source is in the report; the error
// is that the store failed.
func (k *Keeper) Sync(ctx context.Context, id, work uuid.UUID, progress func(Progress)) (Report, error) {
	origin, err := k.Origins.Origin(ctx, id)
	if err != nil {
		return Report{}, err
	}
	report, err := k.read(ctx, origin, progress)
	kept := report.Kept()
	if err != nil {
		if !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.Conflict) {
			return report, err
		}
		kept.Error = fault.Safe(err).Message
	}
	if finished := k.Origins.FinishSync(ctx, id, work, kept); finished != nil {
		return report, finished
	}
	return report, err
}

func (k *Keeper) read(ctx context.Context, origin Origin, progress func(Progress)) (Report, error) {
	options := Options{Source: &origin.ID, Progress: progress, Keep: origin.Kind == SingleOrigin}
	if origin.Kind == URLsOrigin {
		return k.Ingester.Ingest(ctx, k.Addresses(origin.Locations, origin.ID), origin.Audience, options)
	}
	if origin.Kind != FolderOrigin || len(origin.Locations) != 1 {
		return Report{}, fault.New(fault.Invalid, "this source cannot be synced: it is fed by uploads")
	}
	root, err := os.OpenRoot(origin.Locations[0]) // links cannot lead out of the folder
	if err != nil {
		return Report{}, fault.Wrap(fault.Invalid, err, "the folder cannot be read")
	}
	defer root.Close()
	return k.Ingester.IngestDir(ctx, root.FS(), origin.Audience, options)
}

// Addresses makes a source of a list of pages.
func (k *Keeper) Addresses(list []string, source uuid.UUID) *Addresses {
	return NewAddresses(list, k.Fetcher, k.Validators, source, k.Ingester)
}

// Once ingests files and addresses that belong to no folder. Nothing is archived.
func (k *Keeper) Once(ctx context.Context, files []ImportFile, audience desk.Audience, progress func(Progress)) (Report, error) {
	source := Uploads[audience]
	return k.Ingester.Ingest(ctx, k.uploaded(files, source), audience, Options{Keep: true, Source: &source, Progress: progress})
}

// Import ingests what was sent. A further run finds what the one before has stored.
func (k *Keeper) Import(ctx context.Context, id, work uuid.UUID) error {
	asked, files, err := k.Imports.ImportFiles(ctx, id)
	if err != nil {
		return err
	}
	var report Report
	if asked.State == RunOpen {
		last := time.Now()
		report, err = k.Once(ctx, files, asked.Audience, func(p Progress) {
			if time.Since(last) > time.Second { // what is not told now is told by the report
				last = time.Now()
				_ = k.Imports.AdvanceImport(ctx, id, p.Done, p.Total)
			}
		})
	}
	kept := report.Kept()
	if err != nil {
		// What was sent is kept until its articles are: a conflict, such as another
		// embedding in the store, is the operator's to mend, and the job is tried again.
		if !fault.Is(err, fault.Invalid) {
			return err
		}
		kept.Error = fault.Safe(err).Message
	}
	return k.Imports.FinishImport(ctx, id, work, kept)
}
