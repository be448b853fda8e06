-- +goose Up
-- Where articles come from. A source owns the articles that it wrote: another one may
-- not write them, and only it notices that they are gone.
-- locations: a folder's path, or addresses. every: seconds between runs, 0 for none.
create table sources (
  id          uuid primary key,
  kind        text not null check (kind in ('folder', 'urls', 'single')),
  name        text not null unique,
  audience    audience not null,
  locations   text[] not null default '{}',
  every       integer not null default 0 check (every >= 0),
  last_run    timestamptz,
  last_state  text not null default '' check (last_state in ('', 'done', 'partial', 'failed')),
  last_report jsonb not null default '{}',
  created_at  timestamptz not null default now()
);
-- Uploads and single addresses are one source an audience, of which nothing goes missing.
insert into sources (id, kind, name, audience) values
  ('00000000-0000-7000-8000-00000000000a', 'single', 'uploads (public)', 'public'),
  ('00000000-0000-7000-8000-00000000000b', 'single', 'uploads (internal)', 'internal');

-- null: a folder that was ingested by hand.
alter table articles add column source_id uuid;
create index articles_about on articles (about_article_id) where about_article_id is not null;

-- What an address said of its last answer, so that it is asked whether that changed.
create table fetches (
  source_id     uuid not null references sources on delete cascade,
  address       text not null,
  etag          text not null default '',
  last_modified text not null default '',
  version       text not null default '', -- of what made articles of it
  fetched_at    timestamptz not null default now(),
  primary key (source_id, address)
);

-- Files that were sent to be ingested. content goes once it was read.
create table imports (
  id              uuid primary key,
  key_hash        bytea,
  created_by      uuid,
  audience        audience not null,
  state           text not null default 'open' check (state in ('open', 'done', 'partial', 'failed')),
  done            integer not null default 0,
  total           integer not null default 0,
  report          jsonb not null default '{}',
  created_at      timestamptz not null default now(),
  finished_at     timestamptz
);
create unique index imports_key on imports (key_hash) where key_hash is not null;
create table import_files (
  import_id uuid not null references imports on delete cascade,
  ordinal   integer not null,
  name      text not null,
  address   boolean not null default false,
  content   bytea,
  primary key (import_id, ordinal)
);

-- Which answers cited an article.
create index answers_citations on answers using gin (citations jsonb_path_ops);

-- +goose Down
drop index answers_citations;
drop table import_files, imports, fetches;
drop index articles_about;
alter table articles drop column source_id;
drop table sources;
