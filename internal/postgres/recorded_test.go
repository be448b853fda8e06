package postgres

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/triage"
)

// decideNow decides a ticket as it stands, as a worker would, and returns the record's ID.
func decideNow(t testing.TB, db *DB, engine *triage.Engine, receipt desk.Receipt) uuid.UUID {
	t.Helper()
	input, err := db.TriageInput(t.Context(), receipt.TicketID)
	must(t, err)
	decision, err := engine.Decide(input)
	must(t, err)
	decision.ID, decision.CauseID = newID(), receipt.MessageID
	if !save(t, db, workOf(t, db, receipt), decision) {
		t.Fatal("the decision was not stored")
	}
	return decision.ID
}

func untaught() *triage.Engine {
	return triage.NewEngine(nil, triage.DefaultPolicy(), triage.EngineOptions{HashKey: []byte("k")})
}

func replay(t testing.TB, db *DB, id uuid.UUID) triage.Replay {
	t.Helper()
	recorded, err := db.Recorded(t.Context(), desk.Actor{Kind: desk.SystemActor}, id)
	must(t, err)
	got, err := recorded.Replay(untaught())
	must(t, err)
	return got
}

// Everything that changes after a decision must leave its replay alone.
func TestARecordedDecisionIsReplayedFromTheStore(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	connection := connect(t, db)
	renews := time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC)
	first := event(connection, "d1", "T-1", "u1")
	first.Account = &desk.IncomingAccount{ExternalID: "acme", Name: "Acme", Tier: "enterprise", AnnualValueCents: 500_000_00, RenewsOn: &renews}
	ids := []uuid.UUID{decideNow(t, db, untaught(), receive(t, db, first))}
	for i := range 130 { // beyond the hundred that are read
		more := event(connection, uuid.NewString(), "T-1", "u1")
		if i%3 == 0 {
			more.Message.Audience, more.Message.AuthorKind = desk.Internal, desk.ByAgent
		}
		receipt := receive(t, db, more)
		if slices.Contains([]int{1, 50, 98, 110, 128}, i) {
			ids = append(ids, decideNow(t, db, untaught(), receipt))
		}
	}
	run(t, db.app, "update accounts set tier = 'free', renews_on = null")
	run(t, db.app, "update customers set vip = true, role = 'admin', language = 'fr'")
	run(t, db.app, "update tickets set status = 'closed', assigned = true, merged_into = $1, channel = 'chat' where not is_sentinel", newID())
	run(t, db.app, `insert into settings (name, value) values ('incident', '{"open": true}'), ('monitoring', '{"status": "down"}')`)
	for i, id := range ids {
		if got := replay(t, db, id); got.Result != triage.Reproduced {
			t.Errorf("decision %d: %+v", i, got)
		}
	}
	run(t, db.app, "update tickets set subject = 'Another' where not is_sentinel")
	if got := replay(t, db, ids[0]); got.Result != triage.Differs || !slices.Contains(got.Differs, "input_hash") {
		t.Errorf("with another subject: %+v", got)
	}
}

func TestReplayOfAnErasedPerson(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	receipt := receive(t, db, event(connect(t, db), "d1", "T-1", "u1"))
	id := decideNow(t, db, untaught(), receipt)
	person := value[uuid.UUID](t, db.app, "select customer_id from tickets where id = $1", receipt.TicketID)
	_, err := db.EraseCustomer(t.Context(), admin, person)
	must(t, err)
	if got := replay(t, db, id); got.Result != triage.Gone || got.Gone[0] != "text: the ticket was erased" {
		t.Errorf("erased: %+v", got)
	}
	// Whoever writes again is a new customer on the same ticket: its text is not the old one.
	run(t, db.app, "update tickets set erased_at = null where id = $1", receipt.TicketID)
	if got := replay(t, db, id); got.Result != triage.Gone || got.Differs != nil {
		t.Errorf("revived: %+v", got)
	}
}

func TestRecordedObeysTheActor(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	closed := restricted(t, db, connect(t, db))
	id := decideNow(t, db, untaught(), closed)
	for name, test := range map[string]struct {
		actor desk.Actor
		want  fault.Kind
	}{"agent": {agent, fault.NotFound}, "group": {lawyer, ""}, "admin": {admin, ""}, "customer": {desk.Actor{Kind: desk.CustomerActor}, fault.Forbidden}} {
		recorded, err := db.Recorded(t.Context(), test.actor, id)
		if fault.KindOf(err) != test.want {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
		if err == nil && (recorded.Decision.ID != id || recorded.Ticket.ID != closed.TicketID || len(recorded.Messages) != 1) {
			t.Errorf("%s reads %+v", name, recorded)
		}
		var found []uuid.UUID
		err = db.DecisionsSince(t.Context(), test.actor, time.Now().Add(-time.Hour), func(id uuid.UUID) error { found = append(found, id); return nil })
		if test.want == "" && !slices.Equal(found, []uuid.UUID{id}) || test.want != "" && len(found) > 0 {
			t.Errorf("%s lists %v (%v)", name, found, err)
		}
	}
	if _, err := db.Recorded(t.Context(), admin, newID()); !fault.Is(err, fault.NotFound) {
		t.Errorf("no decision: %v, want not found", err)
	}
	recorded, err := db.Recorded(t.Context(), admin, id)
	must(t, err)
	decision, err := db.Decision(t.Context(), admin, id)
	must(t, err)
	if !reflect.DeepEqual(recorded.Decision, decision) {
		t.Errorf("the record holds\n%+v, want\n%+v", recorded.Decision, decision)
	}
}

func TestDecisionsSinceComePageByPage(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	receipt := receive(t, db, event(connect(t, db), "d1", "T-1", "u1"))
	const many, older = recordedPage + 7, 20
	now := time.Now()
	var ids []uuid.UUID
	var times []time.Time
	for n := range many + older {
		at := now.Add(-time.Duration(n) * time.Minute)
		id := firstID(at)
		id[15] = byte(n)
		ids, times = append(ids, id), append(times, at)
	}
	run(t, db.app, `insert into decisions (id, ticket_id, cause_id, through_sequence, outcome, reason, intent, route, priority, fields, factors, versions, input_hash, latency_us, created_at)
		select id, $1, id, 1, 'suggest', '', '', '', 1, '{}', '[]', '{}', '', 1, at from unnest($2::uuid[], $3::timestamptz[]) as made (id, at)`, receipt.TicketID, ids, times)
	seen := map[uuid.UUID]bool{}
	since := times[many-1].Add(-time.Second)
	must(t, db.DecisionsSince(t.Context(), admin, since, func(id uuid.UUID) error { seen[id] = true; return nil }))
	if len(seen) != many {
		t.Errorf("%d decisions since then, want %d of %d", len(seen), many, many+older)
	}
	stop := fault.New(fault.Internal, "enough")
	if err := db.DecisionsSince(t.Context(), admin, since, func(uuid.UUID) error { return stop }); !fault.Is(err, fault.Internal) {
		t.Errorf("the use's error is %v", err)
	}
}

func TestLabelledTicketsAreThoseOfTheTraining(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	connection := connect(t, db)
	operator := desk.Actor{Kind: desk.SystemActor}
	label := func(ticket uuid.UUID, value string) {
		must(t, db.AddLabel(t.Context(), operator, ticket, triage.FieldIntent, value, triage.Blind))
	}
	tickets := map[string]uuid.UUID{}
	for _, name := range []string{"own", "open", "unlabelled", "merged", "erased", "person", "late"} {
		tickets[name] = receive(t, db, event(connection, name, name, name)).TicketID
		if name != "unlabelled" && name != "late" {
			label(tickets[name], "login")
		}
	}
	tickets["restricted"] = restricted(t, db, connection).TicketID
	label(tickets["restricted"], "login")
	label(tickets["open"], "refund")
	run(t, db.app, "update tickets set merged_into = $2 where id = $1", tickets["merged"], tickets["open"])
	run(t, db.app, "update tickets set erased_at = now() where id = $1", tickets["erased"])
	run(t, db.app, "update customers set erased_at = now() where id = (select customer_id from tickets where id = $1)", tickets["person"])
	trained := value[time.Time](t, db.app, "select clock_timestamp()")
	label(tickets["late"], "login")
	label(tickets["open"], "invoice") // corrected after the training
	for name, test := range map[string]struct {
		actor desk.Actor
		limit int
		want  []string
	}{"agent": {agent, 10, []string{"open"}}, "group": {lawyer, 10, []string{"restricted", "open"}}, "limit": {admin, 1, []string{"restricted"}}} {
		var want, got []uuid.UUID
		for _, name := range test.want {
			want = append(want, tickets[name])
		}
		must(t, db.LabelledTickets(t.Context(), test.actor, tickets["own"], trained, test.limit, func(ticket triage.LabelledTicket) error {
			got = append(got, ticket.ID)
			if ticket.ID == tickets["open"] && (ticket.Labels[triage.FieldIntent] != "refund" || ticket.Subject == "" || ticket.Text == "") {
				t.Errorf("the ticket comes as %+v, want its label at the training", ticket)
			}
			return nil
		}))
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	if err := db.LabelledTickets(t.Context(), desk.Actor{}, uuid.Nil, trained, 1, nil); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("nobody: %v", err)
	}
}
