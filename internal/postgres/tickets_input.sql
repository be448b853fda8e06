-- Everything about a ticket but its messages. An outage counts as reported by
-- others if at least one other customer's decision of the last hour says so; ten
-- are as good as a thousand, so the count stops there.
select t.id, t.connection_id, t.site_id, t.external_id, t.external_url, t.customer_id, t.account_id,
       coalesce(t.restriction_group, ''), t.subject, t.status, t.channel, t.message_count, t.current_decision_id,
       t.created_at, t.updated_at, t.erased_at is not null,
       c.id, c.account_id, c.name, c.email, c.email_verified, c.role, c.vip, c.language, c.time_zone,
       a.id, a.external_id, a.name, a.tier, a.annual_value_cents, a.renews_on,
       (select count(*) from (
          select from tickets other
          where other.customer_id = t.customer_id and other.id <> t.id and other.merged_into is null and other.created_at > now() - interval '30 days'
          limit 100) recent),
       (select count(distinct reporter) from (
          select other.customer_id as reporter
          from decisions d join tickets other on other.id = d.ticket_id
          where d.factors @> '[{"name": "unconfirmed_outage"}]' and d.created_at > now() - interval '1 hour'
            and other.customer_id <> t.customer_id and other.merged_into is null
          limit 10) reports),
       coalesce((select value @> '{"open": true}' from settings where name = 'incident'), false),
       now(),
       coalesce((select value ->> 'status' from settings where name = 'monitoring'), ''),
       t.assigned, current.priority, current.route,
       (select jsonb_object_agg(field, value) from (
          select distinct on (field) field, value from labels
          where ticket_id = t.id and provenance = 'override' order by field, created_at desc, id desc) edited),
       (select array_agg(cause_id order by cause_id) from decisions
        where ticket_id = t.id and fields -> 'act' ->> 'value' in ('thanks', 'auto_reply', 'cancel')),
       coalesce((select status_before from messages_public
                 where ticket_id = t.id and author_kind = 'customer' order by sequence desc limit 1), ''),
       t.merged_into is not null
from tickets t
left join customers c on c.id = t.customer_id and c.erased_at is null
left join decisions current on current.id = t.current_decision_id
left join accounts a on a.id = coalesce(t.account_id, c.account_id)
where t.id = $1 and not t.is_sentinel
