-- Tickets that were left to a person, and of which nobody has said anything yet. The
-- most urgent first; of equal ones, who has waited longest.
select t.id, d.id, d.reason, d.priority, t.subject,
       coalesce((select m.body from messages_public m where m.ticket_id = t.id and m.author_kind = 'customer' order by m.sequence desc limit 1), ''),
       d.fields, d.created_at
from tickets t join decisions d on d.id = t.current_decision_id
where t.status = 'open' and t.merged_into is null and not t.is_sentinel and t.erased_at is null
  and d.outcome = 'review'
  and (t.restriction_group is null or @everything or t.restriction_group = any(@groups::text[]))
  and not exists (select from labels l where l.ticket_id = t.id and l.provenance in ('override', 'confirmed_suggestion'))
order by d.priority desc, t.created_at, t.id
limit @limit
