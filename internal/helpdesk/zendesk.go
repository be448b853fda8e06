package helpdesk

import (
	"encoding/base64"
	"encoding/json"
	"regexp"
	"strings"
	"time"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/bodytext"
	"github.com/signalbox/signalbox/internal/fault"
)

// Zendesk's headers. The invocation ID is not signed, so it serves as delivery
// key only where the body has no ID of its own.
const (
	zendeskSignature  = "X-Zendesk-Webhook-Signature"
	zendeskTimestamp  = "X-Zendesk-Webhook-Signature-Timestamp"
	zendeskInvocation = "X-Zendesk-Webhook-Invocation-Id"
)

// verifyZendesk checks base64(HMAC-SHA256(secret, timestamp + body)).
func verifyZendesk(request Request, secrets [][]byte) error {
	timestamp := request.Header.Get(zendeskTimestamp)
	signature, err := base64.StdEncoding.DecodeString(request.Header.Get(zendeskSignature))
	if err != nil || timestamp == "" || !signedBy(secrets, signature, []byte(timestamp), request.Body) {
		return errSignature(zendeskSignature, "copy the signing secret of the webhook from Zendesk's admin centre into this connection")
	}
	signed, err := time.Parse(time.RFC3339, timestamp)
	if err != nil {
		return fault.Field(fault.Unauthenticated, zendeskTimestamp, "is not an ISO 8601 time", "send it as Zendesk does")
	}
	return withinWindow(zendeskTimestamp, signed, request.ReceivedAt)
}

// parseZendesk reads both of Zendesk's forms: events (type, detail, event), and
// the bodies that a trigger's template makes.
func parseZendesk(request Request) (desk.Incoming, error) {
	var kind struct {
		Type flexible `json:"type"`
	}
	if err := json.Unmarshal(request.Body, &kind); err != nil {
		return desk.Incoming{}, malformed(err)
	}
	if strings.HasPrefix(string(kind.Type), "zen:event-type:") {
		return parseZendeskEvent(request)
	}
	return parseZendeskTrigger(request)
}

// zendeskEvent holds what we read of an event subscription's body.
type zendeskEvent struct {
	ID     string    `json:"id"`
	Type   string    `json:"type"`
	Time   time.Time `json:"time"`
	Detail struct {
		ID          flexible `json:"id"`
		Subject     string   `json:"subject"`
		Description string   `json:"description"`
		Status      string   `json:"status"`
		RequesterID flexible `json:"requester_id"`
		AssigneeID  flexible `json:"assignee_id"`
		Via         struct {
			Channel string `json:"channel"`
		} `json:"via"`
	} `json:"detail"`
	Event struct {
		Actor   zendeskAuthor `json:"actor"`
		Message *struct {
			ID   flexible `json:"id"`
			Body string   `json:"body"`
		} `json:"message"`
		Comment *struct {
			ID       flexible      `json:"id"`
			Body     string        `json:"body"`
			IsPublic *bool         `json:"is_public"`
			Author   zendeskAuthor `json:"author"`
		} `json:"comment"`
	} `json:"event"`
}

type zendeskAuthor struct {
	ID      flexible `json:"id"`
	Type    string   `json:"type"`
	Name    string   `json:"name"`
	IsStaff bool     `json:"is_staff"`
}

func (a zendeskAuthor) kind() desk.AuthorKind {
	switch {
	case a.Type == "system":
		return desk.BySystem
	case a.IsStaff || a.Type == "agent":
		return desk.ByAgent
	default:
		return desk.ByCustomer
	}
}

func parseZendeskEvent(request Request) (desk.Incoming, error) {
	var event zendeskEvent
	if err := json.Unmarshal(request.Body, &event); err != nil {
		return desk.Incoming{}, malformed(err)
	}
	incoming := desk.Incoming{
		DeliveryKey:      prefixed("event:", event.ID),
		TicketExternalID: bodytext.Line(string(event.Detail.ID)),
		Subject:          bodytext.Line(event.Detail.Subject),
		Channel:          bodytext.Line(event.Detail.Via.Channel),
		Requester:        requester(string(event.Detail.RequesterID), "", "", ""),
	}
	assigned := event.Detail.AssigneeID != "" // the detail is the whole ticket
	incoming.Assigned = &assigned
	sentAt := firstTime(event.Time, request.ReceivedAt)
	switch {
	case event.Event.Comment != nil:
		comment, audience := event.Event.Comment, desk.Public
		if comment.IsPublic != nil && !*comment.IsPublic {
			audience = desk.Internal
		}
		incoming.Message = message(string(comment.ID), audience, comment.Author.kind(), comment.Body, sentAt)
	case event.Event.Message != nil:
		incoming.Message = message(string(event.Event.Message.ID), desk.Public, event.Event.Actor.kind(), event.Event.Message.Body, sentAt)
	case event.Detail.Description != "":
		incoming.Message = message("", desk.Public, desk.ByCustomer, event.Detail.Description, sentAt)
	case incoming.Subject == "":
		incoming.Ignore = "the event carries no text; send it by a trigger whose body holds the comment"
	}
	// A status that is new to us is no reason to lose a ticket.
	incoming.Status, _ = status(event.Detail.Status)
	return incoming, nil
}

// zendeskTrigger lists the placeholders that triggers' templates commonly use.
// The template is the customer's own, so each may be absent.
type zendeskTrigger struct {
	TicketID          flexible `json:"ticket_id"`
	ID                flexible `json:"id"`
	TicketTitle       string   `json:"ticket_title"`
	Subject           string   `json:"subject"`
	TicketDescription string   `json:"ticket_description"`
	Description       string   `json:"description"`
	LatestComment     string   `json:"latest_comment"`
	Message           string   `json:"message"`
	CommentID         flexible `json:"comment_id"`
	CommentIsPublic   flexible `json:"comment_is_public"`
	AuthorIsStaff     flexible `json:"author_is_staff"`
	TicketURL         string   `json:"ticket_url"`
	Link              string   `json:"link"`
	TicketStatus      string   `json:"ticket_status"`
	Via               string   `json:"ticket_via"`
	RequesterID       flexible `json:"requester_id"`
	RequesterName     string   `json:"requester_name"`
	RequesterFullName string   `json:"requester_full_name"`
	RequesterEmail    string   `json:"requester_email"`
	RequesterLanguage string   `json:"requester_language"`
	OrganizationID    flexible `json:"organization_id"`
	OrganizationName  string   `json:"organization_name"`
	AssigneeID        flexible `json:"assignee_id"`
}

func parseZendeskTrigger(request Request) (desk.Incoming, error) {
	var trigger zendeskTrigger
	if err := json.Unmarshal(request.Body, &trigger); err != nil {
		return desk.Incoming{}, malformed(err)
	}
	incoming := desk.Incoming{
		DeliveryKey:      firstOf(prefixed("comment:", string(trigger.CommentID)), prefixed("invocation:", request.Header.Get(zendeskInvocation))),
		TicketExternalID: bodytext.Line(firstOf(string(trigger.TicketID), string(trigger.ID))),
		TicketURL:        webAddress(firstOf(trigger.Link, trigger.TicketURL)),
		Subject:          bodytext.Line(firstOf(trigger.TicketTitle, trigger.Subject)),
		Channel:          strings.ToLower(bodytext.Line(trigger.Via)),
		Requester: requester(string(trigger.RequesterID), firstOf(trigger.RequesterName, trigger.RequesterFullName),
			trigger.RequesterEmail, trigger.RequesterLanguage),
	}
	if organization := bodytext.Line(string(trigger.OrganizationID)); organization != "" {
		incoming.Account = &desk.IncomingAccount{ExternalID: organization, Name: bodytext.Line(trigger.OrganizationName)}
	}
	if trigger.AssigneeID != "" {
		assigned := true
		incoming.Assigned = &assigned
	}
	audience, author := desk.Public, desk.ByCustomer
	if said := trigger.CommentIsPublic.word(); said != "" && said != "true" {
		audience = desk.Internal // whatever else a template says: a note must not become a comment
	}
	if trigger.AuthorIsStaff.word() == "true" {
		author = desk.ByAgent
	}
	text := firstOf(trigger.LatestComment, trigger.Message, trigger.TicketDescription, trigger.Description)
	newest, earlier := splitComments(bodytext.Clean(text))
	incoming.Message = message(string(trigger.CommentID), audience, author, newest, request.ReceivedAt)
	if earlier != "" {
		incoming.Message.Quoted = strings.Trim(incoming.Message.Quoted+"\n\n"+earlier, "\n")
	}
	// Nor is one that an account has renamed.
	incoming.Status, _ = status(trigger.TicketStatus)
	return incoming, nil
}

// commentHeader is what Zendesk's comment placeholders put above each comment:
// a rule, then a line with the author and the time.
var commentHeader = regexp.MustCompile(`(?m)^-{20,}\n+[^\n]{1,120}, [^\n]{4,40}\n+`)

// splitComments takes the newest comment from a formatted list of comments.
func splitComments(text string) (newest, earlier string) {
	found := commentHeader.FindAllStringIndex(text, 2)
	if len(found) == 0 || strings.TrimSpace(text[:found[0][0]]) != "" {
		return text, ""
	}
	if len(found) == 1 {
		return text[found[0][1]:], ""
	}
	return text[found[0][1]:found[1][0]], strings.TrimSpace(text[found[1][0]:])
}
