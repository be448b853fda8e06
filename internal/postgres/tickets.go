package postgres

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
)

// sight is what of restricted tickets an actor sees.
type sight struct {
	everything bool
	groups     []string
}

// sightOf returns what an actor sees, or Unauthenticated or Forbidden if it may
// not read tickets at all. The service's own work sees everything.
func sightOf(actor desk.Actor) (sight, error) {
	if actor.Kind != desk.SystemActor {
		if err := actor.May(desk.ReadTickets); err != nil {
			return sight{}, err
		}
	}
	everything := actor.Kind == desk.AdminActor || actor.Kind == desk.SystemActor
	return sight{everything: everything, groups: append([]string{}, actor.Groups...)}, nil
}

// The columns stand in the order of ticketFields.
const selectTicket = `
select t.id, t.connection_id, t.site_id, t.external_id, t.external_url, t.customer_id, t.account_id,
       coalesce(t.restriction_group, ''), t.subject, t.status, t.channel, t.message_count, t.current_decision_id,
       t.created_at, t.updated_at, t.erased_at is not null
from tickets t
where t.id = $1 and not t.is_sentinel
  and (t.restriction_group is null or $2 or t.restriction_group = any($3::text[]))`

const selectMessages = `
select id, ticket_id, audience::text, sequence, author_kind, body, quoted, signature, sent_at
from messages
where ticket_id = $1
order by sequence`

// Ticket returns a ticket with its public comments and private notes by sequence.
// Errors: NotFound if there is none or the actor does not see it, Gone if it was
// erased.
func (db *DB) Ticket(ctx context.Context, actor desk.Actor, id uuid.UUID) (desk.Ticket, []desk.Message, error) {
	visible, err := sightOf(actor)
	if err != nil {
		return desk.Ticket{}, nil, err
	}
	var ticket desk.Ticket
	var messages []desk.Message
	var erased bool
	var batch pgx.Batch
	batch.Queue(selectTicket, id, visible.everything, visible.groups).QueryRow(func(row pgx.Row) error {
		return row.Scan(append(ticketFields(&ticket), &erased)...)
	})
	batch.Queue(selectMessages, id).Query(func(rows pgx.Rows) error {
		messages, err = many[desk.Message](rows, nil)
		return err
	})
	if err := db.app.SendBatch(ctx, &batch).Close(); err != nil {
		return desk.Ticket{}, nil, failure(err, "load ticket %s", id)
	}
	if erased {
		return desk.Ticket{}, nil, fault.New(fault.Gone, "this ticket was erased")
	}
	return ticket, messages, nil
}

const selectRouteLoad = `
select d.route, count(*)
from tickets t join decisions d on d.id = t.current_decision_id
where t.status = 'open' and t.merged_into is null and not t.is_sentinel and t.erased_at is null and d.route <> ''
group by d.route`

// RouteLoad counts open tickets by the route of their current decision. A merged ticket
// is not counted, and a route without any is left out.
func (db *DB) RouteLoad(ctx context.Context) (map[string]int, error) {
	type route struct {
		Name  string
		Count int
	}
	routes, err := many[route](db.app.Query(ctx, selectRouteLoad))
	load := make(map[string]int, len(routes))
	for _, route := range routes {
		load[route.Name] = route.Count
	}
	return load, failure(err, "count open tickets by route")
}

// ticketFields are where the first fifteen columns of selectTicket go.
func ticketFields(ticket *desk.Ticket) []any {
	return []any{
		&ticket.ID, &ticket.ConnectionID, &ticket.SiteID, &ticket.ExternalID, &ticket.ExternalURL, &ticket.CustomerID, &ticket.AccountID,
		&ticket.RestrictionGroup, &ticket.Subject, &ticket.Status, &ticket.Channel, &ticket.MessageCount, &ticket.CurrentDecisionID,
		&ticket.CreatedAt, &ticket.UpdatedAt,
	}
}
