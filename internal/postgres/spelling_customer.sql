-- Words near those that no public passage holds, from the public vocabulary alone.
-- $1 and $2 are pairs of a word's number and one of its lexemes, $3 and $4 of a
-- word's number and one of its keys.
with languages as materialized (
  select language from lexical_statistics_public where chunks > 0
),
missing as materialized (
  select w.word
  from unnest($1::integer[], $2::integer[]) as w (word, lexeme)
  group by w.word
  having not bool_or(exists (
    select from languages l
    join lexeme_frequencies_public f on f.audience = 'public' and f.language = l.language and f.lexeme = w.lexeme
    where f.documents > 0))
),
near as materialized (
  select missing.word, v.term, v.lexeme
  from missing
  cross join lateral (
    select term, lexeme from vocabulary_public
    where keys && (select array_agg(k.key) from unnest($3::integer[], $4::integer[]) as k (word, key) where k.word = missing.word)
    limit 4000
  ) v
)
select near.word, near.term, sum(f.documents)::integer as documents
from near
cross join languages l
join lexeme_frequencies_public f on f.audience = 'public' and f.language = l.language and f.lexeme = near.lexeme
where f.documents > 0
group by near.word, near.term
