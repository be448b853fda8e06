-- +goose Up
-- What a further message of a thread depends on: whether a person has the ticket,
-- whether it was merged into another one (then it counts no more), and how the
-- ticket stood when the message came.
alter table tickets
  add column assigned boolean not null default false,
  add column merged_into uuid;
alter table messages
  add column status_before text not null default '' check (status_before in ('', 'open', 'pending', 'solved', 'closed'));

-- A route's load counts what is open. The key is no column that a decision changes, so
-- deciding costs nothing here.
create index tickets_open on tickets (id) where status = 'open' and merged_into is null;

-- details: further intents, rules, proposals, what would change the priority,
-- thresholds, and the facts that the decision depended on. No text.
alter table decisions add column details jsonb not null default '{}';

-- Every version of the owner's settings, so that a decision can be made again under
-- the policy of its time.
create table setting_versions (
  name       text not null,
  version    bigint not null,
  value      jsonb not null,
  created_at timestamptz not null default now(),
  primary key (name, version)
);
insert into setting_versions (name, version, value, created_at) select name, version, value, updated_at from settings;

-- +goose Down
drop table setting_versions;
alter table decisions drop column details;
alter table messages drop column status_before;
drop index tickets_open;
alter table tickets drop column assigned, drop column merged_into;
