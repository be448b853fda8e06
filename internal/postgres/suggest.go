package postgres

import (
	"context"
	"unicode/utf8"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/signalbox/signalbox/retrieval"
)

var (
	_ retrieval.Suggester = (*CustomerSearch)(nil)
	_ retrieval.Suggester = (*AgentSearch)(nil)
)

// Two and three characters begin too much to rank all of it: an index holds them
// in order of rank. Longer ones are a range of keys.
const (
	suggestPublic2 = `
with found as (select article_id, ordinal, heading, anchor, rank from suggestions_public where head_two = $1 order by rank desc limit 80)` + publicSuggestions
	suggestPublic3 = `
with found as (select article_id, ordinal, heading, anchor, rank from suggestions_public where head_three = $1 order by rank desc limit 80)` + publicSuggestions
	suggestPublicRange = `
with found as (
  select article_id, ordinal, heading, anchor, rank from (
    select * from suggestions_public where key >= $1 and key < $1 || chr(1114111) limit 20000) first
  order by rank desc limit 80)` + publicSuggestions
	publicSuggestions = `
select a.id, 'public'::audience, a.title, s.heading, s.anchor
from (select distinct on (article_id, ordinal) * from found) s
join articles_public a on a.audience = 'public' and a.id = s.article_id
where a.status = 'published'
order by s.rank desc, a.source_key, s.ordinal
limit $2`

	suggestAgent2 = `
with found as (select audience, article_id, ordinal, heading, anchor, rank from suggestions where audience = any ($3::text[]::audience[]) and head_two = $1 order by rank desc limit 80)` + agentSuggestions
	suggestAgent3 = `
with found as (select audience, article_id, ordinal, heading, anchor, rank from suggestions where audience = any ($3::text[]::audience[]) and head_three = $1 order by rank desc limit 80)` + agentSuggestions
	suggestAgentRange = `
with found as (
  select audience, article_id, ordinal, heading, anchor, rank from (
    select * from suggestions where audience = any ($3::text[]::audience[]) and key >= $1 and key < $1 || chr(1114111) limit 20000) first
  order by rank desc limit 80)` + agentSuggestions
	agentSuggestions = `
select a.id, a.audience, a.title, s.heading, s.anchor
from (select distinct on (audience, article_id, ordinal) * from found) s
join articles a on a.audience = s.audience and a.id = s.article_id
where a.status = 'published' and not a.is_canary
order by s.rank desc, a.source_key, s.ordinal
limit $2`
)

// Suggest reads the public leaf on the customer login.
func (s *CustomerSearch) Suggest(ctx context.Context, prefix string, limit int, _ retrieval.Filter) ([]retrieval.Suggestion, error) {
	return suggest(ctx, s.customer, byLength(prefix, suggestPublic2, suggestPublic3, suggestPublicRange), prefix, limit)
}

// Suggest reads the filter's audiences.
func (s *AgentSearch) Suggest(ctx context.Context, prefix string, limit int, filter retrieval.Filter) ([]retrieval.Suggestion, error) {
	return suggest(ctx, s.app, byLength(prefix, suggestAgent2, suggestAgent3, suggestAgentRange), prefix, limit, audiencesOf(filter))
}

func byLength(prefix, two, three, longer string) string {
	switch utf8.RuneCountInString(prefix) {
	case 2:
		return two
	case 3:
		return three
	}
	return longer
}

func suggest(ctx context.Context, pool *pgxpool.Pool, query string, arguments ...any) ([]retrieval.Suggestion, error) {
	found, err := many[retrieval.Suggestion](pool.Query(ctx, query, arguments...))
	return found, failure(err, "suggest")
}

const (
	replaceSuggestions = `
delete from suggestions s using jsonb_to_recordset($1) as a (audience audience, id uuid)
where s.audience = a.audience and s.article_id = a.id`

	insertSuggestions = `
insert into suggestions (audience, article_id, ordinal, word, key, heading, anchor, rank)
select a.audience, a.id, r.ordinal, r.word, r.key, r.heading, r.anchor, r.rank
from jsonb_to_recordset($2) as r (article integer, ordinal integer, word integer, key text, heading text, anchor text, rank real)
join jsonb_to_recordset($1) as a (position integer, audience audience, id uuid) on a.position = r.article`

	dropSuggestions = "delete from suggestions where audience = $1 and article_id = any ($2)"
)

// suggestionRow is one word's start of a title or a heading.
type suggestionRow struct {
	Article int     `json:"article"` // position of its article
	Ordinal int     `json:"ordinal"`
	Word    int     `json:"word"`
	Key     string  `json:"key"`
	Heading string  `json:"heading"`
	Anchor  string  `json:"anchor"`
	Rank    float32 `json:"rank"`
}

func appendSuggestions(rows []suggestionRow, article int, write retrieval.Write) []suggestionRow {
	for _, entry := range retrieval.SuggestionsOf(write.Article, write.Chunks) {
		for i, key := range entry.Keys {
			rows = append(rows, suggestionRow{article, entry.Ordinal, i, key, entry.Heading, entry.Anchor, entry.Rank})
		}
	}
	return rows
}
