package triage

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
)

func TestInputHashCoversWhatDecidesAndNothingElse(t *testing.T) {
	t.Parallel()
	key := []byte("k")
	fresh := func() Input {
		input := ticket("subject", "body")
		input.Account, input.Customer = &desk.Account{Tier: "business"}, &desk.Customer{Language: "en"}
		return input
	}
	base := hashInput(key, fresh())
	for name, change := range map[string]func(*Input){
		"subject":   func(i *Input) { i.Ticket.Subject = "subjec" },
		"shifted":   func(i *Input) { i.Ticket.Subject, i.Messages[0].Body = "subjectb", "ody" },
		"body":      func(i *Input) { i.Messages[0].Body = "body." },
		"author":    func(i *Input) { i.Messages[0].AuthorKind = desk.ByAgent },
		"tier":      func(i *Input) { i.Account.Tier = "free" },
		"account":   func(i *Input) { i.Account = nil },
		"renewal":   func(i *Input) { i.Account.RenewsOn = &i.Now },
		"customer":  func(i *Input) { i.Customer = nil },
		"role":      func(i *Input) { i.Customer.Role = "admin" },
		"VIP":       func(i *Input) { i.Customer.VIP = true },
		"language":  func(i *Input) { i.Customer.Language = "de" },
		"recent":    func(i *Input) { i.RecentTickets = 1 },
		"incident":  func(i *Input) { i.IncidentOpen = true },
		"reports":   func(i *Input) { i.OutageReports = 1 },
		"time":      func(i *Input) { i.Now = i.Now.Add(time.Second) },
		"ticket ID": func(i *Input) { i.Ticket.ID = uuid.New() },
	} {
		input := fresh()
		change(&input)
		if bytes.Equal(hashInput(key, input), base) {
			t.Errorf("another %s leaves the hash as it was", name)
		}
	}
	input := fresh()
	input.Now = input.Now.In(time.FixedZone("elsewhere", 3_600)).Add(time.Nanosecond)
	input.Account.Name = "Renamed"
	input.Messages = append(input.Messages, desk.Message{ID: uuid.New(), Audience: desk.Internal, Body: "note"})
	if !bytes.Equal(hashInput(key, input), base) {
		t.Error("the time zone, nanoseconds, the account's name or a private note change the hash")
	}
	if bytes.Equal(hashInput([]byte("l"), fresh()), base) {
		t.Error("the key does not change the hash")
	}
}
