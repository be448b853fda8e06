package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/triage"
)

// The same tickets that training takes, as of a moment, and with the same labels; but
// of restricted ones only those that the reader sees.
const selectLabelled = `
select t.id, t.subject, m.body,
       (select jsonb_object_agg(field, value) from (
          select distinct on (field) field, value from labels
          where ticket_id = t.id and created_at <= $2 order by field, created_at desc, id desc) newest)
from tickets t
join lateral (
  select left(body, 4000) as body from messages_public
  where ticket_id = t.id and author_kind = 'customer' order by sequence limit 1) m on true
where t.id <> $1 and not t.is_sentinel and t.erased_at is null and t.merged_into is null
  and exists (select from labels where labels.ticket_id = t.id and labels.created_at <= $2)
  and not exists (select from customers c where c.id = t.customer_id and c.erased_at is not null)
  and (t.restriction_group is null or $3 or t.restriction_group = any($4::text[]))
order by t.id desc
limit $5`

// LabelledTickets calls use with the newest tickets that were labelled by a moment and
// that the actor sees, without one of them, row by row as they arrive. It stops at
// use's first error.
func (db *DB) LabelledTickets(ctx context.Context, actor desk.Actor, without uuid.UUID, by time.Time, limit int, use func(triage.LabelledTicket) error) error {
	visible, err := sightOf(actor)
	if err != nil {
		return err
	}
	rows, err := db.app.Query(ctx, selectLabelled, without, by, visible.everything, visible.groups, limit)
	if err != nil {
		return failure(err, "list labelled tickets")
	}
	var ticket triage.LabelledTicket
	_, err = pgx.ForEachRow(rows, []any{&ticket.ID, &ticket.Subject, &ticket.Text, &ticket.Labels}, func() error {
		used := ticket
		ticket.Labels = nil
		return use(used)
	})
	return failure(err, "list labelled tickets")
}
