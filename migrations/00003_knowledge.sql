-- +goose Up
-- The question's way: articles, their versions, chunks and vectors, each one
-- logical table in two partitions. They carry no row-level security, which would
-- turn the GIN search into a sequential scan and HNSW into a post-filter:
-- partitions and grants separate them.
-- Foreign keys cascade the audience along articles → versions → chunks → vectors,
-- so that one UPDATE of an article moves all of it. Always write through the
-- parents: an insert into a leaf would skip the parents' triggers.

create table articles (
  audience         audience not null,
  id               uuid not null,
  source_key       text not null,
  title            text not null,
  language         text not null default 'en',
  status           text not null default 'published' check (status in ('draft', 'published', 'archived')),
  about_article_id uuid,
  disclosure       text not null default 'paraphrase' check (disclosure in ('never', 'paraphrase', 'may_tell')),
  product_area     text not null default '',
  tier             text not null default '',
  error_type       text not null default '',
  tags             text[] not null default '{}',
  votes            integer not null default 0,
  current_version  integer not null default 0,
  content_hash     bytea not null default '',
  is_canary        boolean not null default false,
  created_at       timestamptz not null default now(),
  updated_at       timestamptz not null default now(),
  primary key (audience, id),
  unique (audience, source_key),
  check (audience = 'internal' or about_article_id is null)
) partition by list (audience);
create table articles_public   partition of articles for values in ('public');
create table articles_internal partition of articles for values in ('internal');

create table article_versions (
  audience   audience not null,
  id         uuid not null,
  article_id uuid not null,
  version    integer not null check (version > 0),
  title      text not null,
  body       text not null,
  created_at timestamptz not null default now(),
  primary key (audience, id),
  unique (audience, article_id, version),
  foreign key (audience, article_id) references articles (audience, id) on update cascade on delete cascade
) partition by list (audience);
create table article_versions_public   partition of article_versions for values in ('public');
create table article_versions_internal partition of article_versions for values in ('internal');

-- lexemes: sorted hashes of the chunk's distinct terms; weights: their BM25 term
-- weights as a sparse vector over the same hashes. start_offset and end_offset are
-- bytes of the version's body. Only the current version of an article has chunks.
create table chunks (
  audience     audience not null,
  id           uuid not null,
  version_id   uuid not null,
  article_id   uuid not null,
  ordinal      integer not null,
  heading_path text[] not null default '{}',
  anchor       text not null default '',
  body         text not null,
  start_offset integer not null,
  end_offset   integer not null check (end_offset >= start_offset),
  language     text not null default 'en',
  disclosure   text not null default 'paraphrase' check (disclosure in ('never', 'paraphrase', 'may_tell')),
  length       integer not null,
  lexemes      integer[] not null,
  weights      sparsevec not null,
  primary key (audience, id),
  foreign key (audience, version_id) references article_versions (audience, id) on update cascade on delete cascade
) partition by list (audience);
create table chunks_public   partition of chunks for values in ('public');
create table chunks_internal partition of chunks for values in ('internal');
create index on chunks using gin (lexemes) with (fastupdate = off);
create index on chunks (version_id);
create index on chunks (article_id);

create table embedding_spaces (
  id         smallint primary key,
  name       text not null unique,
  identity   text not null default '',
  dimension  integer not null check (dimension between 1 and 4000),
  state      text not null check (state in ('building', 'current', 'retired')),
  created_at timestamptz not null default now()
);
create unique index embedding_spaces_current on embedding_spaces (state) where state = 'current';

create table chunk_vectors (
  audience  audience not null,
  space_id  smallint not null,
  chunk_id  uuid not null,
  embedding halfvec not null,
  primary key (audience, space_id, chunk_id),
  foreign key (audience, chunk_id) references chunks (audience, id) on update cascade on delete cascade
) partition by list (audience);
create table chunk_vectors_public   partition of chunk_vectors for values in ('public')   partition by list (space_id);
create table chunk_vectors_internal partition of chunk_vectors for values in ('internal') partition by list (space_id);
create index on chunk_vectors (chunk_id);

-- Space 1 is the built-in embedding: unit vectors, so that the inner product is the cosine.
create table chunk_vectors_public_1   partition of chunk_vectors_public   (check (vector_dims(embedding) = 256)) for values in (1);
create table chunk_vectors_internal_1 partition of chunk_vectors_internal (check (vector_dims(embedding) = 256)) for values in (1);
create index chunk_vectors_public_1_hnsw   on chunk_vectors_public_1   using hnsw ((embedding::halfvec(256)) halfvec_ip_ops);
create index chunk_vectors_internal_1_hnsw on chunk_vectors_internal_1 using hnsw ((embedding::halfvec(256)) halfvec_ip_ops);
insert into embedding_spaces (id, name, dimension, state) values (1, 'built-in', 256, 'current');

-- Document frequencies, kept for each audience: shared ones would let public
-- scores tell which words the internal half uses.
create table lexeme_frequencies (
  audience  audience not null,
  language  text not null,
  lexeme    integer not null,
  documents integer not null,
  primary key (audience, language, lexeme)
) partition by list (audience);
create table lexeme_frequencies_public   partition of lexeme_frequencies for values in ('public')   with (fillfactor = 70);
create table lexeme_frequencies_internal partition of lexeme_frequencies for values in ('internal') with (fillfactor = 70);

create table lexical_statistics (
  audience     audience not null,
  language     text not null,
  chunks       bigint not null,
  total_length bigint not null,
  primary key (audience, language)
) partition by list (audience);
create table lexical_statistics_public   partition of lexical_statistics for values in ('public');
create table lexical_statistics_internal partition of lexical_statistics for values in ('internal');

-- +goose StatementBegin
create function count_lexemes() returns trigger
  language plpgsql security definer set search_path = signalbox, public, pg_temp as $$
begin
  if tg_op in ('INSERT', 'UPDATE') then
    insert into lexeme_frequencies as f
      select audience, language, lexeme, count(*) from added, unnest(lexemes) lexeme group by 1, 2, 3 order by 1, 2, 3
      on conflict (audience, language, lexeme) do update set documents = f.documents + excluded.documents;
    insert into lexical_statistics as s
      select audience, language, count(*), sum(length) from added group by 1, 2 order by 1, 2
      on conflict (audience, language) do update
        set chunks = s.chunks + excluded.chunks, total_length = s.total_length + excluded.total_length;
  end if;
  if tg_op in ('DELETE', 'UPDATE') then
    insert into lexeme_frequencies as f
      select audience, language, lexeme, -count(*) from removed, unnest(lexemes) lexeme group by 1, 2, 3 order by 1, 2, 3
      on conflict (audience, language, lexeme) do update set documents = f.documents + excluded.documents;
    insert into lexical_statistics as s
      select audience, language, -count(*), -sum(length) from removed group by 1, 2 order by 1, 2
      on conflict (audience, language) do update
        set chunks = s.chunks + excluded.chunks, total_length = s.total_length + excluded.total_length;
  end if;
  return null;
end $$;
-- +goose StatementEnd
revoke all on function count_lexemes() from public;
create trigger count_inserted after insert on chunks referencing new table as added
  for each statement execute function count_lexemes();
create trigger count_updated after update on chunks referencing old table as removed new table as added
  for each statement execute function count_lexemes();
create trigger count_deleted after delete on chunks referencing old table as removed
  for each statement execute function count_lexemes();

-- What customers asked and what they were told, with the versions it cited.
create table answers (
  id          uuid primary key,
  site_id     uuid references sites on delete cascade,
  customer_id uuid references customers on delete cascade,
  ticket_id   uuid references tickets on delete set null,
  question    text not null,
  outcome     text not null check (outcome in ('answered', 'unknown')),
  confidence  real not null,
  citations   jsonb not null default '[]',
  created_at  timestamptz not null default now(),
  expires_at  timestamptz not null
);
create index answers_customer on answers (customer_id);
create index answers_expiry on answers (expires_at);

-- +goose Down
drop table answers, lexical_statistics, lexeme_frequencies, chunk_vectors, embedding_spaces, chunks, article_versions, articles;
drop function count_lexemes();
