package postgres

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/triage"
)

func past(id, person uuid.UUID, intent string) triage.PastTicket {
	at := time.Date(2025, 3, 2, 14, 0, 0, 0, time.UTC)
	return triage.PastTicket{
		ID: id, ExternalID: "old-" + id.String(), Person: person, Email: "ada@example.com", Subject: "Invoice\x00", Body: "It is wrong.", Channel: "email",
		Language: "en", Role: "admin", Tier: "gold", VIP: true, ReceivedAt: at,
		Labels: []triage.PastLabel{{Field: triage.FieldIntent, Value: intent, AtIntake: "login", At: at.Add(time.Hour)}},
	}
}

func TestImportHistoryIsIdempotentAndStartsNoWork(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	first, second, person := newID(), newID(), newID()
	done, err := db.ImportHistory(t.Context(), admin, []triage.PastTicket{past(first, person, "billing")})
	must(t, err)
	if done != (Imported{1, 1}) {
		t.Errorf("the first import brought %+v, want one ticket with one label", done)
	}
	batch := []triage.PastTicket{past(first, person, "billing"), past(second, person, "billing"), past(second, person, "billing")}
	done, err = db.ImportHistory(t.Context(), admin, batch)
	must(t, err)
	if done != (Imported{1, 1}) {
		t.Errorf("the second import brought %+v, want the ticket that is new", done)
	}
	if got := count(t, db, "outbox") + count(t, db, "decisions") + count(t, db, "deliveries"); got > 0 {
		t.Errorf("%d rows ask for work", got)
	}
	if got := count(t, db, "tickets where status = 'closed' and account_id is null and subject = 'Invoice' and created_at < '2025-03-03'"); got != 2 {
		t.Errorf("%d closed tickets of their time, want 2", got)
	}
	if got := count(t, db, "labels where provenance = 'imported_history' and replaced = 'login' and created_at = '2025-03-02 15:00Z'"); got != 2 {
		t.Errorf("%d labels as in the history, want 2", got)
	}
	var examples []triage.Example
	must(t, db.TrainingExamples(t.Context(), func(example triage.Example) error {
		examples = append(examples, example)
		return nil
	}))
	if len(examples) != 2 || examples[0].Labels[triage.FieldIntent] != "billing" || examples[0].Weight != 1 || len(examples[0].Input.Messages) != 1 ||
		examples[0].Input.Account == nil || examples[0].Input.Account.Tier != "gold" || !examples[0].Input.Customer.VIP {
		t.Errorf("examples %+v, want both tickets with what was known of them", examples)
	}
}

func TestImportHistoryLeavesErasedPeopleOut(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	ticket, person := newID(), newID()
	_, err := db.ImportHistory(t.Context(), admin, []triage.PastTicket{past(ticket, person, "billing")})
	must(t, err)
	_, err = db.EraseCustomer(t.Context(), admin, person)
	must(t, err)
	again := past(ticket, person, "other")
	done, err := db.ImportHistory(t.Context(), admin, []triage.PastTicket{again, past(newID(), person, "billing")})
	must(t, err)
	if done.Tickets != 0 || done.Labels != 0 {
		t.Errorf("%+v came back of an erased person", done)
	}
	if got := count(t, db, "tickets where subject <> '' and not is_sentinel") + count(t, db, "messages where body = 'It is wrong.'") + count(t, db, "customers where email = 'ada@example.com'"); got > 0 {
		t.Errorf("%d rows still hold what the person wrote or is called", got)
	}
}

func TestImportHistoryRefusesLabels(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	ticket := past(newID(), newID(), "billing")
	ticket.Labels[0].Field = "colour"
	if _, err := db.ImportHistory(t.Context(), admin, []triage.PastTicket{ticket}); !fault.Is(err, fault.Unprocessable) {
		t.Errorf("an unknown field: %v, want unprocessable", err)
	}
	if got := count(t, db, "tickets where external_id like 'old-%'"); got > 0 {
		t.Errorf("%d tickets of a refused batch are stored", got)
	}
}
