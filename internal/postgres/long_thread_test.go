package postgres

import (
	"fmt"
	"strings"
	"testing"
)

// A mail loop: what a decision reads of it does not grow with it.
func TestTriageReadsTheFirstAndTheNewestMessages(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	connection := connect(t, db)
	first := receive(t, db, event(connection, "d1", "T-1", "u1"))
	run(t, db.app, `insert into messages (audience, id, ticket_id, sequence, author_kind, body, sent_at)
		select 'public', gen_random_uuid(), $1, g, 'customer', repeat('x', 40000), now() from generate_series(2, 150) g`, first.TicketID)
	run(t, db.app, "update tickets set message_count = 150 where id = $1", first.TicketID)
	input, err := db.TriageInput(t.Context(), first.TicketID)
	must(t, err)
	var read []string
	for _, message := range input.Messages {
		read = append(read, fmt.Sprint(message.Sequence))
		if len(message.Body) > 32768 {
			t.Fatalf("message %d is read with %d bytes", message.Sequence, len(message.Body))
		}
	}
	if len(read) != 101 || !strings.HasPrefix(strings.Join(read, " "), "1 51 52 ") || read[100] != "150" {
		t.Errorf("read %d messages, %v …, want the first and the newest hundred", len(read), read[:3])
	}
}
