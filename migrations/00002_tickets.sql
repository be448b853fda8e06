-- +goose Up
-- The ticket's way: raw deliveries, tickets, messages, the outbox, decisions,
-- people's labels and the models that were trained from them.
-- Connections, sites and models are disabled or retired, never deleted, and every
-- intake or decision names the same few: a foreign key would have concurrent ones
-- queue for locks on those rows. Intake looks for the source itself. Deliveries and
-- outbox rows are written beside their ticket, which is erased but never deleted.

create table tickets (
  id                  uuid primary key,
  connection_id       uuid,
  site_id             uuid,
  external_id         text not null,
  customer_id         uuid references customers on delete set null,
  account_id          uuid references accounts on delete set null,
  restriction_group   text,
  subject             text not null default '',
  status              text not null default 'open' check (status in ('open', 'pending', 'solved', 'closed')),
  channel             text not null default '',
  external_url        text not null default '',
  message_count       integer not null default 0,
  current_decision_id uuid,
  is_sentinel         boolean not null default false,
  created_at          timestamptz not null default now(),
  updated_at          timestamptz not null default now(),
  erased_at           timestamptz
) with (fillfactor = 85);
-- A ticket's source is its connection, or the site whose form it came from.
create unique index tickets_source on tickets ((coalesce(connection_id, site_id)), external_id);
create index tickets_customer on tickets (customer_id, created_at desc);
create index tickets_account on tickets (account_id);
create index tickets_created on tickets (created_at desc, id desc);
alter table tickets enable row level security;
alter table tickets force row level security;

-- public: what customer and agents write to each other; internal: private notes.
create table messages (
  audience    audience not null,
  id          uuid not null,
  ticket_id   uuid not null references tickets on delete cascade,
  sequence    integer not null check (sequence > 0),
  author_kind text not null check (author_kind in ('customer', 'agent', 'system')),
  author_id   uuid,
  external_id text not null default '',
  body        text not null,
  quoted      text not null default '',
  signature   text not null default '',
  sent_at     timestamptz not null,
  created_at  timestamptz not null default now(),
  primary key (audience, id)
) partition by list (audience);
create table messages_public   partition of messages for values in ('public');
create table messages_internal partition of messages for values in ('internal');
create index on messages (ticket_id, sequence);
alter table messages_public enable row level security;
alter table messages_public force row level security;

-- The raw payload as it came, until expires_at; then only the key that
-- recognises a replay and the answer that was given.
create table deliveries (
  id            uuid primary key,
  connection_id uuid,
  site_id       uuid,
  delivery_key  text not null,
  body          bytea,
  content_type  text not null default '',
  state         text not null default 'accepted' check (state in ('accepted', 'ignored', 'poison')),
  reason        text not null default '',
  ticket_id     uuid,
  message_id    uuid,
  customer_id   uuid, -- customers are erased, never deleted
  received_at   timestamptz not null default now(),
  expires_at    timestamptz not null,
  check (num_nonnulls(connection_id, site_id) = 1)
);
create unique index deliveries_source on deliveries ((coalesce(connection_id, site_id)), delivery_key);
create index deliveries_expiry on deliveries (expires_at) where body is not null;
create index deliveries_ticket on deliveries (ticket_id);
create index deliveries_customer on deliveries (customer_id);

-- A state change that starts work writes a row here in its own transaction.
-- payload holds IDs only. Scheduled work is unique on (name, slot).
create table outbox (
  id             uuid primary key,
  kind           text not null,
  payload        jsonb not null,
  ticket_id      uuid,
  name           text,
  slot           timestamptz,
  state          text not null default 'open' check (state in ('open', 'done', 'failed')),
  enqueued_at    timestamptz,
  enqueued_epoch text,
  attempts       integer not null default 0,
  reason         text not null default '',
  created_at     timestamptz not null default now(),
  finished_at    timestamptz
);
create unique index outbox_slot on outbox (name, slot) where name is not null;
create index outbox_unsent on outbox (created_at) where state = 'open' and enqueued_at is null;
create index outbox_open on outbox (enqueued_at) where state = 'open';
create index outbox_failed on outbox (finished_at) where state = 'failed';
create index outbox_ticket on outbox (ticket_id);

-- artifact: the weights, the calibrators and the thresholds, compressed; ≤ 16 MiB.
create table models (
  id             uuid primary key,
  kind           text not null,
  version        integer not null,
  schema_version integer not null,
  state          text not null default 'candidate' check (state in ('candidate', 'current', 'retired')),
  taxonomy_hash  bytea not null,
  data_hash      bytea not null,
  metrics        jsonb not null default '{}',
  artifact       bytea not null check (octet_length(artifact) <= 16777216),
  created_at     timestamptz not null default now(),
  promoted_at    timestamptz,
  unique (kind, version)
);
create unique index models_current on models (kind) where state = 'current';

-- One decision a (ticket, cause); the cause is the message that asked for it.
-- Evidence and entities are spans of messages, so a decision holds no text.
create table decisions (
  id               uuid primary key,
  ticket_id        uuid not null references tickets on delete cascade,
  cause_id         uuid not null,
  through_sequence integer not null,
  model_id         uuid,
  outcome          text not null check (outcome in ('auto', 'suggest', 'review')),
  reason           text not null,
  intent           text not null,
  route            text not null,
  priority         smallint not null check (priority between 0 and 100),
  fields           jsonb not null,
  factors          jsonb not null,
  entities         jsonb not null default '[]',
  versions         jsonb not null,
  input_hash       bytea not null,
  latency_us       integer not null check (latency_us >= 0),
  created_at       timestamptz not null default now(),
  unique (ticket_id, cause_id)
);
-- Who else reports an outage is asked before each decision.
create index decisions_outage on decisions (created_at) where factors @> '[{"name": "unconfirmed_outage"}]';

create table labels (
  id            uuid primary key,
  ticket_id     uuid not null references tickets on delete cascade,
  decision_id   uuid references decisions on delete set null,
  field         text not null,
  value         text not null,
  replaced      text not null default '',
  provenance    text not null check (provenance in ('blind', 'override', 'confirmed_suggestion', 'imported_history')),
  actor_kind    text not null,
  actor_id      uuid,
  created_at    timestamptz not null default now()
);
create index labels_ticket on labels (ticket_id, field, created_at desc);

-- +goose Down
drop table labels, decisions, models, outbox, deliveries, messages, tickets;
