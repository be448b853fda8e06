-- Highest priority first; of equal ones, who has waited longest. The undecided come
-- last, as priority -1.
select id, connection_id, site_id, external_id, external_url, customer_id, account_id, restriction_group, subject,
       status, channel, message_count, current_decision_id, created_at, updated_at, outcome, intent, route, priority
from (
  select t.id, t.connection_id, t.site_id, t.external_id, t.external_url, t.customer_id, t.account_id,
         coalesce(t.restriction_group, '') as restriction_group, t.subject, t.status, t.channel, t.message_count,
         t.current_decision_id, t.created_at, t.updated_at, coalesce(d.outcome, '') as outcome, coalesce(d.intent, '') as intent,
         coalesce(d.route, '') as route, coalesce(d.priority, -1)::integer as priority
  from tickets t left join decisions d on d.id = t.current_decision_id
  where not t.is_sentinel and t.erased_at is null
    and (t.restriction_group is null or @everything or t.restriction_group = any(@groups::text[]))
    and (@status = '' or t.status = @status)
    and (@outcome = '' or d.outcome = @outcome)
    and (@intent = '' or d.intent = @intent)
    and (@route = '' or d.route = @route)
    and (@after_id::uuid is null
         or coalesce(d.priority, -1)::integer < @after_priority::integer
         or coalesce(d.priority, -1)::integer = @after_priority::integer and (t.created_at, t.id) > (@after_time::timestamptz, @after_id::uuid))
) listed
order by priority desc, created_at, id
limit @limit
