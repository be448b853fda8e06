package triage

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
)

// A decision's facts, stored as JSON, and the ticket's text give the same decision.
func TestFactsAndTextGiveTheDecisionAgain(t *testing.T) {
	t.Parallel()
	renews := testNow.AddDate(0, 0, 9)
	input := thread("Order 20451 fails with ERR_42 in Tide Pro.", "It is worse now.")
	input.Ticket = desk.Ticket{ID: uuid.New(), Subject: "Failure", Channel: "email", Status: desk.StatusOpen}
	input.Account = &desk.Account{Tier: "business", AnnualValueCents: 12_000_000, RenewsOn: &renews}
	input.Customer = &desk.Customer{Role: "admin", VIP: true, Language: "de", Name: "Ines"}
	input.RecentTickets, input.IncidentOpen, input.OutageReports, input.Monitored = 2, true, 1, MonitoredDown
	input.Load, input.Assigned = map[string]int{"help": 3}, true
	input.Edits = map[string]string{FieldUrgency: UrgencyHigh}
	input.Previous, input.Quiet, input.Merged = &Previous{Priority: 40, Route: "help"}, []uuid.UUID{uuid.New()}, true
	policy := DefaultPolicy()
	policy.Products = []string{"Tide Pro"}
	engine := NewEngine(nil, policy, EngineOptions{HashKey: []byte("key")})
	first, err := engine.Decide(input)
	if err != nil {
		t.Fatal(err)
	}
	stored, err := json.Marshal(first.Facts)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(stored, []byte("Ines")) || bytes.Contains(stored, []byte("20451")) {
		t.Errorf("the facts hold a name or text: %s", stored)
	}
	var facts Facts
	if err := json.Unmarshal(stored, &facts); err != nil {
		t.Fatal(err)
	}
	again, err := engine.Decide(facts.Input(desk.Ticket{ID: input.Ticket.ID, Subject: "Failure"}, input.Messages))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.InputHash, again.InputHash) || first.Priority != again.Priority || !reflect.DeepEqual(first.Fields, again.Fields) || !reflect.DeepEqual(first.Factors, again.Factors) {
		t.Errorf("the second decision differs:\n%+v\n%+v", first, again)
	}
}

func TestEveryFactChangesTheHash(t *testing.T) {
	t.Parallel()
	base := thread("It fails.", "Still.")
	hash := func(change func(*Input)) string {
		input := base
		change(&input)
		return string(hashInput([]byte("key"), input))
	}
	seen := map[string]int{hash(func(*Input) {}): -1}
	for i, change := range []func(*Input){
		func(i *Input) { i.Monitored = MonitoredDown }, func(i *Input) { i.Load = map[string]int{"a": 1} },
		func(i *Input) { i.StatusBefore = desk.StatusSolved }, func(i *Input) { i.Assigned = true },
		func(i *Input) { i.Edits = map[string]string{"route": "a"} }, func(i *Input) { i.Previous = &Previous{} },
		func(i *Input) { i.Quiet = []uuid.UUID{{1}} }, func(i *Input) { i.Ticket.Channel = "chat" },
		func(i *Input) { i.Account = &desk.Account{AnnualValueCents: 5} },
		func(i *Input) { i.Merged = true },
	} {
		if other, twice := seen[hash(change)]; twice {
			t.Errorf("changes %d and %d have one hash", i, other)
		}
		seen[hash(change)] = i
	}
}

func TestTheOwnersEntities(t *testing.T) {
	t.Parallel()
	own, err := newOwnEntities([]string{"Tide Pro", "Pocket 3"}, map[string]string{"contract_number": `CN-[0-9]{4}`})
	if err != nil {
		t.Fatal(err)
	}
	input := thread("My tide pro and CN-1234, not CN-X.", "The POCKET 3 too.")
	var found []string
	for _, entity := range findEntities(input, own) {
		for _, message := range input.Messages {
			if message.ID == entity.Span.MessageID {
				found = append(found, entity.Kind+" "+message.Body[entity.Span.Start:entity.Span.End])
			}
		}
	}
	if want := []string{"product tide pro", "contract_number CN-1234", "product POCKET 3"}; !reflect.DeepEqual(found, want) {
		t.Errorf("found %q, want %q", found, want)
	}
}

func TestPartsOf(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text string
		want int
	}{
		{"", 0}, {"short", 0}, {"One sentence that is long enough. Another one of good length!", 2},
		{"版本更新后无法登录系统请帮忙。另外发票上的公司名称写错了。", 2}, {"v2.3.1 is not the end of a sentence here", 1},
	} {
		if got := partsOf(test.text); len(got) != test.want {
			t.Errorf("%q has the parts %q, want %d", test.text, got, test.want)
		}
	}
}
