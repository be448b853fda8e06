package postgres

import (
	"fmt"
	"testing"

	"github.com/google/uuid"
)

// miscounted lists where the kept counts differ from a recount.
const miscounted = `
with counted as (
  select audience, language, lexeme, count(*)::bigint as documents from chunks, unnest(lexemes) lexeme group by 1, 2, 3
), kept as (
  select audience, language, lexeme, documents::bigint from lexeme_frequencies where documents <> 0
), totals as (
  select audience, language, count(*)::bigint as chunks, sum(length)::bigint as total_length from chunks group by 1, 2
), kept_totals as (
  select audience, language, chunks, total_length from lexical_statistics where chunks <> 0 or total_length <> 0
)
select count(*) from (
  (select * from counted except select * from kept) union all (select * from kept except select * from counted)) frequencies
full join (
  (select * from totals except select * from kept_totals) union all (select * from kept_totals except select * from totals)) statistics on true`

func TestDocumentFrequenciesEqualARecount(t *testing.T) {
	t.Parallel()
	db := open(t)
	articles := []uuid.UUID{uuid.New(), uuid.New(), uuid.New()}
	add := func(article int, audience string) {
		id, version := articles[article], uuid.New()
		run(t, db.app, `insert into articles (audience, id, source_key, title) values ($1, $2, $3, 'x')`, audience, id, id.String())
		run(t, db.app, `insert into article_versions (audience, id, article_id, version, title, body) values ($1, $2, $3, 1, 'x', 'x')`, audience, version, id)
		for ordinal := range 3 {
			run(t, db.app, `insert into chunks (audience, id, version_id, article_id, ordinal, body, start_offset, end_offset, language, length, lexemes, weights)
				values ($1, gen_random_uuid(), $2, $3, $4, 'x', 0, 1, $5, $6, $7, '{1:1}/1000000000')`,
				audience, version, id, ordinal, []string{"en", "de", "en"}[ordinal], 3+ordinal, []int32{1, int32(2 + ordinal), int32(10 + article)})
		}
	}
	for _, step := range []struct {
		name string
		do   func()
	}{
		{"insert", func() { add(0, "public"); add(1, "internal"); add(2, "public") }},
		{"other words", func() { run(t, db.app, `update chunks set lexemes = '{1,77}', length = 9 where ordinal = 1`) }},
		{"other language", func() { run(t, db.app, `update chunks set language = 'fr' where ordinal = 2`) }},
		{"move inside", func() { run(t, db.app, `update articles set audience = 'internal' where id = $1`, articles[0]) }},
		{"move outside", func() { run(t, db.app, `update articles set audience = 'public' where id = $1`, articles[1]) }},
		{"delete chunks", func() { run(t, db.app, `delete from chunks where article_id = $1 and ordinal = 0`, articles[2]) }},
		{"delete a version", func() { run(t, db.app, `delete from article_versions where article_id = $1`, articles[0]) }},
		{"delete an article", func() { run(t, db.app, `delete from articles where id = $1`, articles[1]) }},
		{"delete the rest", func() { run(t, db.app, `delete from articles where id = any($1)`, articles) }},
	} {
		step.do()
		var wrong int
		must(t, db.app.QueryRow(t.Context(), miscounted).Scan(&wrong))
		if wrong != 0 {
			t.Errorf("after %q %d counts differ from a recount", step.name, wrong)
		}
	}
	var left string
	must(t, db.app.QueryRow(t.Context(), `select format('%s %s', count(*) filter (where documents <> 0 and audience = 'public'), count(*) filter (where documents < 0)) from lexeme_frequencies`).Scan(&left))
	if want := fmt.Sprintf("%d %d", 0, 0); left != want {
		t.Errorf("after all articles went, public and negative counts are %s, want %s", left, want)
	}
}
