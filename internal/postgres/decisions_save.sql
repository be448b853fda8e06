-- The ticket is locked by the statement before, so this one's snapshot holds every
-- decision that could have moved the pointer.
with
saved as (
  insert into decisions (id, ticket_id, cause_id, through_sequence, model_id, outcome, reason, intent, route, priority,
                         fields, factors, entities, versions, input_hash, details, latency_us)
  select @id::uuid, t.id, @cause_id::uuid, @through::integer, @model_id::uuid, @outcome, @reason, @intent, @route, @priority::smallint,
         @fields::jsonb, @factors::jsonb, @entities::jsonb, @versions::jsonb, @input_hash::bytea, @details::jsonb, @latency::integer
  from tickets t
  where t.id = @ticket_id::uuid and t.erased_at is null
  on conflict (ticket_id, cause_id) do nothing
  returning id
),
moved as (
  update tickets t set current_decision_id = saved.id, updated_at = now()
  from saved
  where t.id = @ticket_id::uuid
    and not exists (
      select from decisions d
      where d.id = t.current_decision_id
        and (d.through_sequence > @through::integer or d.through_sequence = @through::integer and d.created_at > now()))
),
followed as (
  insert into outbox (id, kind, payload, ticket_id)
  select f.id, f.kind, f.payload, @ticket_id::uuid
  from saved, unnest(@follow_ids::uuid[], @follow_kinds::text[], @follow_payloads::jsonb[]) as f (id, kind, payload)
),
finished as (
  update outbox set state = 'done', reason = '', finished_at = now()
  where id = @work::uuid and state <> 'done'
)
select exists (select from saved)
