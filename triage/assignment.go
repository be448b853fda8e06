package triage

import (
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/signalbox/signalbox/internal/fault"
)

// AssignmentRule sends tickets that fulfil a condition to another route. Rules run
// in their order, after everything else; each sees what the one before it left.
type AssignmentRule struct {
	Name  string    `json:"name" yaml:"name"`
	When  Condition `json:"when" yaml:"when"`
	Route string    `json:"route" yaml:"route"`
}

// Condition holds if each part that is given holds. A list holds if it has the
// ticket's value.
type Condition struct {
	Route       []string `json:"route,omitempty" yaml:"route"`
	Intent      []string `json:"intent,omitempty" yaml:"intent"`
	Severity    []string `json:"severity,omitempty" yaml:"severity"`
	Language    []string `json:"language,omitempty" yaml:"language"`
	Tier        []string `json:"tier,omitempty" yaml:"tier"`
	Channel     []string `json:"channel,omitempty" yaml:"channel"`             // the entry point: email, web, chat …
	Requester   []string `json:"requester,omitempty" yaml:"requester"`         // member, admin, vip
	Hours       string   `json:"hours,omitempty" yaml:"hours"`                 // open or closed: those of the route so far
	LoadAtLeast int      `json:"load_at_least,omitempty" yaml:"load_at_least"` // open tickets of the route so far
}

// Hours are when a route is staffed. Where From is after To, they go past midnight.
type Hours struct {
	TimeZone string   `json:"time_zone" yaml:"time_zone"` // IANA, such as Europe/Berlin
	Days     []string `json:"days" yaml:"days"`           // mon, tue …; those on which a shift begins
	From     string   `json:"from" yaml:"from"`           // 15:04
	To       string   `json:"to" yaml:"to"`
}

const (
	hoursOpen       = "open"
	hoursClosed     = "closed"
	maximumRules    = 200
	requesterVIP    = "vip"
	requesterAdmin  = "admin"
	requesterMember = "member"
)

var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// assign runs the rules on a route.
func (p *Policy) assign(route string, input Input, fields map[string]Field) (string, []AppliedRule) {
	var applied []AppliedRule
	for _, rule := range p.Assignment {
		if rule.Route != route && p.holds(rule.When, route, input, fields) {
			applied = append(applied, AppliedRule{rule.Name, route, rule.Route})
			route = rule.Route
		}
	}
	return route, applied
}

func (p *Policy) holds(when Condition, route string, input Input, fields map[string]Field) bool {
	tier := ""
	if input.Account != nil {
		tier = input.Account.Tier
	}
	for _, part := range []struct {
		listed []string
		value  string
	}{
		{when.Route, route}, {when.Intent, fields[FieldIntent].Value}, {when.Severity, fields[FieldSeverity].Value},
		{when.Language, fields[FieldLanguage].Value}, {when.Tier, tier}, {when.Channel, input.Ticket.Channel},
	} {
		if len(part.listed) > 0 && !slices.Contains(part.listed, part.value) {
			return false
		}
	}
	return holdsRequester(when.Requester, input) && p.holdsHours(when.Hours, route, input.Now) &&
		(when.LoadAtLeast == 0 || input.Load[route] >= when.LoadAtLeast)
}

func holdsRequester(listed []string, input Input) bool {
	if len(listed) == 0 {
		return true
	}
	vip := input.Customer != nil && input.Customer.VIP
	admin := isAdminRequester(input)
	return vip && slices.Contains(listed, requesterVIP) || admin && slices.Contains(listed, requesterAdmin) ||
		!admin && slices.Contains(listed, requesterMember)
}

// holdsHours takes a route without hours as always open.
func (p *Policy) holdsHours(wanted, route string, now time.Time) bool {
	if wanted == "" {
		return true
	}
	hours, known := p.Hours[route]
	open := !known || hours.open(now)
	return open == (wanted == hoursOpen)
}

// open says whether a moment lies in the hours. It is false for hours that are not valid.
func (h Hours) open(now time.Time) bool {
	zone, err := time.LoadLocation(h.TimeZone)
	from, errFrom := minuteOfDay(h.From)
	to, errTo := minuteOfDay(h.To)
	if err != nil || errFrom != nil || errTo != nil {
		return false
	}
	local := now.In(zone)
	minute := 60*local.Hour() + local.Minute()
	today, yesterday := weekdays[local.Weekday()], weekdays[(local.Weekday()+6)%7]
	if from < to {
		return minute >= from && minute < to && slices.Contains(h.Days, today)
	}
	return minute >= from && slices.Contains(h.Days, today) || minute < to && slices.Contains(h.Days, yesterday)
}

var clockPattern = regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$`)

func minuteOfDay(clock string) (int, error) {
	if !clockPattern.MatchString(clock) {
		return 0, fmt.Errorf("not a time of day: %q", clock)
	}
	hours, minutes := int(clock[0]-'0')*10+int(clock[1]-'0'), int(clock[3]-'0')*10+int(clock[4]-'0')
	return 60*hours + minutes, nil
}

// assignRoute replaces the route's field by where the rules send it. The confidence
// is that of the final route: the sum over all candidates that end there.
func (p *Policy) assignRoute(decision *Decision, read reading, input Input) {
	field := decision.Fields[FieldRoute]
	if len(p.Assignment) == 0 || field.Value == "" || field.Reason == ReasonSetByPerson {
		return
	}
	totals := map[string]float64{}
	for _, candidate := range read.fields[FieldRoute].scores {
		final, _ := p.assign(candidate.Value, input, decision.Fields)
		totals[final] += candidate.Probability
	}
	field.Value, decision.Rules = p.assign(field.Value, input, decision.Fields)
	field.Scores = nil
	for _, route := range sortedKeys(totals) {
		field.Scores = append(field.Scores, Score{route, fourDigits(min(totals[route], 1))})
	}
	sortScores(field.Scores)
	field.Scores = field.Scores[:min(len(field.Scores), shownScores)]
	field.Confidence = fourDigits(min(totals[field.Value], 1))
	decision.Fields[FieldRoute] = field
}

// NeedsLoad says whether a rule asks for the open tickets of a route.
func (p Policy) NeedsLoad() bool {
	return slices.ContainsFunc(p.Assignment, func(rule AssignmentRule) bool { return rule.When.LoadAtLeast > 0 })
}

// validateAssignment names the first rule or route's hours that are wrong.
func (p Policy) validateAssignment() error {
	if len(p.Assignment) > maximumRules {
		return invalidPolicy("assignment", "has too many rules", fmt.Sprintf("use at most %d", maximumRules))
	}
	seen := map[string]bool{}
	for i, rule := range p.Assignment {
		path := fmt.Sprintf("assignment[%d]", i)
		switch {
		case rule.Name == "" || len(rule.Name) > 100:
			return invalidPolicy(path+".name", "is missing or too long", "name the rule, so that decisions can say that it was applied")
		case seen[rule.Name]:
			return invalidPolicy(path+".name", "stands there twice", "give each rule its own name")
		case !keyPattern.MatchString(rule.Route):
			return invalidPolicy(path+".route", "is not a key", "use the key of a route of the taxonomy")
		}
		seen[rule.Name] = true
		if err := rule.When.validate(path + ".when"); err != nil {
			return err
		}
	}
	for _, route := range sortedKeys(p.Hours) {
		if err := p.Hours[route].validate("hours." + route); err != nil {
			return err
		}
	}
	return nil
}

func (c Condition) validate(path string) error {
	lists := map[string][]string{"severity": c.Severity, "requester": c.Requester}
	allowed := map[string][]string{"severity": {SeverityA, SeverityB, SeverityC}, "requester": {requesterVIP, requesterAdmin, requesterMember}}
	for _, name := range sortedKeys(lists) {
		for _, value := range lists[name] {
			if !slices.Contains(allowed[name], value) {
				return invalidPolicy(path+"."+name, "has an unknown value", fmt.Sprintf("use %v", allowed[name]))
			}
		}
	}
	switch {
	case c.Hours != "" && c.Hours != hoursOpen && c.Hours != hoursClosed:
		return invalidPolicy(path+".hours", "is unknown", "use open or closed")
	case c.LoadAtLeast < 0:
		return invalidPolicy(path+".load_at_least", "is negative", "use a number of open tickets")
	}
	return nil
}

func (h Hours) validate(path string) error {
	if _, err := time.LoadLocation(h.TimeZone); err != nil || h.TimeZone == "" {
		return invalidPolicy(path+".time_zone", "is unknown", "use a name such as Europe/Berlin")
	}
	for _, day := range h.Days {
		if !slices.Contains(weekdays, day) {
			return invalidPolicy(path+".days", "has an unknown day", "use mon, tue, wed, thu, fri, sat, sun")
		}
	}
	from, errFrom := minuteOfDay(h.From)
	to, errTo := minuteOfDay(h.To)
	if errFrom != nil || errTo != nil || from == to || len(h.Days) == 0 {
		return fault.Field(fault.Unprocessable, path, "is incomplete", "give days, and from and to as 08:00")
	}
	return nil
}
