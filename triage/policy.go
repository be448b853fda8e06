package triage

import (
	"bytes"
	"errors"
	"io"
	"slices"

	"gopkg.in/yaml.v3"

	"github.com/signalbox/signalbox/internal/fault"
)

// Mode says how far the service may go with a field.
type Mode string

// The modes, from not at all to alone.
const (
	ModeOff     Mode = "off"
	ModeSuggest Mode = "suggest"
	ModeAuto    Mode = "auto"
)

// FieldPolicy is what the owner allows for a field.
type FieldPolicy struct {
	Mode Mode `json:"mode" yaml:"mode"`
	// Threshold is the confidence from which on auto acts, 0.5–1.
	Threshold float64 `json:"threshold" yaml:"threshold"`
	// Target is the precision that the threshold was chosen for, 0.5–0.999, and that
	// the field is held to; 0: it was set by hand.
	Target float64 `json:"target,omitempty" yaml:"target,omitempty"`
	// Intents says what single intents allow of this field, by the intent's key. It
	// can only be less than the field's own mode.
	Intents map[string]IntentPolicy `json:"intents,omitempty" yaml:"intents,omitempty"`
}

// IntentPolicy is what one intent allows of a field.
type IntentPolicy struct {
	Mode   Mode   `json:"mode" yaml:"mode"`
	Reason string `json:"reason,omitempty" yaml:"reason,omitempty"` // such as "needs 42 more labels"
}

// modeFor is how far the field may go with a ticket of an intent.
func (f FieldPolicy) modeFor(intent string) Mode {
	if own, listed := f.Intents[intent]; listed && slices.Index(modes, own.Mode) < slices.Index(modes, f.Mode) {
		return own.Mode
	}
	return f.Mode
}

// modes from the least to the most.
var modes = []Mode{ModeOff, ModeSuggest, ModeAuto}

// Policy is what the owner allows and how the owner weighs.
type Policy struct {
	Version int64                  `json:"version" yaml:"version"`
	Fields  map[string]FieldPolicy `json:"fields" yaml:"fields"`
	// UnsureBelow is the confidence of intent or route under which a person looks, 0–1.
	UnsureBelow float64 `json:"unsure_below" yaml:"unsure_below"`
	// AmbiguousMargin is how much likelier than the second an unsure first must
	// be not to be called ambiguous, 0–1.
	AmbiguousMargin float64 `json:"ambiguous_margin" yaml:"ambiguous_margin"`
	// Languages are those that the team reads, as ISO 639-1 codes; empty: all.
	Languages []string `json:"languages" yaml:"languages"`
	// MinimumLetters is how many letters a ticket must have to be decided.
	MinimumLetters int     `json:"minimum_letters" yaml:"minimum_letters"`
	Priority       Weights `json:"priority" yaml:"priority"`
	// Review bounds what people are asked so that the service can be judged.
	Review ReviewPolicy `json:"review" yaml:"review"`
	// Assignment are the rules that run last, in their order.
	Assignment []AssignmentRule `json:"assignment,omitempty" yaml:"assignment"`
	// Hours are when a route is staffed, by its key; a route without is always open.
	Hours map[string]Hours `json:"hours,omitempty" yaml:"hours"`
	// Products are names of the owner's products to find in tickets.
	Products []string `json:"products,omitempty" yaml:"products"`
	// Patterns are regular expressions of what the owner's tickets name, by the kind
	// of entity, such as contract_number.
	Patterns map[string]string `json:"patterns,omitempty" yaml:"patterns"`
}

// DefaultPolicy suggests everything and does nothing alone. Its version is 0, which
// no stored policy has: a decision says whether it was made before there was one.
func DefaultPolicy() Policy {
	fields := map[string]FieldPolicy{}
	for _, field := range policyFields {
		fields[field] = FieldPolicy{Mode: ModeSuggest, Threshold: 0.9}
	}
	return Policy{
		Fields:      fields,
		UnsureBelow: 0.4, AmbiguousMargin: 0.15, MinimumLetters: 6,
		Priority: DefaultWeights(), Review: defaultReview(),
	}
}

var policyFields = []string{
	FieldIntent, FieldRoute, FieldKind, FieldUrgency, FieldImpact, FieldSentiment,
	FieldSensitive, FieldLanguage, FieldPriority, FieldSeverity, FieldAct,
}

// ParsePolicy reads YAML or JSON over the defaults: what is left out stays as
// in DefaultPolicy. Unknown keys are refused.
func ParsePolicy(text []byte) (Policy, error) {
	policy := DefaultPolicy()
	defaults := policy.Fields
	policy.Fields = nil
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&policy); err != nil && !errors.Is(err, io.EOF) {
		return Policy{}, fault.Wrap(fault.Invalid, err, "the policy is not YAML or JSON of the expected shape")
	}
	for field, given := range policy.Fields {
		if given.Mode == "" {
			given.Mode = defaults[field].Mode
		}
		if given.Threshold == 0 {
			given.Threshold = defaults[field].Threshold
		}
		defaults[field] = given
	}
	policy.Fields = defaults
	return policy, policy.Validate()
}

// Validate names the first setting that is wrong.
func (p Policy) Validate() error {
	for _, field := range sortedKeys(p.Fields) {
		if err := p.Fields[field].validate(field); err != nil {
			return err
		}
	}
	switch {
	case !isShare(p.UnsureBelow):
		return invalidPolicy("unsure_below", "is out of range", "use 0 to 1")
	case !isShare(p.AmbiguousMargin):
		return invalidPolicy("ambiguous_margin", "is out of range", "use 0 to 1")
	case p.MinimumLetters < 0 || p.MinimumLetters > 1_000:
		return invalidPolicy("minimum_letters", "is out of range", "use 0 to 1000")
	}
	for _, language := range p.Languages {
		if baseLanguage(language) != language {
			return invalidPolicy("languages", "holds what is no language", "use ISO 639-1 codes in lower case such as de")
		}
	}
	if err := p.Review.validate(); err != nil {
		return err
	}
	if err := p.validateAssignment(); err != nil {
		return err
	}
	if _, err := newOwnEntities(p.Products, p.Patterns); err != nil {
		return err
	}
	return p.Priority.Validate()
}

func (f FieldPolicy) validate(field string) error {
	path := "fields." + field
	switch {
	case !slices.Contains(policyFields, field):
		return invalidPolicy("fields", "names a field that is not decided", "use intent, route, kind, urgency, impact, sentiment, sensitive, language, priority, severity or act")
	case f.Mode != ModeOff && f.Mode != ModeSuggest && f.Mode != ModeAuto:
		return invalidPolicy(path+".mode", "is none of the modes", "use off, suggest or auto")
	case f.Mode == ModeAuto && slices.Contains(neverAuto, field):
		return invalidPolicy(path+".mode", "cannot be auto", "use suggest: nothing acts on this field alone")
	case f.Mode == ModeOff && field == FieldSensitive:
		return invalidPolicy(path+".mode", "cannot be off", "use suggest: sensitive tickets always go to a person")
	case !(f.Threshold >= 0.5 && f.Threshold <= 1):
		return invalidPolicy(path+".threshold", "is out of range", "use 0.5 to 1")
	case f.Target != 0 && !(f.Target >= 0.5 && f.Target <= 0.999):
		return invalidPolicy(path+".target", "is out of range", "use 0.5 to 0.999, or leave it out")
	case len(f.Intents) > maximumIntents:
		return invalidPolicy(path+".intents", "are too many", "name at most 200")
	}
	for _, intent := range sortedKeys(f.Intents) {
		switch own := f.Intents[intent]; {
		case !keyPattern.MatchString(intent):
			return notKey(path + ".intents")
		case own.Mode == ModeAuto && slices.Contains(neverAuto, field):
			return invalidPolicy(path+".intents."+intent+".mode", "cannot be auto", "use suggest: nothing acts on this field alone")
		case !slices.Contains(modes, own.Mode):
			return invalidPolicy(path+".intents."+intent+".mode", "is none of the modes", "use off, suggest or auto")
		case own.Mode == ModeOff && field == FieldSensitive:
			return invalidPolicy(path+".intents."+intent+".mode", "cannot be off", "use suggest: sensitive tickets always go to a person")
		case len(own.Reason) > maximumReason || !isLine(own.Reason):
			return invalidPolicy(path+".intents."+intent+".reason", "is not a short line", "use at most 200 bytes without line breaks")
		}
	}
	return nil
}

// maximumReason bounds the owner's words in bytes.
const maximumReason = 200

// neverAuto are the fields that nothing acts on by themselves.
var neverAuto = []string{FieldSensitive, FieldLanguage, FieldAct}

func invalidPolicy(field, message, remedy string) error {
	return fault.Field(fault.Unprocessable, field, message, remedy)
}

func isShare(x float64) bool { return x >= 0 && x <= 1 }

// field returns the policy of a field, off if there is none.
func (p *Policy) field(name string) FieldPolicy {
	if policy, ok := p.Fields[name]; ok {
		return policy
	}
	return FieldPolicy{Mode: ModeOff, Threshold: 1}
}

// thresholds lists those of the fields that may act alone.
func (p Policy) thresholds() map[string]float64 {
	var listed map[string]float64
	for name, field := range p.Fields {
		if field.Mode == ModeAuto {
			if listed == nil {
				listed = map[string]float64{}
			}
			listed[name] = field.Threshold
		}
	}
	return listed
}

func (p *Policy) reads(language string) bool {
	return len(p.Languages) == 0 || slices.Contains(p.Languages, language)
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
