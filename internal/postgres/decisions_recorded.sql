-- A decision with its ticket. The ticket's columns stand in the order of ticketFields;
-- of an erased one the text is gone, and the decision stays.
select t.id, t.connection_id, t.site_id, t.external_id, t.external_url, t.customer_id, t.account_id,
       coalesce(t.restriction_group, ''), t.subject, t.status, t.channel, t.message_count, t.current_decision_id,
       t.created_at, t.updated_at, t.erased_at is not null,
       d.id, d.ticket_id, d.cause_id, d.through_sequence, d.outcome, d.reason, d.priority,
       d.fields, d.factors, d.entities, d.versions, d.input_hash, d.details, d.latency_us, d.created_at
from decisions d join tickets t on t.id = d.ticket_id
where d.id = $1 and not t.is_sentinel
  and (t.restriction_group is null or $2 or t.restriction_group = any($3::text[]))
