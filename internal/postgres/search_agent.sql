-- An agent's search: the wanted audiences, each with its own statistics, through
-- the partitioned parents. Canaries are nobody's result.
-- $1–$6 as in a customer's search, $7 audiences, $8 language, $9 product area,
-- $10 tier, $11 error type, $12 tags; empty ones do not narrow.
with collection as (
  select audience, language, chunks from lexical_statistics where chunks > 0 and audience = any ($7::text[]::audience[])
),
size as (
  select audience, sum(chunks)::float8 as chunks from collection group by audience
),
terms as materialized (
  select size.audience, q.lexeme, q.factor, f.documents, ln(1 + (size.chunks - f.documents + 0.5) / (f.documents + 0.5)) as idf
  from size
  cross join unnest($1::integer[], $2::real[]) as q (lexeme, factor)
  cross join lateral (
    select coalesce(sum(lf.documents), 0)::float8 as documents
    from collection
    join lexeme_frequencies lf on lf.audience = collection.audience and lf.language = collection.language and lf.lexeme = q.lexeme
    where collection.audience = size.audience
  ) f
),
ranked as (
  select audience, lexeme, row_number() over rarest as position, sum(documents) over rarest as total
  from terms where documents > 0
  window rarest as (partition by audience order by documents, lexeme)
),
query as materialized (
  select size.audience,
    (select coalesce(array_agg(r.lexeme), '{}') from ranked r where r.audience = size.audience and (r.position = 1 or r.total <= 20000)) as filter,
    ('{' || (select coalesce(string_agg(t.lexeme || ':' || (t.idf * t.factor)::real, ',' order by t.lexeme), '')
      from terms t where t.audience = size.audience and t.documents > 0) || '}/1000000000')::sparsevec as weights,
    (select nullif(sum(t.idf), 0) from terms t where t.audience = size.audience and t.factor = 1) as rarity
  from size
),
lexical as materialized (
  select c.audience, c.id, -(c.weights <#> query.weights) as score
  from query
  join chunks c on c.audience = query.audience and c.lexemes && query.filter
  join articles a on a.audience = c.audience and a.id = c.article_id
  where a.status = 'published' and not a.is_canary
    and ($8 = '' or c.language = $8) and ($9 = '' or a.product_area = $9) and ($10 = '' or a.tier = $10)
    and ($11 = '' or a.error_type = $11) and a.tags @> $12::text[]
  order by c.weights <#> query.weights, c.id
  limit 100
),
dense as materialized (
  select v.audience, v.chunk_id as id, -(v.embedding::halfvec(256) <#> $3::halfvec(256)) as score
  from chunk_vectors v
  join chunks c on c.audience = v.audience and c.id = v.chunk_id
  join articles a on a.audience = c.audience and a.id = c.article_id
  where $3::halfvec(256) is not null and v.space_id = 1 and v.audience = any ($7::text[]::audience[])
    and a.status = 'published' and not a.is_canary
    and ($8 = '' or c.language = $8) and ($9 = '' or a.product_area = $9) and ($10 = '' or a.tier = $10)
    and ($11 = '' or a.error_type = $11) and a.tags @> $12::text[]
  order by v.embedding::halfvec(256) <#> $3::halfvec(256)
  limit 100
),
bounds as (
  select l.top as lexical_top, case when l.found < 100 then 0 else l.bottom end as lexical_bottom,
    d.top as dense_top, d.bottom as dense_bottom
  from (select max(score) as top, min(score) as bottom, count(*) as found from lexical) l,
    (select max(score) as top, min(score) as bottom from dense) d
),
fused as (
  select audience, id,
    case when lexical.score is null then 0
      else $4::float8 * coalesce((lexical.score - lexical_bottom) / nullif(lexical_top - lexical_bottom, 0), 1) end as lexical_share,
    case when dense.score is null then 0
      else $5::float8 * coalesce((dense.score - dense_bottom) / nullif(dense_top - dense_bottom, 0), 1) end as dense_share
  from lexical full join dense using (audience, id) cross join bounds
),
best as (
  select * from fused order by lexical_share + dense_share desc fetch first ($6::integer) rows with ties
)
select c.id, c.article_id, c.version_id, v.version, c.audience, a.source_key, v.title, c.heading_path, c.anchor, c.body,
  c.start_offset, c.end_offset, c.language, c.disclosure,
  -(c.weights <#> query.weights) as lexical_score,
  coalesce(-(w.embedding::halfvec(256) <#> $3::halfvec(256)), 0) as dense_score,
  coalesce((select sum(t.idf) from terms t where t.audience = c.audience and t.factor = 1 and t.lexeme = any (c.lexemes)) / query.rarity, 0) as coverage,
  a.votes, best.lexical_share, best.dense_share, a.updated_at
from best
join chunks c on c.audience = best.audience and c.id = best.id
join article_versions v on v.audience = c.audience and v.id = c.version_id
join articles a on a.audience = c.audience and a.id = c.article_id
left join chunk_vectors w on w.audience = c.audience and w.space_id = 1 and w.chunk_id = c.id
join query on query.audience = c.audience
order by best.lexical_share + best.dense_share desc, c.audience, a.source_key, c.ordinal
limit $6::integer
