-- A person's word on one field of a decision, with its entry in the audit log. The
-- log names the field and never the value.
with
target as (
  select d.id, d.ticket_id, coalesce(d.fields -> @field::text ->> 'value', '') as decided
  from decisions d join tickets t on t.id = d.ticket_id
  where d.id = @decision_id::uuid and not t.is_sentinel and t.erased_at is null
    and (t.restriction_group is null or @everything or t.restriction_group = any(@groups::text[]))
),
label as (
  insert into labels (id, ticket_id, decision_id, field, value, replaced, provenance, actor_kind, actor_id)
  select @id::uuid, ticket_id, id, @field, @value, decided,
         case when decided = @value then 'confirmed_suggestion' else 'override' end, @actor_kind, @actor_id::uuid
  from target
  returning id, ticket_id, decision_id, field, value, replaced, provenance, actor_kind, actor_id, created_at
),
logged as (
  insert into audit_log (id, actor_kind, actor_id, action, subject_kind, subject_id, details)
  select @audit_id::uuid, @actor_kind, @actor_id::uuid, 'decision.override', 'decision', decision_id,
         jsonb_build_object('field', field, 'label_id', id)
  from label
)
select id, ticket_id, decision_id, field, value, replaced, provenance, actor_kind, actor_id, created_at from label
