-- An event that starts no work: only its delivery is stored.
with
prior as (
  select id, ticket_id, message_id, reason
  from deliveries
  where coalesce(connection_id, site_id) = coalesce(@connection_id::uuid, @site_id::uuid) and delivery_key = @delivery_key
),
noted as (
  insert into deliveries (id, connection_id, site_id, delivery_key, body, content_type, state, reason, expires_at)
  select @delivery_id::uuid, @connection_id::uuid, @site_id::uuid, @delivery_key, @raw::bytea, @content_type,
         @state, @reason, now() + @keep_raw::interval
  where not exists (select from prior)
    and (exists (select from connections where id = @connection_id::uuid) or exists (select from sites where id = @site_id::uuid))
  returning id, ticket_id, message_id, reason
)
select id, ticket_id, message_id, reason, true as replayed from prior
union all
select id, ticket_id, message_id, reason, false from noted
