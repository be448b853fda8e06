package desk

import (
	"strings"
	"testing"

	"github.com/signalbox/signalbox/internal/fault"
)

// ticket is an event that can be stored.
func ticket() Incoming {
	return Incoming{DeliveryKey: "d", TicketExternalID: "T-1", Subject: "Cannot log in", Account: &IncomingAccount{ExternalID: "acme"}}
}

func TestTextsThatCannotBeStoredAreNamed(t *testing.T) {
	t.Parallel()
	if err := ticket().Validate(); err != nil {
		t.Fatalf("an ordinary event: %v, want it accepted", err)
	}
	for field, set := range map[string]func(*Incoming, string){
		"subject":                  func(in *Incoming, text string) { in.Subject = text },
		"message.body":             func(in *Incoming, text string) { in.Message.Body = text },
		"message.quoted":           func(in *Incoming, text string) { in.Message.Quoted = text },
		"message.signature":        func(in *Incoming, text string) { in.Message.Signature = text },
		"message.id":               func(in *Incoming, text string) { in.Message.ExternalID = text },
		"ticket.id":                func(in *Incoming, text string) { in.TicketExternalID = text },
		"ticket.channel":           func(in *Incoming, text string) { in.Channel = text },
		"ticket.restriction_group": func(in *Incoming, text string) { in.RestrictionGroup = text },
		"requester.id":             func(in *Incoming, text string) { in.Requester.Subject = text },
		"requester.email":          func(in *Incoming, text string) { in.Requester.Email = text },
		"requester.name":           func(in *Incoming, text string) { in.Requester.Name = text },
		"requester.language":       func(in *Incoming, text string) { in.Requester.Language = text },
		"account.id":               func(in *Incoming, text string) { in.Account.ExternalID = text },
		"account.name":             func(in *Incoming, text string) { in.Account.Name = text },
		"account.tier":             func(in *Incoming, text string) { in.Account.Tier = text },
	} {
		for what, text := range map[string]string{"too long": strings.Repeat("x", MaxBodyBytes+1), "invalid UTF-8": "a\xff", "NUL": "a\x00b"} {
			in := ticket()
			set(&in, text)
			err := in.Validate()
			if !fault.Is(err, fault.Unprocessable) || fault.Safe(err).Field != field {
				t.Errorf("%s of %s: %v, want it refused by name", what, field, err)
			}
			in.Poison = "unreadable"
			if err := in.Validate(); err != nil {
				t.Errorf("%s of %s, set aside as poison: %v, want it kept", what, field, err)
			}
		}
	}
}
