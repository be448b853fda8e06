package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/internal/pgtest"
)

const month = 30 * 24 * time.Hour

// openWide returns a database whose app pool is as wide as the concurrency tests.
func openWide(t testing.TB) *DB {
	t.Helper()
	urls := pgtest.New(t).URLs
	db, err := Open(t.Context(), Config{URL: urls.App, CustomerURL: urls.Customer, MaxConns: 16, CustomerMaxConns: 1})
	must(t, err)
	t.Cleanup(db.Close)
	return db
}

// connect makes a connection to receive events from.
func connect(t testing.TB, db *DB) uuid.UUID {
	t.Helper()
	id := newID()
	run(t, db.app, "insert into connections (id, kind, name) values ($1, 'generic', 'test')", id)
	return id
}

// event is what a customer's message looks like.
func event(connection uuid.UUID, delivery, ticket, requester string) desk.Incoming {
	return desk.Incoming{
		ConnectionID: connection, DeliveryKey: delivery, Raw: []byte(`{"event":"` + delivery + `"}`), ContentType: "application/json",
		TicketExternalID: ticket, Subject: "Cannot log in", Channel: "email",
		Message:   desk.IncomingMessage{AuthorKind: desk.ByCustomer, Audience: desk.Public, Body: "It says ERR_42.", SentAt: time.Now()},
		Requester: desk.Requester{Subject: requester, Name: "Ada", Email: requester + "@example.org", Language: "en"},
	}
}

func receive(t testing.TB, db *DB, incoming desk.Incoming) desk.Receipt {
	t.Helper()
	receipt, err := db.Receive(context.WithoutCancel(t.Context()), incoming, month)
	must(t, err)
	return receipt
}

// value reads one column of one row.
func value[T any](t testing.TB, on *pgxpool.Pool, sql string, args ...any) T {
	t.Helper()
	var read T
	if err := on.QueryRow(context.Background(), sql, args...).Scan(&read); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return read
}

func count(t testing.TB, db *DB, sql string, args ...any) int {
	t.Helper()
	return value[int](t, db.app, "select count(*) from "+sql, args...)
}

func TestReceiveStoresAllOfAnEvent(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	incoming := event(connect(t, db), "d1", "T-1", "u1")
	renews := time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC)
	incoming.Account = &desk.IncomingAccount{ExternalID: "acme", Name: "Acme", Tier: "enterprise", AnnualValueCents: 500, RenewsOn: &renews}
	receipt := receive(t, db, incoming)
	if receipt.Replayed || receipt.Ignored != "" {
		t.Errorf("receipt %+v, want a fresh one", receipt)
	}
	input, err := db.TriageInput(t.Context(), receipt.TicketID)
	must(t, err)
	if input.Customer == nil || input.Customer.Email != "u1@example.org" || input.Customer.AccountID == nil {
		t.Errorf("customer %+v, want u1 with an account", input.Customer)
	}
	if input.Account == nil || input.Account.Tier != "enterprise" || input.Account.RenewsOn == nil || !input.Account.RenewsOn.Equal(renews) {
		t.Errorf("account %+v, want Acme renewing on %s", input.Account, renews)
	}
	if len(input.Messages) != 1 || input.Messages[0].ID != receipt.MessageID || input.Messages[0].Sequence != 1 {
		t.Errorf("messages %+v, want the one of the receipt with sequence 1", input.Messages)
	}
	var work desk.TicketReceived
	must(t, json.Unmarshal(value[[]byte](t, db.app, "select payload from outbox"), &work))
	if work.TicketID != receipt.TicketID || work.MessageID != receipt.MessageID {
		t.Errorf("outbox payload %+v, want the receipt's IDs", work)
	}
	if raw := value[[]byte](t, db.app, "select body from deliveries"); string(raw) != string(incoming.Raw) {
		t.Errorf("raw body %q, want it as received", raw)
	}
}

func TestReceiveAnswersReplaysAsTheFirstTime(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	connection := connect(t, db)
	ignored, poison := event(connection, "d2", "T-1", "u1"), event(connection, "d3", "T-1", "u1")
	ignored.Ignore, poison.Poison = "it starts no work", "it has no ticket"
	for _, incoming := range []desk.Incoming{event(connection, "d1", "T-1", "u1"), ignored, poison} {
		first := receive(t, db, incoming)
		again := receive(t, db, incoming)
		if !again.Replayed {
			t.Errorf("%s: the second receipt is not marked as a replay", incoming.DeliveryKey)
		}
		if again.Replayed = false; again != first {
			t.Errorf("%s: receipt %+v, want %+v again", incoming.DeliveryKey, again, first)
		}
		if want := incoming.Ignore + incoming.Poison; first.Ignored != want {
			t.Errorf("%s: ignored %q, want %q", incoming.DeliveryKey, first.Ignored, want)
		}
	}
	for table, want := range map[string]int{"tickets where not is_sentinel": 1, "messages where external_id = ''": 3, "outbox": 1, "deliveries": 3} {
		if got := count(t, db, table); got != want {
			t.Errorf("%d rows in %s, want %d", got, table, want)
		}
	}
	if state := value[string](t, db.app, "select state from deliveries where delivery_key = 'd3'"); state != "poison" {
		t.Errorf("state of a poison event is %q, want poison", state)
	}
}

func TestOnlyACustomersPublicWordsStartADecision(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	connection := connect(t, db)
	receive(t, db, event(connection, "d0", "T-1", "u1"))
	for i, test := range []struct {
		author   desk.AuthorKind
		audience desk.Audience
		body     string
		want     int
	}{
		{desk.ByAgent, desk.Public, "We look into it.", 0},
		{desk.ByAgent, desk.Internal, "Known bug.", 0},
		{desk.BySystem, desk.Public, "Merged.", 0},
		{desk.ByCustomer, desk.Public, "", 0},
		{desk.ByCustomer, desk.Public, "Still broken.", 1},
	} {
		before := count(t, db, "outbox")
		incoming := event(connection, fmt.Sprint("d", i+1), "T-1", "u1")
		incoming.Message.AuthorKind, incoming.Message.Audience, incoming.Message.Body = test.author, test.audience, test.body
		receive(t, db, incoming)
		if got := count(t, db, "outbox") - before; got != test.want {
			t.Errorf("%s %s %q starts %d decisions, want %d", test.author, test.audience, test.body, got, test.want)
		}
	}
	if got := count(t, db, "messages_internal where body = 'Known bug.'"); got != 1 {
		t.Errorf("%d private notes in the internal partition, want 1", got)
	}
	if got := value[int](t, db.app, "select message_count from tickets where external_id = 'T-1'"); got != 5 {
		t.Errorf("message count %d, want 5: an event without text only updates the ticket", got)
	}
}

func TestASubjectAloneIsDecided(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	incoming := event(connect(t, db), "d1", "T-1", "u1")
	incoming.Message.Body = ""
	if receipt := receive(t, db, incoming); receipt.MessageID == uuid.Nil {
		t.Error("a new ticket without text has no message, want one as the decision's cause")
	}
	if got := count(t, db, "outbox"); got != 1 {
		t.Errorf("%d outbox rows, want 1", got)
	}
}

func TestReceiveUnderConcurrency(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	connection := connect(t, db)
	const connections, each = 16, 12
	var group sync.WaitGroup
	failures := make(chan error, connections*each)
	for worker := range connections {
		group.Go(func() {
			for i := range each {
				// Everybody writes to one ticket, opens tickets of their own, and delivers
				// one event that all the others deliver too.
				key := fmt.Sprintf("%d-%d", worker, i)
				incoming := event(connection, key, "shared", "same person")
				incoming.Account = &desk.IncomingAccount{ExternalID: "acme", Name: "Acme", AnnualValueCents: int64(i)}
				_, err := db.Receive(t.Context(), incoming, month)
				failures <- err
				_, err = db.Receive(t.Context(), event(connection, "own"+key, "own"+key, fmt.Sprint("person ", i)), month)
				failures <- err
				_, err = db.Receive(t.Context(), event(connection, fmt.Sprint("all", i), "shared by delivery", "same person"), month)
				failures <- err
			}
		})
	}
	go func() { group.Wait(); close(failures) }()
	for err := range failures {
		if err != nil {
			t.Error(err)
		}
	}
	rows, err := db.app.Query(t.Context(), "select sequence from messages m join tickets t on t.id = ticket_id where t.external_id = 'shared' order by 1")
	must(t, err)
	var sequences, want []int
	for rows.Next() {
		var sequence int
		must(t, rows.Scan(&sequence))
		sequences = append(sequences, sequence)
	}
	for i := range connections * each {
		want = append(want, i+1)
	}
	if !slices.Equal(sequences, want) {
		t.Errorf("sequences %v, want 1 to %d without gaps", sequences, len(want))
	}
	for table, want := range map[string]int{
		"customer_identities": 1 + each, "customers where name = 'Ada'": 1 + each, "accounts": 1,
		"deliveries": 2*connections*each + each, "outbox": 2*connections*each + each, "tickets where not is_sentinel": 2 + connections*each, "tickets where customer_id is null": 0,
		"messages m join tickets t on t.id = ticket_id where t.external_id = 'shared by delivery'": each,
	} {
		if got := count(t, db, table); got != want {
			t.Errorf("%d rows in %s, want %d", got, table, want)
		}
	}
}

func TestTicketsOfASitesFormAreUniqueThere(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	sites := []uuid.UUID{newID(), newID()}
	for _, site := range sites {
		run(t, db.app, "insert into sites (id, name, publishable_key) values ($1::uuid, 'site', $1::uuid::text)", site)
	}
	form := event(uuid.Nil, "f1", "form-1", "u1")
	form.SiteID = sites[0]
	first := receive(t, db, form)
	if again := receive(t, db, form); !again.Replayed || again.TicketID != first.TicketID {
		t.Errorf("the same form again gives %+v, want a replay of %+v", again, first)
	}
	form.SiteID = sites[1]
	if other := receive(t, db, form); other.Replayed || other.TicketID == first.TicketID {
		t.Errorf("another site's form gives %+v, want a ticket of its own", other)
	}
	if got := count(t, db, "customers where name = 'Ada'"); got != 2 {
		t.Errorf("%d customers, want 2: a subject is known within its site only", got)
	}
}

func TestReceiveNeedsOneSource(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	both := event(connect(t, db), "d1", "T-1", "u1")
	both.SiteID = newID()
	for name, incoming := range map[string]desk.Incoming{
		"neither": event(uuid.Nil, "d1", "T-1", "u1"), "both": both, "unknown": event(newID(), "d1", "T-1", "u1"),
	} {
		if _, err := db.Receive(t.Context(), incoming, month); !fault.Is(err, fault.Unprocessable) {
			t.Errorf("%s: error %v, want unprocessable", name, err)
		}
	}
}

func TestErasedPeopleStayErased(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	connection := connect(t, db)
	first := receive(t, db, event(connection, "d1", "T-1", "u1"))
	old := value[uuid.UUID](t, db.app, "select customer_id from tickets where id = $1", first.TicketID)
	run(t, db.app, "update customers set name = '', email = '', erased_at = now() where id = $1", old)
	run(t, db.app, "delete from customer_identities where customer_id = $1", old)
	run(t, db.app, "update tickets set erased_at = now(), subject = '', customer_id = null where id = $1", first.TicketID)

	if again := receive(t, db, event(connection, "d1", "T-1", "u1")); !again.Replayed {
		t.Error("an old delivery is not a replay any more")
	}
	if got := count(t, db, "tickets where erased_at is not null"); got != 1 {
		t.Errorf("%d erased tickets after a replay, want 1", got)
	}
	nobody := event(connection, "d2", "T-1", "")
	nobody.Requester = desk.Requester{}
	receive(t, db, nobody)
	if got := count(t, db, "tickets where erased_at is not null"); got != 1 {
		t.Errorf("%d erased tickets after a message of nobody, want 1", got)
	}
	later := receive(t, db, event(connection, "d3", "T-1", "u1"))
	now := value[uuid.UUID](t, db.app, "select customer_id from tickets where id = $1 and erased_at is null", first.TicketID)
	if later.TicketID != first.TicketID || now == old {
		t.Errorf("a later message went to %s for customer %s, want the same ticket and a new customer", later.TicketID, now)
	}
}

func TestReceiveKeepsNoRawBodyUnlessAsked(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	_, err := db.Receive(t.Context(), event(connect(t, db), "d1", "T-1", "u1"), 0)
	must(t, err)
	if got := count(t, db, "deliveries where body is null"); got != 1 {
		t.Error("the raw body was stored though it is kept for no time")
	}
}
