-- +goose Up
-- Where a space's vectors come from: an empty url is the built-in embedding. The
-- probe is a fixed text's vector, by which another model under the same name is told.
alter table embedding_spaces
  add column model           text not null default '',
  add column url             text not null default '',
  add column document_prefix text not null default '',
  add column query_prefix    text not null default '',
  add column probe           halfvec,
  add column asked_dimension integer not null default 0, -- of the endpoint; 0 asked for none
  drop constraint embedding_spaces_state_check,
  add constraint embedding_spaces_state_check check (state in ('building', 'ready', 'current', 'retired'));

-- The words of articles as they are written, folded, with the hashes of what is left
-- when letters are deleted (Garbe's symmetric deletion): the words near a misspelt
-- one share one of its hashes. Words that no passage holds any more stay; they have
-- no document frequency, and are then nobody's correction.
create table vocabulary (
  audience audience not null,
  term     text collate "C" not null,
  lexeme   integer not null,
  keys     integer[] not null,
  primary key (audience, term)
) partition by list (audience);
create table vocabulary_public   partition of vocabulary for values in ('public');
create table vocabulary_internal partition of vocabulary for values in ('internal');
create index on vocabulary using gin (keys) with (fastupdate = off);

-- Titles and headings from each word's start on, folded: a prefix of one is a
-- suggestion. head_two and head_three serve what is too short for a narrow range of keys.
create table suggestions (
  audience   audience not null,
  article_id uuid not null,
  ordinal    integer not null,
  word       integer not null,
  key        text collate "C" not null,
  head_two      text collate "C" not null generated always as (left(key, 2)) stored,
  head_three      text collate "C" not null generated always as (left(key, 3)) stored,
  heading    text not null default '',
  anchor     text not null default '',
  rank       real not null,
  primary key (audience, article_id, ordinal, word),
  foreign key (audience, article_id) references articles (audience, id) on update cascade on delete cascade
) partition by list (audience);
create table suggestions_public   partition of suggestions for values in ('public');
create table suggestions_internal partition of suggestions for values in ('internal');
create index on suggestions (key, rank);
create index on suggestions (head_two, rank desc);
create index on suggestions (head_three, rank desc);

-- +goose Down
drop table suggestions, vocabulary;
delete from embedding_spaces where id <> 1 and state = 'building';
update embedding_spaces set state = 'retired' where state = 'ready';
alter table embedding_spaces
  drop constraint embedding_spaces_state_check,
  add constraint embedding_spaces_state_check check (state in ('building', 'current', 'retired')),
  drop column model, drop column url, drop column document_prefix, drop column query_prefix, drop column probe, drop column asked_dimension;
