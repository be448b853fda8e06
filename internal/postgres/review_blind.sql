-- What an actor may answer of the blind sample, oldest first: nothing that they have
-- said or written anything about. A question shows what was known when the ticket was
-- decided first: the customer's messages up to then and the facts of the decision.
-- After two weeks a ticket is no longer asked about.
select s.ticket_id, (select count(*) from blind_readings r where r.ticket_id = s.ticket_id)::integer + 1, t.subject,
       array(select m.body from messages_public m
             where m.ticket_id = s.ticket_id and m.author_kind = 'customer' and m.sequence <= d.through_sequence order by m.sequence),
       coalesce(d.details -> 'facts' ->> 'channel', ''), coalesce(d.details -> 'facts' -> 'account' ->> 'tier', ''),
       coalesce(d.details -> 'facts' -> 'customer' ->> 'language', ''), s.fields, s.drawn_at
from blind_samples s
join tickets t on t.id = s.ticket_id
join decisions d on d.id = s.decision_id
where s.drawn_at > now() - interval '14 days'
  and t.erased_at is null and not t.is_sentinel and t.merged_into is null
  and (t.restriction_group is null or @everything or t.restriction_group = any(@groups::text[]))
  and (select count(*) from blind_readings r where r.ticket_id = s.ticket_id) < s.readings
  and not exists (select from blind_readings r where r.ticket_id = s.ticket_id and r.actor_kind = @actor_kind and r.actor_id is not distinct from @actor_id::uuid)
  and not exists (select from labels l where l.ticket_id = s.ticket_id and l.actor_kind = @actor_kind and l.actor_id is not distinct from @actor_id::uuid)
  and not exists (select from messages m where m.ticket_id = s.ticket_id and m.author_kind = 'agent' and m.author_id = @actor_id::uuid)
order by s.drawn_at, s.ticket_id
limit @limit
