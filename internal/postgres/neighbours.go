package postgres

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/signalbox/signalbox/copilot"
	"github.com/signalbox/signalbox/desk"
)

const selectNeighbours = `
select t.id, t.connection_id, t.site_id, t.external_id, t.external_url, t.customer_id, t.account_id,
       coalesce(t.restriction_group, ''), t.subject, t.status, t.channel, t.message_count, t.current_decision_id,
       t.created_at, t.updated_at, d.intent, m.body
from tickets t
join decisions d on d.id = t.current_decision_id
join lateral (
  select left(body, 4000) as body from messages_public
  where ticket_id = t.id and author_kind = 'customer' order by sequence limit 1) m on true
where t.id <> $1 and not t.is_sentinel and t.erased_at is null and ($2 = '' or d.intent = $2)
  and (t.restriction_group is null or $3 or t.restriction_group = any($4::text[]))
order by t.created_at desc, t.id desc
limit $5`

// Neighbours lists the newest tickets of an intent ("" is any) that the actor sees,
// without this one, each with the text of its first message (4,000 characters at most).
func (db *DB) Neighbours(ctx context.Context, actor desk.Actor, id uuid.UUID, intent string, limit int) ([]copilot.Neighbour, error) {
	visible, err := sightOf(actor)
	if err != nil {
		return nil, err
	}
	rows, err := db.app.Query(ctx, selectNeighbours, id, intent, visible.everything, visible.groups, min(max(limit, 1), 1000))
	if err != nil {
		return nil, failure(err, "list neighbours of ticket %s", id)
	}
	neighbours, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (neighbour copilot.Neighbour, err error) {
		err = row.Scan(append(ticketFields(&neighbour.Ticket), &neighbour.Intent, &neighbour.Text)...)
		return neighbour, err
	})
	return neighbours, failure(err, "list neighbours of ticket %s", id)
}
