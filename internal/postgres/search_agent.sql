-- An agent's search: the wanted audiences, each with its own statistics and from its
-- own leaves. Canaries are nobody's result.
-- $1–$7 as in a customer's search, $8 audiences, $9 language, $10 product area,
-- $11 tier, $12 error type, $13 tags, $14 oldest change or null; $15 says that none
-- of $9–$14 narrows.
with collection as (
  select audience, language, chunks from lexical_statistics where chunks > 0 and audience = any ($8::text[]::audience[])
),
size as (
  select audience, sum(chunks)::float8 as chunks from collection group by audience
),
terms as materialized (
  select size.audience, q.lexeme, q.factor, q.counted, f.documents, ln(1 + (size.chunks - f.documents + 0.5) / (f.documents + 0.5)) as idf
  from size
  cross join unnest($1::integer[], $2::real[], $3::real[]) as q (lexeme, factor, counted)
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
-- The two audiences share the budget of candidates.
query as materialized (
  select size.audience,
    (select coalesce(array_agg(r.lexeme), '{}') from ranked r where r.audience = size.audience and (r.position = 1 or r.total <= ({budget}) / cardinality($8::text[]))) as filter,
    ('{' || (select coalesce(string_agg(t.lexeme || ':' || (t.idf * t.factor)::real, ',' order by t.lexeme), '')
      from terms t where t.audience = size.audience and t.documents > 0) || '}/1000000000')::sparsevec as weights,
    (select nullif(sum(t.idf * t.counted), 0) from terms t where t.audience = size.audience) as rarity
  from size
),
lexical_public as materialized (
  select 'public'::audience as audience, c.id, -(c.weights <#> (select weights from query where audience = 'public')) as score
  from chunks_public c
  where c.lexemes && (select filter from query where audience = 'public')
    and ($15::boolean or exists (
      select from articles_public a where a.id = c.article_id and a.audience = 'public' and ($9 = '' or c.language = $9)
        and ($10 = '' or a.product_area = $10) and ($11 = '' or a.tier = $11) and ($12 = '' or a.error_type = $12)
        and a.tags @> $13::text[] and ($14::timestamptz is null or a.updated_at >= $14)))
  order by c.weights <#> (select weights from query where audience = 'public'), c.id
  limit 100
),
lexical_internal as materialized (
  select 'internal'::audience as audience, c.id, -(c.weights <#> (select weights from query where audience = 'internal')) as score
  from chunks_internal c
  where c.lexemes && (select filter from query where audience = 'internal')
    and ($15::boolean or exists (
      select from articles_internal a where a.id = c.article_id and a.audience = 'internal' and ($9 = '' or c.language = $9)
        and ($10 = '' or a.product_area = $10) and ($11 = '' or a.tier = $11) and ($12 = '' or a.error_type = $12)
        and a.tags @> $13::text[] and ($14::timestamptz is null or a.updated_at >= $14)))
  order by c.weights <#> (select weights from query where audience = 'internal'), c.id
  limit 100
),
lexical as materialized (
  select * from (select * from lexical_public union all select * from lexical_internal) both_halves
  order by score desc, id limit 100
),
dense_public as materialized (
  select 'public'::audience as audience, v.chunk_id as id, -(v.embedding::halfvec({dimension}) <#> $4::halfvec({dimension})) as score
  from chunk_vectors_public_{space} v
  where $4::halfvec({dimension}) is not null and 'public' = any ($8::text[])
    and ($15::boolean or exists (
      select from chunks_public c join articles_public a on a.id = c.article_id and a.audience = 'public'
      where c.id = v.chunk_id and c.audience = 'public' and ($9 = '' or c.language = $9)
        and ($10 = '' or a.product_area = $10) and ($11 = '' or a.tier = $11) and ($12 = '' or a.error_type = $12)
        and a.tags @> $13::text[] and ($14::timestamptz is null or a.updated_at >= $14)))
  order by v.embedding::halfvec({dimension}) <#> $4::halfvec({dimension})
  limit 100
),
dense_internal as materialized (
  select 'internal'::audience as audience, v.chunk_id as id, -(v.embedding::halfvec({dimension}) <#> $4::halfvec({dimension})) as score
  from chunk_vectors_internal_{space} v
  where $4::halfvec({dimension}) is not null and 'internal' = any ($8::text[])
    and ($15::boolean or exists (
      select from chunks_internal c join articles_internal a on a.id = c.article_id and a.audience = 'internal'
      where c.id = v.chunk_id and c.audience = 'internal' and ($9 = '' or c.language = $9)
        and ($10 = '' or a.product_area = $10) and ($11 = '' or a.tier = $11) and ($12 = '' or a.error_type = $12)
        and a.tags @> $13::text[] and ($14::timestamptz is null or a.updated_at >= $14)))
  order by v.embedding::halfvec({dimension}) <#> $4::halfvec({dimension})
  limit 100
),
dense as materialized (
  select * from (select * from dense_public union all select * from dense_internal) both_halves
  order by score desc, id limit 100
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
      else $5::float8 * coalesce((lexical.score - lexical_bottom) / nullif(lexical_top - lexical_bottom, 0), 1) end as lexical_share,
    case when dense.score is null then 0
      else $6::float8 * coalesce((dense.score - dense_bottom) / nullif(dense_top - dense_bottom, 0), 1) end as dense_share
  from lexical full join dense using (audience, id) cross join bounds
),
best as (
  select * from fused order by lexical_share + dense_share desc fetch first ($7::integer) rows with ties
)
select c.id, c.article_id, c.version_id, v.version, c.audience, a.source_key, v.title, c.heading_path, c.anchor, c.body,
  c.start_offset, c.end_offset, c.language, c.disclosure,
  -(c.weights <#> query.weights) as lexical_score,
  coalesce(-(w.embedding::halfvec({dimension}) <#> $4::halfvec({dimension})), 0) as dense_score,
  coalesce((select sum(t.idf * t.counted) from terms t where t.audience = c.audience and t.lexeme = any (c.lexemes)) / query.rarity, 0) as coverage,
  a.votes, best.lexical_share, best.dense_share, a.updated_at,
  array(select t.lexeme from terms t where t.audience = c.audience and t.documents > 0 and t.lexeme = any (c.lexemes)) as matched
from best
join chunks c on c.audience = best.audience and c.id = best.id
join article_versions v on v.audience = c.audience and v.id = c.version_id
join articles a on a.audience = c.audience and a.id = c.article_id
left join chunk_vectors w on w.audience = c.audience and w.space_id = {space} and w.chunk_id = c.id
join query on query.audience = c.audience
where a.status = 'published' and not a.is_canary
order by best.lexical_share + best.dense_share desc, c.audience, a.source_key, c.ordinal
limit $7::integer
