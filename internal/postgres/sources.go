package postgres

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/retrieval"
)

var (
	_ retrieval.Origins    = (*Knowledge)(nil)
	_ retrieval.Imports    = (*Knowledge)(nil)
	_ retrieval.Validators = (*Knowledge)(nil)
)

const selectOrigins = `
select s.id, s.kind, s.name, s.audience, s.locations, s.every, s.last_run, s.last_state, s.last_report,
  (select count(*) from articles a where a.source_id = s.id and a.status = 'published' and not a.is_canary and a.source_key !~ '#(internal|aside)-[0-9]+$')
from sources s
where ($1::uuid is null or s.id = $1) and ($2 = '' or s.name = $2)
order by s.name`

// Sources lists the sources by name.
func (k *Knowledge) Sources(ctx context.Context) ([]retrieval.Origin, error) {
	rows, err := k.app.Query(ctx, selectOrigins, nil, "")
	if err != nil {
		return nil, failure(err, "list sources")
	}
	origins, err := pgx.CollectRows(rows, scanOrigin)
	return origins, failure(err, "list sources")
}

// Origin reads a source.
func (k *Knowledge) Origin(ctx context.Context, id uuid.UUID) (retrieval.Origin, error) {
	return k.origin(ctx, id, "")
}

// SourceNamed reads the source of a name.
func (k *Knowledge) SourceNamed(ctx context.Context, name string) (retrieval.Origin, error) {
	return k.origin(ctx, nil, name)
}

func (k *Knowledge) origin(ctx context.Context, id any, name string) (retrieval.Origin, error) {
	rows, err := k.app.Query(ctx, selectOrigins, id, name)
	if err != nil {
		return retrieval.Origin{}, failure(err, "read source")
	}
	origin, err := pgx.CollectExactlyOneRow(rows, scanOrigin)
	return origin, failure(err, "read source")
}

func scanOrigin(row pgx.CollectableRow) (o retrieval.Origin, err error) {
	var seconds int
	err = row.Scan(&o.ID, &o.Kind, &o.Name, &o.Audience, &o.Locations, &seconds, &o.LastRun, &o.LastState, &o.LastReport, &o.Articles)
	o.Every = time.Duration(seconds) * time.Second
	if seconds > 0 {
		o.EverySays = o.Every.String()
	}
	return o, err
}

// AddSource keeps a new source.
func (k *Knowledge) AddSource(ctx context.Context, actor desk.Actor, origin retrieval.Origin) (retrieval.Origin, error) {
	if err := origin.Validate(); err != nil {
		return origin, err
	}
	origin.ID = newID()
	err := pgx.BeginFunc(ctx, k.app, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `insert into sources (id, kind, name, audience, locations, every) values ($1, $2, $3, $4, $5, $6)`,
			origin.ID, origin.Kind, origin.Name, origin.Audience, origin.Locations, int(origin.Every.Seconds()))
		if err != nil {
			return err
		}
		return audit(ctx, tx, actor, change{action: "source.add", subjectKind: "source", subjectID: origin.ID})
	})
	return origin, failure(err, "add source")
}

// RemoveSource forgets a source. Its articles are archived, or stay as if they had been
// uploaded. It returns how many there were.
func (k *Knowledge) RemoveSource(ctx context.Context, actor desk.Actor, name string, keep bool) (int, error) {
	origin, err := k.SourceNamed(ctx, name)
	if err != nil {
		return 0, err
	}
	if origin.Kind == retrieval.SingleOrigin {
		return 0, fault.New(fault.Conflict, "uploads are no source that can be removed")
	}
	return origin.Articles, failure(k.writing(ctx, func(tx pgx.Tx) error {
		var batch pgx.Batch
		if !keep {
			batch.Queue("delete from suggestions s using articles a where a.source_id = $1 and s.audience = a.audience and s.article_id = a.id", origin.ID)
			batch.Queue("delete from chunks c using articles a where a.source_id = $1 and c.audience = a.audience and c.article_id = a.id", origin.ID)
			batch.Queue("update articles set status = 'archived', content_hash = '', updated_at = now() where source_id = $1 and not is_canary", origin.ID)
		}
		batch.Queue("update articles set source_id = $2 where source_id = $1", origin.ID, retrieval.Uploads[origin.Audience])
		batch.Queue("delete from sources where id = $1", origin.ID)
		if err := tx.SendBatch(ctx, &batch).Close(); err != nil {
			return err
		}
		return audit(ctx, tx, actor, change{action: "source.remove", subjectKind: "source", subjectID: origin.ID, details: map[string]any{"keep": keep}})
	}), "remove source")
}

// FinishSync keeps what became of a run, and closes the row that asked for it.
func (k *Knowledge) FinishSync(ctx context.Context, id, work uuid.UUID, report retrieval.KeptReport) error {
	encoded, err := json.Marshal(report)
	if err != nil {
		return failure(err, "finish sync")
	}
	return failure(pgx.BeginFunc(ctx, k.app, func(tx pgx.Tx) error {
		var batch pgx.Batch
		batch.Queue("update sources set last_run = now(), last_state = $2, last_report = $3 where id = $1", id, report.StateOf(), encoded)
		batch.Queue(finishWork, work)
		return tx.SendBatch(ctx, &batch).Close()
	}), "finish sync")
}

// Slots are aligned, so that all processes agree on them; a run by hand counts too.
const scheduleSyncs = `
with due as (
  select id, date_bin(every * interval '1 second', now(), 'epoch') as slot from sources
  where every > 0 and (last_run is null or last_run + every * interval '1 second' <= now() + interval '30 seconds')
    and not exists (select from outbox o where o.name = 'source:' || sources.id and o.state = 'open') -- one at a time
)
insert into outbox (id, kind, payload, name, slot)
select gen_random_uuid(), $1, jsonb_build_object('source_id', id), 'source:' || id, slot from due
on conflict (name, slot) where name is not null do nothing`

// ScheduleSyncs adds work for the sources that are due, and closes the row that asked for it.
func (k *Knowledge) ScheduleSyncs(ctx context.Context, work uuid.UUID, kind string) (added int, err error) {
	err = pgx.BeginFunc(ctx, k.app, func(tx pgx.Tx) error {
		done, err := tx.Exec(ctx, scheduleSyncs, kind)
		if err != nil {
			return err
		}
		added = int(done.RowsAffected())
		_, err = tx.Exec(ctx, finishWork, work)
		return err
	})
	return added, failure(err, "schedule syncs")
}

// Validators reads what the pages of a source said of themselves.
func (k *Knowledge) Validators(ctx context.Context, source uuid.UUID) (map[string]retrieval.Validator, error) {
	rows, err := many[retrieval.Validator](k.app.Query(ctx, "select address, etag, last_modified, version from fetches where source_id = $1", source))
	known := make(map[string]retrieval.Validator, len(rows))
	for _, row := range rows {
		known[row.Address] = row
	}
	return known, failure(err, "read fetches")
}

const upsertFetches = `
insert into fetches (source_id, address, etag, last_modified, version)
select $1, * from unnest($2::text[], $3::text[], $4::text[], $5::text[])
on conflict (source_id, address) do update set etag = excluded.etag, last_modified = excluded.last_modified,
  version = excluded.version, fetched_at = now()`

// KeepValidators keeps what pages said of themselves.
func (k *Knowledge) KeepValidators(ctx context.Context, source uuid.UUID, validators []retrieval.Validator) error {
	var addresses, etags, modified, versions []string
	for _, v := range validators {
		addresses, etags = append(addresses, v.Address), append(etags, v.ETag)
		modified, versions = append(modified, v.LastModified), append(versions, v.Version)
	}
	_, err := k.app.Exec(ctx, upsertFetches, source, addresses, etags, modified, versions)
	return failure(err, "keep fetches")
}
