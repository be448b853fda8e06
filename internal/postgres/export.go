package postgres

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/signalbox/signalbox/desk"
)

// Export is everything that is stored about a person, for the owner to hand out.
// It holds agents' private notes on the person's tickets too: the owner decides
// whether those belong into the answer.
type Export struct {
	ExportedAt time.Time        `json:"exported_at"`
	Customer   desk.Customer    `json:"customer"`
	Account    *desk.Account    `json:"account,omitempty"`
	Identities []Identity       `json:"identities"`
	Tickets    []ExportedTicket `json:"tickets"`
	Messages   []desk.Message   `json:"messages"`
	Decisions  []ExportedRow    `json:"decisions"`
	Labels     []ExportedRow    `json:"labels"`
	Deliveries []Delivery       `json:"deliveries"`
	Answers    []ExportedRow    `json:"answers"`
}

// Identity is how the person is known at a site or helpdesk.
type Identity struct {
	SourceID  uuid.UUID `json:"source_id"`
	Subject   string    `json:"subject"`
	CreatedAt time.Time `json:"created_at"`
}

// ExportedTicket is a ticket as it is exported.
type ExportedTicket struct {
	ID          uuid.UUID   `json:"id"`
	ExternalID  string      `json:"external_id"`
	ExternalURL string      `json:"external_url,omitempty"`
	Subject     string      `json:"subject"`
	Status      desk.Status `json:"status"`
	Channel     string      `json:"channel,omitempty"`
	CreatedAt   time.Time   `json:"created_at"`
	UpdatedAt   time.Time   `json:"updated_at"`
}

// ExportedRow is a row of its table, column by column.
type ExportedRow struct{ json.RawMessage }

// Delivery is a payload as it was received, until it expires.
type Delivery struct {
	ID          uuid.UUID `json:"id"`
	Body        []byte    `json:"body"` // base64 in JSON
	ContentType string    `json:"content_type"`
	ReceivedAt  time.Time `json:"received_at"`
}

const (
	exportAccount = `
select a.id, coalesce(a.external_id, ''), a.name, a.tier, a.annual_value_cents, a.renews_on
from accounts a join customers c on c.account_id = a.id where c.id = $1`
	exportIdentities = `select source_id, subject, created_at from customer_identities where customer_id = $1 order by created_at`
	exportTickets    = `
select id, external_id, external_url, subject, status, channel, created_at, updated_at
from tickets where customer_id = $1 order by created_at, id`
	exportMessages = `
select id, ticket_id, audience, sequence, author_kind, body, quoted, signature, sent_at
from messages
where ticket_id in (select id from tickets where customer_id = $1) or (author_kind = 'customer' and author_id = $1)
order by ticket_id, sequence`
	exportDecisions = `
select to_jsonb(d) - 'input_hash' from decisions d join tickets t on t.id = d.ticket_id where t.customer_id = $1 order by d.created_at`
	exportLabels = `
select to_jsonb(l) from labels l join tickets t on t.id = l.ticket_id where t.customer_id = $1 order by l.created_at`
	exportDeliveries = `
select id, body, content_type, received_at from deliveries
where body is not null and (customer_id = $1 or ticket_id in (select id from tickets where customer_id = $1)) order by received_at`
	exportAnswers = `
select to_jsonb(a) from answers a
where customer_id = $1 or ticket_id in (select id from tickets where customer_id = $1) order by created_at`
)

// ExportCustomer reads everything about a person in one state of the database.
// Who was erased is Gone.
func (db *DB) ExportCustomer(ctx context.Context, id uuid.UUID) (Export, error) {
	export := Export{ExportedAt: time.Now().UTC()}
	var err error
	if export.Customer, err = db.Customer(ctx, id); err != nil {
		return Export{}, err
	}
	snapshot := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err = pgx.BeginTxFunc(ctx, db.app, snapshot, func(tx pgx.Tx) error {
		var batch pgx.Batch
		var accounts []desk.Account
		into(&batch, exportAccount, id, &accounts)
		into(&batch, exportIdentities, id, &export.Identities)
		into(&batch, exportTickets, id, &export.Tickets)
		into(&batch, exportMessages, id, &export.Messages)
		into(&batch, exportDecisions, id, &export.Decisions)
		into(&batch, exportLabels, id, &export.Labels)
		into(&batch, exportDeliveries, id, &export.Deliveries)
		into(&batch, exportAnswers, id, &export.Answers)
		if err := tx.SendBatch(ctx, &batch).Close(); err != nil {
			return err
		}
		if len(accounts) > 0 {
			export.Account = &accounts[0]
		}
		return nil
	})
	return export, failure(err, "export customer %s", id)
}

// into queues a query about one person whose rows go to target.
func into[T any](batch *pgx.Batch, sql string, id uuid.UUID, target *[]T) {
	batch.Queue(sql, id).Query(func(rows pgx.Rows) (err error) {
		*target, err = many[T](rows, nil)
		return err
	})
}
