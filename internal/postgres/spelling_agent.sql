-- Words near those that no passage of the wanted audiences holds, from their vocabularies.
-- $1 and $2 are pairs of a word's number and one of its lexemes, $3 and $4 of a
-- word's number and one of its keys, $5 the audiences.
with languages as materialized (
  select audience, language from lexical_statistics where chunks > 0 and audience = any ($5::text[]::audience[])
),
missing as materialized (
  select w.word
  from unnest($1::integer[], $2::integer[]) as w (word, lexeme)
  group by w.word
  having not bool_or(exists (
    select from languages l
    join lexeme_frequencies f on f.audience = l.audience and f.language = l.language and f.lexeme = w.lexeme
    where f.documents > 0))
),
near as materialized (
  select missing.word, v.audience, v.term, v.lexeme
  from missing
  cross join lateral (
    select audience, term, lexeme from vocabulary
    where audience = any ($5::text[]::audience[]) and keys && (select array_agg(k.key) from unnest($3::integer[], $4::integer[]) as k (word, key) where k.word = missing.word)
    limit 4000
  ) v
)
select near.word, near.term, sum(f.documents)::integer as documents
from near
join languages l on l.audience = near.audience
join lexeme_frequencies f on f.audience = l.audience and f.language = l.language and f.lexeme = near.lexeme
where f.documents > 0
group by near.word, near.term
