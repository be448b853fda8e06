-- +goose Up
-- The blind sample: tickets on which people are asked what is right without seeing
-- what was decided. Drawn with each ticket's first decision, whatever that says.
-- probability: with which such a ticket was drawn then. No text stands here.
create table blind_samples (
  ticket_id   uuid primary key references tickets on delete cascade,
  decision_id uuid not null references decisions on delete cascade,
  probability double precision not null check (probability > 0 and probability <= 1),
  readings    smallint not null check (readings in (1, 2)),
  fields      text[] not null,
  drawn_at    timestamptz not null default now()
);
create index blind_samples_drawn on blind_samples (drawn_at, ticket_id);

-- Who has answered; the answers are labels of provenance blind. The first reading
-- counts, the second says how far two people agree. checked_at: when the drift check
-- took it.
create table blind_readings (
  ticket_id  uuid not null references blind_samples on delete cascade,
  reading    smallint not null check (reading in (1, 2)),
  actor_kind text not null,
  actor_id   uuid,
  read_at    timestamptz not null default now(),
  checked_at timestamptz,
  primary key (ticket_id, reading)
);
create index blind_readings_unchecked on blind_readings (read_at) where checked_at is null;
create index blind_readings_read on blind_readings (read_at);

-- How the watch over each field that acts alone stands. policy_version: since which
-- it acts as it does; another threshold begins a new watch.
create table drift_states (
  field          text primary key,
  policy_version bigint not null,
  watch          jsonb not null,
  state          text not null check (state in ('meets', 'inconclusive', 'fails')),
  checked_at     timestamptz not null default now()
);

-- +goose Down
drop table drift_states, blind_readings, blind_samples;
