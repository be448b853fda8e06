-- A customer's search: public leaves and public statistics only, in one statement.
-- $1 lexemes, $2 their factors, $3 what each counts for the coverage, $4 the
-- question's unit vector or null, $5 and $6 the weights of words and meaning,
-- $7 results wanted. {space} and {dimension} are numbers of the embedding space.
-- The candidates a leg (100) are constants, so that the planner knows the
-- limits. {budget} is said in search.go.
with collection as (
  select language, chunks from lexical_statistics_public where chunks > 0
),
size as (
  select coalesce(sum(chunks), 0)::float8 as chunks from collection
),
-- Frequencies are summed over the languages: a rare language's words are rare.
terms as materialized (
  select q.lexeme, q.factor, q.counted, f.documents, ln(1 + (size.chunks - f.documents + 0.5) / (f.documents + 0.5)) as idf
  from size
  cross join unnest($1::integer[], $2::real[], $3::real[]) as q (lexeme, factor, counted)
  cross join lateral (
    select coalesce(sum(lf.documents), 0)::float8 as documents
    from collection
    join lexeme_frequencies_public lf on lf.audience = 'public' and lf.language = collection.language and lf.lexeme = q.lexeme
  ) f
),
-- The rarest lexemes find the candidates, until their frequencies reach the budget;
-- all lexemes score them.
ranked as (
  select lexeme, row_number() over rarest as position, sum(documents) over rarest as total
  from terms where documents > 0
  window rarest as (order by documents, lexeme)
),
query as materialized (
  select
    (select coalesce(array_agg(lexeme), '{}') from ranked where position = 1 or total <= (select {budget} from size)) as filter,
    ('{' || (select coalesce(string_agg(lexeme || ':' || (idf * factor)::real, ',' order by lexeme), '') from terms where documents > 0)
      || '}/1000000000')::sparsevec as weights,
    (select nullif(sum(idf * counted), 0) from terms) as rarity
),
lexical as materialized (
  select c.id, -(c.weights <#> (select weights from query)) as score
  from chunks_public c
  where c.lexemes && (select filter from query)
  order by c.weights <#> (select weights from query), c.id
  limit 100
),
dense as materialized (
  select v.chunk_id as id, -(v.embedding::halfvec({dimension}) <#> $4::halfvec({dimension})) as score
  from chunk_vectors_public_{space} v
  where $4::halfvec({dimension}) is not null
  order by v.embedding::halfvec({dimension}) <#> $4::halfvec({dimension})
  limit 100
),
-- Min–max over each leg's first 100; a leg that found all there is has its true
-- floor, zero.
bounds as (
  select l.top as lexical_top, case when l.found < 100 then 0 else l.bottom end as lexical_bottom,
    d.top as dense_top, d.bottom as dense_bottom
  from (select max(score) as top, min(score) filter (where place <= 100) as bottom, count(*) as found
      from (select score, row_number() over (order by score desc) as place from lexical) placed) l,
    (select max(score) as top, min(score) filter (where place <= 100) as bottom
      from (select score, row_number() over (order by score desc) as place from dense) placed) d
),
fused as (
  select id,
    case when lexical.score is null then 0
      else $5::float8 * greatest(coalesce((lexical.score - lexical_bottom) / nullif(lexical_top - lexical_bottom, 0), 1), 0) end as lexical_share,
    case when dense.score is null then 0
      else $6::float8 * greatest(coalesce((dense.score - dense_bottom) / nullif(dense_top - dense_bottom, 0), 1), 0) end as dense_share,
    lexical.score as words, dense.score as meaning
  from lexical full join dense using (id) cross join bounds
),
best as (
  select * from fused order by lexical_share + dense_share desc fetch first ($7::integer) rows with ties
)
select c.id, c.article_id, c.version_id, v.version, c.audience, a.source_key, v.title, c.heading_path, c.anchor, c.body,
  c.start_offset, c.end_offset, c.language, c.disclosure,
  -(c.weights <#> query.weights) as lexical_score,
  coalesce(-(w.embedding::halfvec({dimension}) <#> $4::halfvec({dimension})), 0) as dense_score,
  coalesce((select sum(idf * counted) from terms where lexeme = any (c.lexemes)) / query.rarity, 0) as coverage,
  a.votes, best.lexical_share, best.dense_share, a.updated_at, null::integer[] as matched
from best
join chunks_public c on c.id = best.id
join article_versions_public v on v.id = c.version_id
join articles_public a on a.id = c.article_id
left join chunk_vectors_public_{space} w on w.audience = 'public' and w.space_id = {space} and w.chunk_id = c.id
cross join query
where a.status = 'published'
order by best.lexical_share + best.dense_share desc, best.words desc nulls last, best.meaning desc nulls last, a.source_key, c.ordinal
limit $7::integer
