package postgres

import (
	"errors"
	"maps"
	"math"
	"testing"
	"time"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/triage"
)

func TestOverrideIsALabelWithAnAuditEntry(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	receipt := receive(t, db, event(connect(t, db), "d1", "T-1", "u1"))
	decision := decided(receipt, 1, 50)
	decision.ID = newID()
	save(t, db, workOf(t, db, receipt), decision)
	for _, test := range []struct {
		field, value, replaced string
		want                   triage.Provenance
	}{
		{triage.FieldIntent, "refund", "login", triage.Override},
		{triage.FieldRoute, "identity", "identity", triage.ConfirmedSuggestion},
		{triage.FieldUrgency, "high", "", triage.Override},
	} {
		label, err := db.Override(t.Context(), agent, decision.ID, test.field, test.value)
		must(t, err)
		if label.Provenance != test.want || label.Replaced != test.replaced || label.TicketID != receipt.TicketID || label.Value != test.value {
			t.Errorf("%s: %+v, want provenance %s in place of %q", test.field, label, test.want, test.replaced)
		}
	}
	labels, err := db.Labels(t.Context(), agent, receipt.TicketID)
	must(t, err)
	if len(labels) != 3 || labels[0].Field != triage.FieldUrgency {
		t.Errorf("labels %+v, want three, the newest first", labels)
	}
	if got := count(t, db, "audit_log where action = 'decision.override' and subject_id = $1 and details::text not like '%refund%'", decision.ID); got != 3 {
		t.Errorf("%d audit entries, want 3 without values", got)
	}
}

func TestOverrideIsRefused(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	receipt := restricted(t, db, connect(t, db))
	decision := decided(receipt, 1, 50)
	decision.ID = newID()
	save(t, db, workOf(t, db, receipt), decision)
	for name, test := range map[string]struct {
		actor        desk.Actor
		field, value string
		want         fault.Kind
	}{
		"another group":   {agent, triage.FieldIntent, "refund", fault.NotFound},
		"a customer":      {desk.Actor{Kind: desk.CustomerActor}, triage.FieldIntent, "refund", fault.Forbidden},
		"no such field":   {lawyer, "colour", "red", fault.Unprocessable},
		"an empty intent": {lawyer, triage.FieldIntent, "", fault.Unprocessable},
	} {
		if _, err := db.Override(t.Context(), test.actor, decision.ID, test.field, test.value); !fault.Is(err, test.want) {
			t.Errorf("%s: %v, want %s", name, err, test.want)
		}
	}
	if _, err := db.Override(t.Context(), lawyer, decision.ID, triage.FieldSensitive, ""); err != nil {
		t.Errorf("to say that nothing is sensitive: %v, want it allowed", err)
	}
	if got := count(t, db, "labels"); got != 1 {
		t.Errorf("%d labels, want 1", got)
	}
	if err := db.AddLabel(t.Context(), admin, receipt.TicketID, triage.FieldIntent, "x", triage.Override); !fault.Is(err, fault.Invalid) {
		t.Errorf("an override without a decision: %v, want invalid", err)
	}
	if err := db.AddLabel(t.Context(), admin, plantedTicket, triage.FieldIntent, "x", triage.Blind); !fault.Is(err, fault.NotFound) {
		t.Errorf("a label of a sentinel: %v, want not found", err)
	}
}

func TestTrainingExamplesAreLabelledTicketsAsTheyWereOpened(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	connection := connect(t, db)
	label := func(ticket, intent string, provenance triage.Provenance) desk.Receipt {
		receipt := receive(t, db, event(connection, ticket+intent, ticket, ticket))
		must(t, db.AddLabel(t.Context(), admin, receipt.TicketID, triage.FieldIntent, intent, provenance))
		return receipt
	}
	kept := label("kept", "old", triage.ImportedHistory)
	answer := event(connection, "answer", "kept", "kept")
	answer.Message.AuthorKind = desk.ByAgent
	receive(t, db, answer)
	label("kept", "new", triage.Blind) // a later message, and a newer label
	run(t, db.app, "insert into labels (id, ticket_id, field, value, provenance, actor_kind) values ($1, $2, 'route', 'billing', 'override', 'agent')", newID(), kept.TicketID)
	receive(t, db, event(connection, "d9", "unlabelled", "u9"))
	erased, person := label("erased", "x", triage.Blind), label("person erased", "x", triage.Blind)
	run(t, db.app, "update tickets set erased_at = now() where id = $1", erased.TicketID)
	run(t, db.app, "update customers set erased_at = now() where id = (select customer_id from tickets where id = $1)", person.TicketID)
	run(t, db.app, "insert into labels (id, ticket_id, field, value, provenance, actor_kind) values ($1, $2, 'intent', 'x', 'blind', 'admin')", newID(), plantedTicket)

	var examples []triage.Example
	must(t, db.TrainingExamples(t.Context(), func(example triage.Example) error {
		examples = append(examples, example)
		return nil
	}))
	if len(examples) != 1 {
		t.Fatalf("%d examples, want the one ticket that is labelled and not erased", len(examples))
	}
	got := examples[0]
	if len(got.Labels) != 1 || got.Labels[triage.FieldIntent] != "new" || got.Weight != 1 {
		t.Errorf("labels %v weigh %v, want the blind one alone, in full", got.Labels, got.Weight)
	}
	if len(got.Input.Messages) != 1 || !got.Input.Now.Equal(got.Input.Ticket.CreatedAt) || got.Input.Now.After(time.Now()) {
		t.Errorf("%d messages as of %s, want those before the first answer as of the opening", len(got.Input.Messages), got.Input.Now)
	}
	stop := errors.New("enough")
	if err := db.TrainingExamples(t.Context(), func(triage.Example) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("error %v, want the caller's", err)
	}
}

func TestTrainingExamplesPage(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	run(t, db.app, `with t as (insert into tickets (id, external_id) select gen_random_uuid(), i::text from generate_series(1, 2 * $1 + 1) i returning id)
		insert into labels (id, ticket_id, field, value, provenance, actor_kind) select gen_random_uuid(), id, 'intent', 'x', 'blind', 'admin' from t`, trainingPage)
	seen := map[string]bool{}
	must(t, db.TrainingExamples(t.Context(), func(example triage.Example) error {
		seen[example.Input.Ticket.ExternalID] = true
		return nil
	}))
	if len(seen) != 2*trainingPage+1 {
		t.Errorf("%d different examples, want %d", len(seen), 2*trainingPage+1)
	}
}

// TestIndependentLabelsJudge keeps the scarce labels of full weight.
func TestIndependentLabelsJudge(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	connection := connect(t, db)
	for name, test := range map[string]struct {
		blind  map[string]string
		others [][2]string
		want   map[string]string
		weight float64
	}{
		"blind only":           {blind: map[string]string{"intent": "a"}, want: map[string]string{"intent": "a"}, weight: 1},
		"blind beside another": {blind: map[string]string{"intent": "a"}, others: [][2]string{{"route", "x"}}, want: map[string]string{"intent": "a"}, weight: 1},
		"blind before later":   {blind: map[string]string{"intent": "a"}, others: [][2]string{{"intent", "b"}}, want: map[string]string{"intent": "a"}, weight: 1},
		"corrections only":     {others: [][2]string{{"intent", "b"}, {"route", "identity"}}, want: map[string]string{"intent": "b", "route": "identity"}, weight: 0.6},
	} {
		receipt := receive(t, db, event(connection, "d-"+name, name, "u-"+name))
		decision := decided(receipt, 1, 50)
		decision.ID = newID()
		save(t, db, workOf(t, db, receipt), decision)
		for field, value := range test.blind {
			must(t, db.AddLabel(t.Context(), agent, receipt.TicketID, field, value, triage.Blind))
		}
		for _, other := range test.others {
			_, err := db.Override(t.Context(), agent, decision.ID, other[0], other[1])
			must(t, err)
		}
		found := false
		must(t, db.TrainingExamples(t.Context(), func(example triage.Example) error {
			if example.Input.Ticket.ID == receipt.TicketID {
				found = maps.Equal(example.Labels, test.want) && math.Abs(example.Weight-test.weight) < 1e-9
				if !found {
					t.Errorf("%s: %v at weight %g, want %v at %g", name, example.Labels, example.Weight, test.want, test.weight)
				}
			}
			return nil
		}))
		if !found {
			t.Errorf("%s: no such example", name)
		}
	}
}
