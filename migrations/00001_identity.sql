-- +goose Up
-- Who there is: sites and their keys, helpdesk connections, accounts, customers,
-- API keys, the owner's settings, and the audit log.
-- IDs are UUIDs of version 7, made by the application: a shared sequence would
-- show a reader of one partition how much was written to the other.

create type audience as enum ('public', 'internal');

create table settings (
  name       text primary key,
  value      jsonb not null,
  version    bigint not null default 1,
  updated_at timestamptz not null default now()
);

create table sites (
  id              uuid primary key,
  name            text not null check (name <> ''),
  publishable_key text not null unique,
  allowed_origins text[] not null default '{}',
  created_at      timestamptz not null default now()
);

-- At most two keys of a site are live, so that one can be rotated at leisure.
create table site_keys (
  site_id       uuid not null references sites on delete cascade,
  key_id        text not null,
  algorithm     text not null check (algorithm in ('HS256', 'EdDSA')),
  secret_sealed bytea,
  public_key    bytea,
  created_at    timestamptz not null default now(),
  retired_at    timestamptz,
  primary key (site_id, key_id),
  check ((algorithm = 'HS256') = (secret_sealed is not null)),
  check ((algorithm = 'EdDSA') = (public_key is not null))
);

create table accounts (
  id                 uuid primary key,
  external_id        text unique,
  name               text not null,
  tier               text not null default '',
  annual_value_cents bigint not null default 0 check (annual_value_cents >= 0),
  renews_on          date,
  created_at         timestamptz not null default now()
);

create table customers (
  id             uuid primary key,
  account_id     uuid references accounts on delete set null,
  name           text not null default '',
  email          text not null default '',
  email_verified boolean not null default false,
  role           text not null default 'member' check (role in ('member', 'admin')),
  vip            boolean not null default false,
  language       text not null default '',
  time_zone      text not null default '',
  created_at     timestamptz not null default now(),
  erased_at      timestamptz
);
create index customers_account on customers (account_id);
create index customers_email on customers (lower(email)) where email <> '';

create table connections (
  id                uuid primary key,
  site_id           uuid references sites on delete set null,
  kind              text not null,
  name              text not null check (name <> ''),
  settings          jsonb not null default '{}',
  restriction_group text,
  created_at        timestamptz not null default now(),
  disabled_at       timestamptz
);

create table connection_secrets (
  connection_id uuid not null references connections on delete cascade,
  key_id        text not null,
  secret_sealed bytea not null,
  created_at    timestamptz not null default now(),
  retired_at    timestamptz,
  primary key (connection_id, key_id)
);

-- How a customer is known from outside: (site, sub) of a signed token, or
-- (connection, requester ID) of a helpdesk.
create table customer_identities (
  source_id   uuid not null,
  subject     text not null,
  customer_id uuid not null references customers on delete cascade,
  created_at  timestamptz not null default now(),
  primary key (source_id, subject)
);
create index customer_identities_customer on customer_identities (customer_id);

-- Only SHA-256 of a key is kept: a key holds 256 random bits, so it needs no slow hash.
create table api_keys (
  id            uuid primary key,
  name          text not null check (name <> ''),
  scope         text not null check (scope in ('hook', 'agent', 'admin')),
  groups        text[] not null default '{}',
  connection_id uuid references connections on delete cascade,
  hint          text not null,
  hash          bytea not null unique,
  created_at    timestamptz not null default now(),
  expires_at    timestamptz,
  last_used_at  timestamptz,
  revoked_at    timestamptz
);

-- details hold IDs, names of settings and numbers: never anybody's text.
create table audit_log (
  id           uuid primary key,
  occurred_at  timestamptz not null default now(),
  actor_kind   text not null,
  actor_id     uuid,
  action       text not null,
  subject_kind text not null,
  subject_id   uuid,
  details      jsonb not null default '{}'
);
create index audit_log_occurred on audit_log (occurred_at);
create index audit_log_subject on audit_log (subject_kind, subject_id);

-- The account that the current customer administers, if any. It runs as its
-- owner, because the customer login cannot read customers.
-- +goose StatementBegin
create function administered_account() returns uuid
  language sql stable security definer set search_path = signalbox, pg_temp as $$
  select account_id from customers
  where id = nullif(current_setting('app.customer_id', true), '')::uuid
    and role = 'admin' and erased_at is null
$$;
-- +goose StatementEnd
revoke all on function administered_account() from public;

-- +goose Down
drop function administered_account();
drop table audit_log, api_keys, customer_identities, connection_secrets, connections, customers, accounts, site_keys, sites, settings;
drop type audience;
