package history

import (
	"fmt"
	"slices"
	"strings"

	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/triage"
)

// The columns besides the labelled fields.
const (
	columnTime          = "time"
	columnID            = "id"
	columnThread        = "thread"
	columnSubject       = "subject"
	columnBody          = "body"
	columnLanguage      = "language"
	columnChannel       = "channel"
	columnTier          = "tier"
	columnRole          = "role"
	columnRequester     = "requester"
	columnVIP           = "vip"
	columnReassignments = "reassignments"
	columnRoutedAt      = "routed_at"
)

// Fields are the labelled fields that a history can hold, in the order in which they
// are shown.
var Fields = []string{
	triage.FieldIntent, triage.FieldRoute, triage.FieldKind, triage.FieldPriority, triage.FieldUrgency,
	triage.FieldImpact, triage.FieldSentiment, triage.FieldSensitive,
}

// usualNames are what helpdesks and people call the columns, the likeliest first.
var usualNames = map[string][]string{
	columnTime:           {"time", "created_at", "created", "created_time", "date", "opened_at", "timestamp", "submitted_at", "received_at"},
	columnID:             {"id", "ticket_id", "number", "key", "ticket", "external_id"},
	columnThread:         {"thread", "thread_id", "conversation_id", "parent_id"},
	columnSubject:        {"subject", "title", "summary"},
	columnBody:           {"body", "description", "text", "message", "content", "question", "comment"},
	columnLanguage:       {"language", "lang", "locale"},
	columnChannel:        {"channel", "via", "source", "origin"},
	columnTier:           {"tier", "plan", "account_tier"},
	columnRole:           {"role", "requester_role"},
	columnRequester:      {"requester", "requester_id", "requester_email", "customer_id", "customer_email", "email"},
	columnVIP:            {"vip", "requester_vip"},
	columnReassignments:  {"reassignments", "reassigned", "reassignment_count", "transfers", "group_changes"},
	columnRoutedAt:       {"routed_at", "right_team_at", "final_group_at"},
	triage.FieldIntent:   {"intent", "category", "topic", "label", "contact_reason", "reason"},
	triage.FieldRoute:    {"route", "group", "team", "queue", "final_group", "assigned_group", "assigned_team", "assignee_group"},
	triage.FieldKind:     {"kind", "ticket_kind"},
	triage.FieldPriority: {"priority", "final_priority"},
	triage.FieldUrgency:  {"urgency"}, triage.FieldImpact: {"impact"}, triage.FieldSentiment: {"sentiment"}, triage.FieldSensitive: {"sensitive"},
}

// atIntake are the ways in which a column says that it is a field as it stood at intake.
var atIntake = []string{"intake_%s", "initial_%s", "original_%s", "first_%s", "%s_at_intake"}

// Columns says how a file calls its columns, by field: those of [Fields], and time, id,
// thread, subject, body, language, channel, tier, role, requester, vip, reassignments, routed_at and
// intake_FIELD. What is left out is looked for under its usual names.
type Columns map[string]string

// ParseColumns reads flags such as "route=Team".
func ParseColumns(flags []string) (Columns, error) {
	columns := Columns{}
	for _, flag := range flags {
		field, name, found := strings.Cut(flag, "=")
		field = strings.TrimSpace(field)
		if !found || strings.TrimSpace(name) == "" {
			return nil, fault.Field(fault.Invalid, "--column", "is not FIELD=NAME", `write --column route="Assigned team"`)
		}
		if _, known := usualNames[strings.TrimPrefix(field, "intake_")]; !known {
			return nil, fault.Field(fault.Invalid, "--column", fmt.Sprintf("knows no field %q", field), "use "+strings.Join(fieldNames(), ", ")+", or intake_ before a labelled field")
		}
		columns[field] = strings.TrimSpace(name)
	}
	return columns, nil
}

func fieldNames() []string {
	names := []string{columnTime, columnID, columnThread, columnSubject, columnBody, columnLanguage, columnChannel, columnTier, columnRole, columnRequester, columnVIP, columnReassignments, columnRoutedAt}
	return append(names, Fields...)
}

// find says under which of the names that a file has each field stands.
func (c Columns) find(names []string) map[string]string {
	found := map[string]string{}
	for field, usual := range usualNames {
		if name := c[field]; name != "" {
			found[field] = name
		} else if name := lookUp(names, usual); name != "" {
			found[field] = name
		}
	}
	for _, field := range Fields {
		if name := c["intake_"+field]; name != "" {
			found["intake_"+field] = name
			continue
		}
		var usual []string
		for _, name := range usualNames[field] {
			for _, pattern := range atIntake {
				usual = append(usual, fmt.Sprintf(pattern, name))
			}
		}
		if name := lookUp(names, usual); name != "" {
			found["intake_"+field] = name
		}
	}
	if found[columnBody] == "" && found[columnSubject] != "" { // a file of questions
		found[columnBody] = found[columnSubject]
		delete(found, columnSubject)
	}
	return found
}

// lookUp finds the first of the usual names, however it is written.
func lookUp(names, usual []string) string {
	for _, wanted := range usual {
		if i := slices.IndexFunc(names, func(name string) bool { return plain(name) == wanted }); i >= 0 {
			return names[i]
		}
	}
	return ""
}

// plain writes "Created At" as created_at.
func plain(name string) string {
	return strings.Trim(strings.Map(func(r rune) rune {
		switch r {
		case ' ', '-', '/':
			return '_'
		case '"', '\'':
			return -1
		}
		return r
	}, strings.ToLower(strings.TrimSpace(name))), "_")
}
