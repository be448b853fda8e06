package shadow

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/signalbox/signalbox/evals/history"
	"github.com/signalbox/signalbox/triage"
)

const (
	mostIntents = 200
	mostRoutes  = 100
	// otherKey stands for the values beyond the most frequent ones.
	otherKey = "other_values"
)

// labels turns what people wrote into the values of fields.
type labels struct {
	taxonomy triage.Taxonomy
	keys     map[string]map[string]string // by field, by what was written
}

// fixedWords are what helpdesks call the values of fields that are not the owner's.
var fixedWords = map[string]map[string]string{
	triage.FieldPriority: {
		"urgent": triage.BandUrgent, "critical": triage.BandUrgent, "p1": triage.BandUrgent, "highest": triage.BandUrgent, "very_high": triage.BandUrgent,
		"high": triage.BandHigh, "p2": triage.BandHigh, "normal": triage.BandNormal, "medium": triage.BandNormal, "p3": triage.BandNormal,
		"low": triage.BandLow, "p4": triage.BandLow, "lowest": triage.BandLow, "very_low": triage.BandLow,
	},
	triage.FieldKind: {
		"break_fix": triage.KindBreakFix, "incident": triage.KindBreakFix, "problem": triage.KindBreakFix, "bug": triage.KindBreakFix,
		"advisory": triage.KindAdvisory, "question": triage.KindAdvisory, "task": triage.KindAdvisory, "request": triage.KindAdvisory,
	},
	triage.FieldUrgency:   wordsOf(triage.UrgencyCritical, triage.UrgencyHigh, triage.UrgencyNormal, triage.UrgencyLow),
	triage.FieldImpact:    wordsOf(triage.ImpactCompany, triage.ImpactTeam, triage.ImpactOnePerson, triage.ImpactUnknown),
	triage.FieldSentiment: wordsOf(triage.SentimentPositive, triage.SentimentNeutral, triage.SentimentNegative, triage.SentimentAngry),
	triage.FieldSensitive: wordsOf(triage.SensitiveLegal, triage.SensitiveSecurityReport, triage.SensitiveSelfHarm, triage.SensitivePress, triage.SensitiveDataProtection),
}

func wordsOf(values ...string) map[string]string {
	words := map[string]string{}
	for _, value := range values {
		words[value] = value
	}
	return words
}

// newLabels makes a taxonomy of the values in the rows, the most frequent first. Values
// that the owner's taxonomy knows keep its keys and names.
func newLabels(rows []history.Row, known triage.Taxonomy) *labels {
	l := &labels{keys: map[string]map[string]string{}}
	for _, route := range known.Routes {
		l.know(triage.FieldRoute, route.Key, route.Key, route.Name)
	}
	for _, intent := range known.Intents {
		l.know(triage.FieldIntent, intent.Key, intent.Key, intent.Name)
	}
	byKey := map[string]triage.Intent{}
	for _, intent := range known.Intents {
		byKey[intent.Key] = intent
	}
	routes := map[string]triage.Route{}
	for _, route := range known.Routes {
		routes[route.Key] = route
	}
	for _, key := range l.keysOf(rows, triage.FieldRoute, mostRoutes) {
		route, listed := routes[key.key]
		if !listed {
			route = triage.Route{Key: key.key, Name: key.name}
		}
		l.taxonomy.Routes = append(l.taxonomy.Routes, route)
		routes[key.key] = route
	}
	for _, key := range l.keysOf(rows, triage.FieldIntent, mostIntents) {
		intent, listed := byKey[key.key]
		if !listed {
			intent = triage.Intent{Key: key.key, Name: key.name}
		}
		if !slices.ContainsFunc(l.taxonomy.Routes, func(r triage.Route) bool { return r.Key == intent.DefaultRoute }) {
			intent.DefaultRoute = ""
		}
		l.taxonomy.Intents = append(l.taxonomy.Intents, intent)
	}
	l.complete()
	return l
}

// complete adds what a taxonomy must have and the history does not: a field without
// labels is off, so that nobody meets these.
func (l *labels) complete() {
	for _, spare := range []string{"spare_a", "spare_b"} {
		if len(l.taxonomy.Intents) < 2 {
			l.taxonomy.Intents = append(l.taxonomy.Intents, triage.Intent{Key: spare, Name: "Spare"})
		}
	}
	if len(l.taxonomy.Routes) == 0 {
		l.taxonomy.Routes = append(l.taxonomy.Routes, triage.Route{Key: "inbox", Name: "Inbox"})
	}
}

func (l *labels) know(field, key string, written ...string) {
	if l.keys[field] == nil {
		l.keys[field] = map[string]string{}
	}
	for _, text := range written {
		l.keys[field][slug(text)] = key
	}
}

type namedKey struct{ key, name string }

// keysOf gives every written value of a field a key, and returns those in use.
func (l *labels) keysOf(rows []history.Row, field string, most int) []namedKey {
	counts, names := map[string]int{}, map[string]string{}
	for _, row := range rows {
		if written := row.Labels[field]; written != "" {
			as := slug(written)
			counts[as]++
			if names[as] == "" {
				names[as] = written
			}
		}
	}
	order := make([]string, 0, len(counts))
	for as := range counts {
		order = append(order, as)
	}
	slices.SortFunc(order, func(a, b string) int { return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b)) })
	var used []namedKey
	for i, as := range order {
		key, name := keyOf(as), names[as]
		if known := l.keys[field][as]; known != "" {
			key = known
		}
		if i >= most-1 && len(order) > most {
			key, name = otherKey, "Other values"
		}
		l.know(field, key, as)
		if !slices.ContainsFunc(used, func(u namedKey) bool { return u.key == key }) {
			used = append(used, namedKey{key, name})
		}
	}
	return used
}

// of returns the values of a row's labels, by field.
func (l *labels) of(row history.Row) map[string]string {
	values := map[string]string{}
	for field, written := range row.Labels {
		if value := l.value(field, written); value != "" {
			values[field] = value
		}
	}
	return values
}

// value is what a written label means, "" if it means nothing.
func (l *labels) value(field, written string) string {
	if written == "" {
		return ""
	}
	words := l.keys[field]
	if fixed, known := fixedWords[field]; known {
		words = fixed
	}
	if value, known := words[slug(written)]; known {
		return value
	}
	if field == triage.FieldIntent || field == triage.FieldRoute {
		return keyOf(slug(written)) // one that came up later: nothing can have learned it
	}
	return ""
}

// warnings tell which labels of the rows were left out.
func (l *labels) warnings(rows []history.Row) (lines []string) {
	unknown := map[string]int{}
	for _, row := range rows {
		for field, written := range row.Labels {
			if written != "" && l.value(field, written) == "" {
				unknown[field]++
			}
		}
	}
	for _, field := range history.Fields {
		if count := unknown[field]; count > 0 {
			lines = append(lines, fmt.Sprintf("%d label(s) of %s are none of its values and were left out", count, field))
		}
	}
	return lines
}

// keyOf makes a key that a taxonomy takes: Latin letters without accents, or where
// nothing of those is left a name made of the label's hash.
func keyOf(as string) string {
	plain := strings.Map(func(r rune) rune {
		if r < unicode.MaxASCII || !unicode.IsMark(r) {
			return r
		}
		return -1
	}, norm.NFD.String(as))
	if keyPattern.MatchString(plain) {
		return plain
	}
	if prefixed := "v_" + plain; keyPattern.MatchString(prefixed) {
		return prefixed
	}
	digest := sha256.Sum256([]byte(as))
	return "v_" + hex.EncodeToString(digest[:6])
}

var keyPattern = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)

// slug writes a label so that spellings of one are the same: small letters, digits and
// underscores.
func slug(written string) string {
	mapped := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) {
			return unicode.ToLower(r)
		}
		return '_'
	}, written)
	key := strings.Join(strings.FieldsFunc(mapped, func(r rune) bool { return r == '_' }), "_")
	if runes := []rune(key); len(runes) > 60 {
		key = string(runes[:60])
	}
	if key == "" {
		return "value"
	}
	return key
}
