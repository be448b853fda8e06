-- A batch of tickets from before Signalbox, in one statement: whole or not at all. What
-- is there already stays as it is, but for labels that it does not have yet. Nothing
-- asks for work: there is no outbox row. Tickets of an erased person do not come back.
with
rows as (
  select * from jsonb_to_recordset(@tickets::jsonb) as r(
    id uuid, message_id uuid, person uuid, account uuid, external_id text, email text, subject text, body text,
    channel text, language text, role text, tier text, vip boolean, received_at timestamptz)
),
wanted as (
  select r.* from rows r
  where not exists (select from customers c where c.id = r.person and c.erased_at is not null)
    and not exists (select from tickets t where t.id = r.id and t.erased_at is not null)
),
-- An account that only says its tier has no external ID: no token and no helpdesk leads
-- to it. Tickets are not put under it, so that nobody who administers it could read them.
account as (
  insert into accounts (id, name, tier)
  select distinct on (account) account, 'Imported history, tier ' || tier, tier from wanted where account is not null
  on conflict (id) do nothing
),
person as (
  insert into customers (id, account_id, email, role, vip, language, created_at)
  select distinct on (person) person, account, email, role, vip, language, received_at from wanted
  on conflict (id) do nothing
),
ticket as (
  insert into tickets (id, external_id, customer_id, subject, status, channel, message_count, created_at, updated_at)
  select id, external_id, person, subject, 'closed', channel, 1, received_at, received_at from wanted
  on conflict (id) do nothing
  returning id
),
message as (
  insert into messages (audience, id, ticket_id, sequence, author_kind, author_id, body, sent_at, created_at)
  select 'public', w.message_id, w.id, 1, 'customer', w.person, w.body, w.received_at, w.received_at
  from wanted w join ticket t on t.id = w.id
),
label as (
  insert into labels (id, ticket_id, field, value, replaced, provenance, actor_kind, created_at)
  select l.id, l.ticket_id, l.field, l.value, l.at_intake, 'imported_history', @actor_kind, l.at
  from jsonb_to_recordset(@labels::jsonb) as l(id uuid, ticket_id uuid, field text, value text, at_intake text, at timestamptz)
  where l.ticket_id in (select id from wanted)
  on conflict (id) do nothing
  returning 1
)
select (select count(*) from ticket)::integer, (select count(*) from label)::integer
