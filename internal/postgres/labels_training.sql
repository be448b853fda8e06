-- A page of labelled tickets with the label of each field that counts, and how much the
-- ticket's labels weigh: blind ones and those from before Signalbox are independent of
-- it and count in full; what only confirms a suggestion weighs little, since the person
-- has seen the suggestion. A blind label goes before what was said in sight of a
-- suggestion, else the newest counts. Only tickets of full weight calibrate and judge,
-- and so that none of the scarce blind ones is lost, a ticket that has one teaches by
-- labels of full weight alone.
select ticket_id, jsonb_object_agg(field, value), avg(weight)::double precision
from (
  select ticket_id, field, value, weight, bool_or(blind) over (partition by ticket_id) as has_blind
  from (
    select distinct on (l.ticket_id, l.field) l.ticket_id, l.field, l.value, l.provenance = 'blind' as blind,
           case when l.provenance in ('blind', 'imported_history') then 1.0 when l.provenance = 'override' then 0.9 else 0.3 end as weight
    from labels l
    where l.ticket_id in (
      select t.id from tickets t
      where t.id > $1 and t.erased_at is null and not t.is_sentinel and t.merged_into is null
        and exists (select from labels where labels.ticket_id = t.id)
        and exists (select from gate_evidence g where g.ticket_id = t.id and g.uses < 3) = $3
        and not exists (select from customers c where c.id = t.customer_id and c.erased_at is not null)
      order by t.id limit $2)
    order by l.ticket_id, l.field, (l.provenance = 'blind') desc, l.created_at desc, l.id desc
  ) chosen
) weighed
where weight = 1 or not has_blind
group by ticket_id
order by ticket_id
