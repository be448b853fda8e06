package postgres

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/retrieval"
)

const selectCited = `
select id, audience, source_key, title, current_version from articles
where not is_canary and (id = $1 or $1 is null and source_key = $2)
limit 2`

// The containment uses the index on citations.
const selectBlastCounts = `
select count(*), min(created_at), max(created_at) from answers where citations @> $1`

const selectBlastVersions = `
with used as (
  select (c ->> 'version')::integer as version, count(distinct a.id) as answers
  from answers a, jsonb_array_elements(a.citations) c
  where a.citations @> $1 and c ->> 'article_id' = $2::uuid::text and ($3 = 0 or (c ->> 'version')::integer = $3)
  group by 1
), written as (
  select version, created_at from article_versions where audience = $4 and article_id = $2::uuid and ($3 = 0 or version = $3)
)
select coalesce(u.version, w.version), w.created_at, coalesce(u.answers, 0)
from used u full join written w using (version)
order by 1`

const selectBlastUses = `
select 'answer', a.id, a.created_at, a.outcome, a.confidence::float8, a.ticket_id,
  array(select distinct (c ->> 'version')::integer from jsonb_array_elements(a.citations) c where c ->> 'article_id' = $2::uuid::text order by 1),
  (select count(*)::integer from jsonb_array_elements(a.citations) c where c ->> 'article_id' = $2::uuid::text and ($3 = 0 or (c ->> 'version')::integer = $3))
from answers a
where a.citations @> $1 and ($4::timestamptz is null or (a.created_at, a.id) < ($4, $5::uuid))
order by a.created_at desc, a.id desc
limit $6`

// BlastRadius lists what has cited an article, newest first. NotFound if there is no
// such article, Conflict if a source key stands in both audiences.
func (k *Knowledge) BlastRadius(ctx context.Context, query retrieval.BlastQuery) (retrieval.BlastRadius, error) {
	radius, err := k.cited(ctx, query)
	if err != nil {
		return radius, failure(err, "find article")
	}
	asked := map[string]any{"article_id": radius.ArticleID}
	if query.Version > 0 {
		asked["version"] = query.Version
	}
	contained, err := json.Marshal([]any{asked})
	if err != nil {
		return radius, failure(err, "read blast radius")
	}
	before, id, err := blastCursor(query.Before)
	if err != nil {
		return radius, err
	}
	if err := k.app.QueryRow(ctx, selectBlastCounts, contained).Scan(&radius.Answers, &radius.First, &radius.Last); err != nil {
		return radius, failure(err, "count blast radius")
	}
	radius.Versions, err = many[retrieval.VersionUse](k.app.Query(ctx, selectBlastVersions, contained, radius.ArticleID, query.Version, radius.Audience))
	if err != nil {
		return radius, failure(err, "read blast radius")
	}
	limit := min(max(query.Limit, 1), 1000)
	radius.Uses, err = many[retrieval.Use](k.app.Query(ctx, selectBlastUses, contained, radius.ArticleID, query.Version, before, id, limit+1))
	if err != nil {
		return radius, failure(err, "read blast radius")
	}
	if len(radius.Uses) > limit {
		radius.Uses = radius.Uses[:limit]
		last := radius.Uses[limit-1]
		radius.Next = last.CreatedAt.UTC().Format(time.RFC3339Nano) + "/" + last.ID.String()
	}
	return radius, nil
}

// cited finds the article.
func (k *Knowledge) cited(ctx context.Context, query retrieval.BlastQuery) (retrieval.BlastRadius, error) {
	radius := retrieval.BlastRadius{Version: query.Version}
	var id *uuid.UUID
	if parsed, err := uuid.Parse(query.Article); err == nil {
		id = &parsed
	}
	rows, err := k.app.Query(ctx, selectCited, id, query.Article)
	if err != nil {
		return radius, err
	}
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (r retrieval.BlastRadius, err error) {
		r.Version = query.Version
		return r, row.Scan(&r.ArticleID, &r.Audience, &r.SourceKey, &r.Title, &r.CurrentVersion)
	})
	switch {
	case err != nil:
		return radius, err
	case len(found) == 0:
		return radius, fault.New(fault.NotFound, "no article has this ID or source key")
	case len(found) > 1:
		return radius, fault.Field(fault.Conflict, "ARTICLE", "is a source key of both audiences", "use the article's ID")
	}
	return found[0], nil
}

// blastCursor reads the Next of a page.
func blastCursor(text string) (before *time.Time, id *uuid.UUID, err error) {
	if text == "" {
		return nil, nil, nil
	}
	wrong := fault.Field(fault.Invalid, "--before", "is no page's next", "use the next of the page before")
	if len(text) < 37 {
		return nil, nil, wrong
	}
	at, err := time.Parse(time.RFC3339Nano, text[:len(text)-37])
	if err != nil {
		return nil, nil, wrong
	}
	parsed, err := uuid.Parse(text[len(text)-36:])
	if err != nil {
		return nil, nil, wrong
	}
	return &at, &parsed, nil
}
