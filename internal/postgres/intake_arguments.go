package postgres

import (
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/signalbox/signalbox/desk"
)

// deliveryArguments are what every event stores: where it came from and its body.
func deliveryArguments(incoming desk.Incoming, keepRaw time.Duration) pgx.NamedArgs {
	raw := incoming.Raw
	if keepRaw <= 0 {
		raw, keepRaw = nil, 0
	}
	return pgx.NamedArgs{
		"delivery_id":   newID(),
		"connection_id": optional(incoming.ConnectionID),
		"site_id":       optional(incoming.SiteID),
		"delivery_key":  incoming.DeliveryKey,
		"raw":           raw,
		"content_type":  incoming.ContentType,
		"keep_raw":      keepRaw,
	}
}

// noteArguments are those of an event that starts no work.
func noteArguments(incoming desk.Incoming, keepRaw time.Duration) pgx.NamedArgs {
	arguments := deliveryArguments(incoming, keepRaw)
	arguments["state"], arguments["reason"] = "ignored", incoming.Ignore
	if incoming.Poison != "" {
		arguments["state"], arguments["reason"] = "poison", incoming.Poison
	}
	return arguments
}

// receiveArguments are those of an event with a ticket.
func receiveArguments(incoming desk.Incoming, keepRaw time.Duration) pgx.NamedArgs {
	arguments := deliveryArguments(incoming, keepRaw)
	source := incoming.ConnectionID
	if source == uuid.Nil {
		source = incoming.SiteID
	}
	arguments["source_id"] = source
	arguments["ticket_id"] = newID()
	arguments["external_id"] = incoming.TicketExternalID
	arguments["external_url"] = incoming.TicketURL
	arguments["subject"] = incoming.Subject
	arguments["status"] = string(incoming.Status)
	arguments["channel"] = incoming.Channel
	arguments["assigned"] = incoming.Assigned
	arguments["merged_into"] = incoming.MergedInto
	arguments["restriction_group"] = incoming.RestrictionGroup
	arguments["outbox_id"] = newID()
	arguments["kind"] = desk.TicketReceivedKind
	addMessage(arguments, incoming.Message)
	addRequester(arguments, incoming.Requester)
	addAccount(arguments, incoming.Account)
	return arguments
}

// addMessage fills in what a source may leave out: a text without author comes
// from the system, one without audience is a public comment.
func addMessage(arguments pgx.NamedArgs, message desk.IncomingMessage) {
	if message.AuthorKind == "" {
		message.AuthorKind = desk.BySystem
	}
	if message.Audience == "" {
		message.Audience = desk.Public
	}
	if message.SentAt.IsZero() {
		message.SentAt = time.Now()
	}
	arguments["message_id"] = newID()
	arguments["has_message"] = strings.TrimSpace(message.Body+message.Quoted) != ""
	arguments["audience"] = string(message.Audience)
	arguments["author_kind"] = string(message.AuthorKind)
	arguments["message_external_id"] = message.ExternalID
	arguments["body"] = message.Body
	arguments["quoted"] = message.Quoted
	arguments["signature"] = message.Signature
	arguments["sent_at"] = message.SentAt
}

// addRequester names the person; without a stable ID the address stands for it.
func addRequester(arguments pgx.NamedArgs, requester desk.Requester) {
	if requester.Subject == "" {
		requester.Subject = strings.ToLower(requester.Email)
	}
	arguments["customer_id"] = newID()
	arguments["requester_subject"] = requester.Subject
	arguments["requester_name"] = requester.Name
	arguments["requester_email"] = requester.Email
	arguments["requester_language"] = requester.Language
}

// addAccount names the account; without an ID of its own it cannot be told from others.
func addAccount(arguments pgx.NamedArgs, account *desk.IncomingAccount) {
	if account == nil {
		account = &desk.IncomingAccount{}
	}
	arguments["account_id"] = newID()
	arguments["account_external_id"] = account.ExternalID
	arguments["account_name"] = account.Name
	arguments["account_tier"] = account.Tier
	arguments["account_value"] = max(0, account.AnnualValueCents)
	arguments["account_renews"] = account.RenewsOn
}
