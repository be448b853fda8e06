package postgres

import (
	"fmt"
	"sync"
	"testing"
)

func TestAReplayAfterErasureDoesNothing(t *testing.T) {
	t.Parallel()
	db, database := openAll(t)
	connection := connect(t, db)
	first := event(connection, "d1", "T-1", "zqperson")
	first.Message.Body, first.Raw = "zqbody", []byte("zqraw")
	receipt := receive(t, db, first)
	markers := []string{"zqperson", "zqbody", "zqraw"}
	_, err := db.EraseCustomer(t.Context(), system, ownerOf(t, db, receipt.TicketID))
	must(t, err)
	again := receive(t, db, first)
	if !again.Replayed || again.TicketID != receipt.TicketID || again.MessageID != receipt.MessageID {
		t.Errorf("the replay got %+v, want the first receipt %+v", again, receipt)
	}
	if left := markersIn(dump(t, database.Admin, database.URLs.Admin), markers); len(left) > 0 {
		t.Errorf("the replay brought back %v", left)
	}
	later := receive(t, db, event(connection, "d2", "T-1", "zqperson"))
	if later.TicketID == receipt.TicketID {
		t.Error("a new message of the person went to the erased ticket")
	}
	if erased := count(t, db, "tickets where id = $1 and erased_at is not null and subject = ''", receipt.TicketID); erased != 1 {
		t.Error("the erased ticket was revived")
	}
}

// ownerOf returns the customer of a ticket.
func ownerOf(t *testing.T, db *DB, ticket [16]byte) [16]byte {
	t.Helper()
	return value[[16]byte](t, db.app, "select customer_id from tickets where id = $1", ticket)
}

func TestErasureWhileEventsComeIn(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	connection := connect(t, db)
	person := ownerOf(t, db, receive(t, db, event(connection, "d0", "T-0", "u1")).TicketID)
	var group sync.WaitGroup
	for sender := range 8 {
		group.Go(func() {
			for i := range 20 {
				incoming := event(connection, fmt.Sprintf("d%d-%d", sender, i), fmt.Sprintf("T-%d", i%4), "u1")
				if _, err := db.Receive(t.Context(), incoming, month); err != nil {
					t.Errorf("receive: %v", err)
				}
			}
		})
	}
	for range 5 {
		if _, err := db.EraseCustomer(t.Context(), system, person); err != nil {
			t.Errorf("erase: %v", err)
		}
	}
	group.Wait()
	_, err := db.EraseLeftovers(t.Context())
	must(t, err)
	for _, where := range []string{
		"tickets where customer_id = $1", "deliveries where customer_id = $1", "customer_identities where customer_id = $1",
		"messages m join tickets t on t.id = m.ticket_id where m.author_id = $1 and t.customer_id is null", "customers where id = $1 and (name <> '' or email <> '' or erased_at is null)",
	} {
		if left := count(t, db, where, person); left != 0 {
			t.Errorf("%d rows left in %s, want none", left, where)
		}
	}
	if left := count(t, db, "messages m join tickets t on t.id = m.ticket_id where t.erased_at is not null"); left != 0 {
		t.Errorf("%d messages are on erased tickets, want none", left)
	}
}
