-- One batch of what has expired; the last one also closes the row that asked for it.
with
bodies as (
  update deliveries set body = null
  where id in (select id from deliveries where expires_at < now() and body is not null order by expires_at limit $3)
  returning 1
),
old_answers as (
  delete from answers
  where id in (select id from answers where expires_at < now() order by expires_at limit $3)
  returning 1
),
old_work as (
  delete from outbox
  where id in (select id from outbox where state = 'done' and finished_at < now() - $2::interval limit $3)
    and id <> $1
  returning 1
),
counts as (
  select (select count(*) from bodies) as bodies, (select count(*) from old_answers) as answers, (select count(*) from old_work) as work
),
finished as (
  update outbox set state = 'done', reason = '', finished_at = now()
  from counts
  where id = $1 and state <> 'done' and greatest(counts.bodies, counts.answers, counts.work) < $3
)
select bodies, answers, work from counts
