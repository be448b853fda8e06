-- One statement takes in one event. It is safe under concurrency without locks of
-- its own: every insert that can collide either takes the other's row (on conflict
-- do update) or fails with 23505, and then the whole is run again.
with
prior as (
  select d.id, d.ticket_id, d.message_id, d.reason
  from deliveries d
  where coalesce(d.connection_id, d.site_id) = @source_id::uuid and d.delivery_key = @delivery_key
),
fresh as (
  select where not exists (select from prior)
    and (exists (select from connections where id = @connection_id::uuid) or exists (select from sites where id = @site_id::uuid))
),

known_account as (
  select id from accounts where external_id = nullif(@account_external_id, '')
),
new_account as (
  insert into accounts as a (id, external_id, name, tier, annual_value_cents, renews_on)
  select @account_id::uuid, @account_external_id, @account_name, @account_tier, @account_value::bigint, @account_renews::date
  from fresh
  where @account_external_id <> '' and not exists (select from known_account)
  on conflict (external_id) do update set name = a.name
  returning a.id
),
changed_account as (
  update accounts a
  set name = coalesce(nullif(@account_name, ''), a.name), tier = @account_tier,
      annual_value_cents = @account_value::bigint, renews_on = @account_renews::date
  from fresh, known_account k
  where a.id = k.id
    and (a.name, a.tier, a.annual_value_cents, a.renews_on) is distinct from
        (coalesce(nullif(@account_name, ''), a.name), @account_tier, @account_value::bigint, @account_renews::date)
),
account as (select id from known_account union all select id from new_account),

known_customer as (
  select c.id
  from customer_identities i join customers c on c.id = i.customer_id
  where i.source_id = @source_id::uuid and i.subject = @requester_subject and c.erased_at is null
),
-- The identity decides which of two first messages makes the customer; the row it
-- points to is inserted below, and the foreign key is checked after both.
identity as (
  insert into customer_identities as i (source_id, subject, customer_id)
  select @source_id::uuid, @requester_subject, @customer_id::uuid
  from fresh
  where @requester_subject <> '' and not exists (select from known_customer)
  on conflict (source_id, subject) do update set subject = excluded.subject
  returning i.customer_id
),
new_customer as (
  insert into customers (id, account_id, name, email, language)
  select @customer_id::uuid, (select id from account), @requester_name, @requester_email, @requester_language
  from identity where customer_id = @customer_id::uuid
),
-- Whom a helpdesk takes to another account administers neither: an admin reads the
-- whole account's tickets, and only SetMembership makes one.
changed_customer as (
  update customers c
  set name = coalesce(nullif(@requester_name, ''), c.name),
      email = case when c.email_verified then c.email else coalesce(nullif(@requester_email, ''), c.email) end,
      language = coalesce(nullif(@requester_language, ''), c.language),
      account_id = coalesce((select id from account), c.account_id),
      role = case when (select id from account) is distinct from c.account_id and exists (select from account)
                  then 'member' else c.role end
  from fresh, known_customer k
  where c.id = k.id
    and (c.name, c.email, c.language, c.account_id) is distinct from
        (coalesce(nullif(@requester_name, ''), c.name),
         case when c.email_verified then c.email else coalesce(nullif(@requester_email, ''), c.email) end,
         coalesce(nullif(@requester_language, ''), c.language),
         coalesce((select id from account), c.account_id))
),
customer as (select id from known_customer union all select customer_id from identity),

-- The ticket into which this one was merged; a ticket is not merged into itself.
target as (
  select id from tickets
  where coalesce(connection_id, site_id) = @source_id::uuid and external_id = @merged_into and @merged_into <> @external_id
),
-- How the ticket stood before this event: in the statement's own snapshot.
before as (
  select status from tickets
  where coalesce(connection_id, site_id) = @source_id::uuid and external_id = @external_id
),
-- The row lock of the update hands out the messages' sequence.
ticket as (
  insert into tickets as t (id, connection_id, site_id, external_id, customer_id, account_id, restriction_group,
                            subject, status, channel, external_url, message_count, assigned, merged_into)
  select @ticket_id::uuid, @connection_id::uuid, @site_id::uuid, @external_id, (select id from customer), (select id from account),
         nullif(@restriction_group, ''), @subject, coalesce(nullif(@status, ''), 'open'), @channel, @external_url, 1,
         coalesce(@assigned::boolean, false), (select id from target)
  from fresh
  on conflict ((coalesce(connection_id, site_id)), external_id) do update set
    message_count = t.message_count + case when @has_message::boolean then 1 else 0 end,
    subject = coalesce(nullif(excluded.subject, ''), t.subject),
    status = coalesce(nullif(@status, ''), t.status),
    channel = coalesce(nullif(t.channel, ''), excluded.channel),
    assigned = coalesce(@assigned::boolean, t.assigned),
    merged_into = coalesce(excluded.merged_into, t.merged_into),
    external_url = coalesce(nullif(excluded.external_url, ''), t.external_url),
    restriction_group = coalesce(excluded.restriction_group, t.restriction_group),
    account_id = coalesce(excluded.account_id, t.account_id),
    customer_id = case when t.erased_at is null then coalesce(t.customer_id, excluded.customer_id)
                       else coalesce(excluded.customer_id, t.customer_id) end,
    erased_at = case when excluded.customer_id is null then t.erased_at end,
    updated_at = now()
  returning t.id, t.message_count, t.customer_id, t.xmax = 0 as created
),
message as (
  insert into messages (audience, id, ticket_id, sequence, author_kind, author_id, external_id, body, quoted, signature, sent_at, status_before)
  select @audience::audience, @message_id::uuid, t.id, t.message_count, @author_kind,
         case when @author_kind = 'customer' then (select id from customer) end,
         @message_external_id, @body, @quoted, @signature, @sent_at::timestamptz,
         coalesce((select status from before), '')
  from ticket t
  where @has_message::boolean or t.created
  returning id, ticket_id
),
work as (
  insert into outbox (id, kind, payload, ticket_id)
  select @outbox_id::uuid, @kind, jsonb_build_object('ticket_id', m.ticket_id, 'message_id', m.id), m.ticket_id
  from message m, ticket t
  where t.created or @author_kind = 'customer' and @audience = 'public'
),
delivery as (
  insert into deliveries (id, connection_id, site_id, delivery_key, body, content_type, ticket_id, message_id, customer_id, expires_at)
  select @delivery_id::uuid, @connection_id::uuid, @site_id::uuid, @delivery_key, @raw::bytea, @content_type,
         t.id, (select id from message), t.customer_id, now() + @keep_raw::interval
  from ticket t
  returning id, ticket_id, message_id, reason
)
select id, ticket_id, message_id, reason, true as replayed from prior
union all
select id, ticket_id, message_id, reason, false from delivery
