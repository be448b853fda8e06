package httpapi

import (
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/httpapi/customer"
)

// head is the OpenAPI 3.1 document's head. huma's own pages are left out: they
// load scripts from elsewhere.
func head(config Config) huma.Config {
	document := huma.DefaultConfig("Signalbox", config.Version)
	document.OpenAPIPath, document.DocsPath, document.SchemasPath = "", "", ""
	document.CreateHooks = nil
	document.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", schemaName)
	document.Components.Schemas.RegisterTypeAlias(reflect.TypeFor[uuid.UUID](), reflect.TypeFor[documentedID]())
	document.Info.Description = "Triage and retrieval for support teams. Errors are problem documents (RFC 9457)."
	document.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"key":       {Type: "http", Scheme: "bearer", Description: "An API key: sbx_agent_…, sbx_admin_… or sbx_hook_…"},
		"customer":  {Type: "http", Scheme: "bearer", BearerFormat: "JWT", Description: "A token that the site signs for its customer: aud signalbox, sub, iat, exp at most 15 minutes later, kid."},
		"site":      {Type: "apiKey", In: "header", Name: HeaderSite, Description: "The site's publishable key."},
		"signature": {Type: "apiKey", In: "header", Name: "X-Signalbox-Signature", Description: "The signature over the raw body, as a connection of kind generic has it; other helpdesks send their own headers."},
	}
	if config.PublicURL != "" {
		document.Servers = []*huma.Server{{URL: config.PublicURL}}
	}
	return document
}

// documentedID is a UUID as the document describes it.
type documentedID string

// Schema implements huma.SchemaProvider.
func (documentedID) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "uuid"}
}

// schemaName tells what a customer sees of a ticket or an article from the whole of it.
func schemaName(kind reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(kind, hint)
	for kind.Kind() == reflect.Pointer || kind.Kind() == reflect.Slice {
		kind = kind.Elem()
	}
	if kind.Name() != "" && kind.PkgPath() == reflect.TypeFor[customer.Ticket]().PkgPath() {
		return "Customer" + name
	}
	return name
}

// security is what the OpenAPI document says about credentials.
var security = map[desk.Action][]map[string][]string{
	desk.PostHook:         {{"signature": {}}, {"key": {}}},
	desk.SearchPublic:     {{"site": {}}, {"site": {}, "customer": {}}},
	desk.OpenTicket:       {{"site": {}}, {"site": {}, "customer": {}}},
	desk.ReadOwnTickets:   {{"site": {}, "customer": {}}},
	desk.ReadTickets:      {{"key": {}}},
	desk.SearchInternal:   {{"key": {}}},
	desk.OverrideDecision: {{"key": {}}},
	desk.ReportStatus:     {{"key": {}}},
	desk.ManageKnowledge:  {{"key": {}}},
	desk.ManageService:    {{"key": {}}},
}

// documentHook describes the event of a connection of kind generic. The others
// are what their helpdesk sends.
func documentHook(operation *huma.Operation, _ huma.Registry) {
	operation.RequestBody = &huma.RequestBody{
		Description: "The bytes as the helpdesk signed them. The schema is that of a connection of kind generic; other kinds send their helpdesk's own event.",
		Content:     map[string]*huma.MediaType{"application/json": {Schema: genericEvent()}},
	}
}

func genericEvent() *huma.Schema {
	text := func(doc string) *huma.Schema { return &huma.Schema{Type: huma.TypeString, Description: doc} }
	object := func(required []string, properties map[string]*huma.Schema) *huma.Schema {
		return &huma.Schema{Type: huma.TypeObject, Properties: properties, Required: required, AdditionalProperties: true}
	}
	return object([]string{"ticket"}, map[string]*huma.Schema{
		"event_id": text("What a repeated delivery has in common with the first."),
		"ticket": object([]string{"id"}, map[string]*huma.Schema{
			"id": text("The ticket's ID in the helpdesk."), "url": text("Its page."), "subject": text(""),
			"status": text("open, pending, solved or closed"), "channel": text("email, web, chat …"), "restriction_group": text("Only agents of this group see the ticket."),
		}),
		"message": object([]string{"body"}, map[string]*huma.Schema{
			"id": text(""), "audience": text("public (default) or internal"), "author": text("customer (default), agent or system"),
			"body": text("Plain text or HTML."), "sent_at": {Type: huma.TypeString, Format: "date-time"},
		}),
		"requester": object(nil, map[string]*huma.Schema{"id": text(""), "name": text(""), "email": text(""), "language": text("BCP 47")}),
		"account": object([]string{"id"}, map[string]*huma.Schema{
			"id": text(""), "name": text(""), "tier": text("The owner's word: free, business …"),
			"annual_value_cents": {Type: huma.TypeInteger}, "renews_on": {Type: huma.TypeString, Format: "date"},
		}),
	})
}

// documentAnswer describes both forms of an answer.
func documentAnswer(operation *huma.Operation, registry huma.Registry) {
	answer := registry.Schema(reflect.TypeFor[customer.AnswerView](), true, "AnswerView")
	operation.Responses = map[string]*huma.Response{"200": {
		Description: "The answer: as events while it is made, or as one document.",
		Content: map[string]*huma.MediaType{
			"application/json": {Schema: answer},
			"text/event-stream": {Schema: &huma.Schema{Type: huma.TypeString,
				Description: "Server-sent events: `sentence` (a sentence with its citation) for each, then one `answer` with the whole; an `error` (a problem document) ends a stream that broke."}},
		},
	}}
}

// documentItself says that the document is a document.
func documentItself(operation *huma.Operation, _ huma.Registry) {
	operation.Responses = map[string]*huma.Response{"200": {
		Description: http.StatusText(http.StatusOK),
		Content:     map[string]*huma.MediaType{"application/openapi+json": {Schema: &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true}}},
	}}
}
