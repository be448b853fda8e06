package postgres

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/retrieval"
)

// Version 0 asks for the current one.
const selectAgentArticle = `
select a.audience, a.id, a.source_key, v.title, v.body, a.language, a.about_article_id, a.disclosure, a.product_area,
  a.tier, a.error_type, a.tags, a.votes, v.version, a.content_hash, a.updated_at
from articles a
join article_versions v on v.audience = a.audience and v.article_id = a.id
  and v.version = case when $2 = 0 then a.current_version else $2 end
where a.id = $1 and not a.is_canary`

const selectCustomerArticle = `
select a.audience, a.id, a.source_key, v.title, v.body, a.language, a.about_article_id, a.disclosure, a.product_area,
  a.tier, a.error_type, a.tags, a.votes, v.version, a.content_hash, a.updated_at
from articles_public a
join article_versions_public v on v.article_id = a.id
  and v.version = case when $2 = 0 then a.current_version else $2 end
where a.id = $1 and a.status = 'published'`

const selectCustomerArticles = `
select a.audience, a.id, a.source_key, a.title, '', a.language, a.about_article_id, a.disclosure, a.product_area,
  a.tier, a.error_type, a.tags, a.votes, a.current_version, a.content_hash, a.updated_at
from articles_public a
where a.status = 'published' and a.source_key > $1
order by a.source_key
limit $2`

const selectAgentArticles = `
select a.audience, a.id, a.source_key, a.title, '', a.language, a.about_article_id, a.disclosure, a.product_area,
  a.tier, a.error_type, a.tags, a.votes, a.current_version, a.content_hash, a.updated_at
from articles a
where a.audience = $3 and a.status = 'published' and not a.is_canary and a.source_key > $1
order by a.source_key
limit $2`

const selectAbout = `
select a.audience, a.id, a.source_key, a.title, '', a.language, a.about_article_id, a.disclosure, a.product_area,
  a.tier, a.error_type, a.tags, a.votes, a.current_version, a.content_hash, a.updated_at
from articles a
where a.audience = 'internal' and a.about_article_id = $1 and a.status = 'published' and not a.is_canary
order by a.source_key
limit 50`

// Article reads one version of an article of either audience; version 0 is the
// current one. An unknown one is a NotFound fault, as is a canary.
func (k *Knowledge) Article(ctx context.Context, id uuid.UUID, version int) (retrieval.Article, error) {
	return readArticle(ctx, k.app, selectAgentArticle, id, version)
}

// Articles lists an audience's published articles without bodies, in order of
// source key after the given one ("" starts). limit is 1–500.
func (k *Knowledge) Articles(ctx context.Context, audience desk.Audience, after string, limit int) ([]retrieval.Article, error) {
	return listArticles(ctx, k.app, selectAgentArticles, after, min(max(limit, 1), 500), audience)
}

// About lists the internal articles about a public one, without bodies.
func (k *Knowledge) About(ctx context.Context, publicID uuid.UUID) ([]retrieval.Article, error) {
	return listArticles(ctx, k.app, selectAbout, publicID)
}

// Article reads one version of a published public article; version 0 is the current one.
func (s *CustomerSearch) Article(ctx context.Context, id uuid.UUID, version int) (retrieval.Article, error) {
	return readArticle(ctx, s.customer, selectCustomerArticle, id, version)
}

// Articles lists the published public articles without bodies, in order of source
// key after the given one ("" starts). limit is 1–500.
func (s *CustomerSearch) Articles(ctx context.Context, after string, limit int) ([]retrieval.Article, error) {
	return listArticles(ctx, s.customer, selectCustomerArticles, after, min(max(limit, 1), 500))
}

func readArticle(ctx context.Context, pool *pgxpool.Pool, query string, id uuid.UUID, version int) (retrieval.Article, error) {
	rows, err := pool.Query(ctx, query, id, version)
	if err != nil {
		return retrieval.Article{}, failure(err, "read article %s", id)
	}
	article, err := pgx.CollectExactlyOneRow(rows, scanArticle)
	return article, failure(err, "read article %s", id)
}

func listArticles(ctx context.Context, pool *pgxpool.Pool, query string, arguments ...any) ([]retrieval.Article, error) {
	rows, err := pool.Query(ctx, query, arguments...)
	if err != nil {
		return nil, failure(err, "list articles")
	}
	articles, err := pgx.CollectRows(rows, scanArticle)
	return articles, failure(err, "list articles")
}

func scanArticle(row pgx.CollectableRow) (a retrieval.Article, err error) {
	err = row.Scan(&a.Audience, &a.ID, &a.SourceKey, &a.Title, &a.Body, &a.Language, &a.AboutArticleID, &a.Disclosure,
		&a.ProductArea, &a.Tier, &a.ErrorType, &a.Tags, &a.Votes, &a.Version, &a.ContentHash, &a.UpdatedAt)
	if a.Audience == desk.Public {
		a.Disclosure = retrieval.MayTell
	}
	return a, err
}
