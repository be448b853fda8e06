package triage

import (
	"fmt"
	"slices"

	"github.com/signalbox/signalbox/internal/promise"
)

// Promotion says whether a candidate may take the place of the current model, and with
// which thresholds.
type Promotion struct {
	Cases    int                        `json:"cases"`
	Compared bool                       `json:"compared"` // there were cases enough
	Promoted bool                       `json:"promoted"`
	Better   bool                       `json:"better"`
	Reasons  []string                   `json:"reasons,omitempty"`
	Fields   map[string]promise.Verdict `json:"fields,omitempty"`
	// Thresholds are those of the fields that act alone for a target, chosen anew for
	// the candidate; null: none can be promised, so the field only suggests.
	Thresholds map[string]*float64 `json:"thresholds,omitempty"`
}

// LeastCompared is how many kept tickets a comparison needs: with fewer it could only
// say that it does not know.
const LeastCompared = 200

// comparedFields are what models are compared on.
var comparedFields = []string{FieldIntent, FieldRoute}

// Compare judges a candidate beside the current model on tickets that neither has seen.
// Both decide under the same policy.
func Compare(current, candidate *Model, policy Policy, cases []Example, rules promise.Rules) (Promotion, error) {
	result := Promotion{Cases: len(cases), Promoted: true, Fields: map[string]promise.Verdict{}}
	if len(cases) < LeastCompared {
		result.Reasons = []string{fmt.Sprintf("%d tickets are kept to compare on, %d are needed", len(cases), LeastCompared)}
		return result, nil
	}
	result.Compared = true
	open := openPolicy(policy)
	before, after := NewEngine(current, open, EngineOptions{}), NewEngine(candidate, open, EngineOptions{})
	pairs := map[string][]promise.Pair{}
	judged := map[string][]promise.Case{}
	for i, example := range cases {
		was, err := before.Decide(example.Input)
		if err != nil {
			return result, fmt.Errorf("decide case %d with the current model: %w", i, err)
		}
		is, err := after.Decide(example.Input)
		if err != nil {
			return result, fmt.Errorf("decide case %d with the candidate: %w", i, err)
		}
		for field, label := range example.Labels {
			if slices.Contains(comparedFields, field) {
				pairs[field] = append(pairs[field], pairOf(was, is, field, label))
			}
			if is.Fields[field].Outcome == Auto && is.Outcome != Review {
				judged[field] = append(judged[field], promise.Case{Confidence: is.Fields[field].Confidence, Right: is.Fields[field].Value == label})
			}
		}
		if label := example.Labels[FieldSensitive]; label != "" {
			pairs[FieldSensitive] = append(pairs[FieldSensitive], promise.Pair{
				Before: was.Fields[FieldSensitive].Value != "", After: is.Fields[FieldSensitive].Value != "", Sensitive: true,
			})
		}
	}
	result.judge(pairs, rules)
	result.thresholds(policy, judged)
	return result, nil
}

// pairOf is one field of one ticket as both saw it. Slices are what a loss must not
// hide in.
func pairOf(was, is Decision, field, label string) promise.Pair {
	return promise.Pair{
		Before: was.Fields[field].Value == label, After: is.Fields[field].Value == label,
		BeforeConfidence: was.Fields[field].Confidence, AfterConfidence: is.Fields[field].Confidence,
		Slices: []string{"language " + is.Fields[FieldLanguage].Value, field + " " + label},
	}
}

// judge asks the gate for each field, and whether sensitive tickets are still seen.
func (p *Promotion) judge(pairs map[string][]promise.Pair, rules promise.Rules) {
	for _, field := range comparedFields {
		if len(pairs[field]) < LeastCompared {
			continue
		}
		verdict := promise.JudgePromotion(pairs[field], rules)
		p.Fields[field] = verdict
		p.Better = p.Better || verdict.Better
		for _, reason := range verdict.Reasons {
			p.Reasons = append(p.Reasons, field+": "+reason)
		}
		p.Promoted = p.Promoted && verdict.Promoted
	}
	if lost, reason := promise.Forgets(pairs[FieldSensitive], rules); lost {
		p.Promoted = false
		p.Reasons = append(p.Reasons, reason)
	}
	p.Better = p.Better && p.Promoted
}

// openPolicy lets every field act that may, so that each has its confidence judged.
func openPolicy(policy Policy) Policy {
	open := policy
	open.Fields = map[string]FieldPolicy{}
	for name, field := range policy.Fields {
		if field.Mode == ModeAuto {
			field.Threshold = 0.5
		}
		open.Fields[name] = field
	}
	return open
}

// thresholds chooses those of the fields that act alone for a target, on the same cases,
// with one error rate for all of them.
func (p *Promotion) thresholds(policy Policy, judged map[string][]promise.Case) {
	var fields []string
	for _, name := range sortedKeys(policy.Fields) {
		if field := policy.Fields[name]; field.Mode == ModeAuto && field.Target > 0 {
			fields = append(fields, name)
		}
	}
	for _, name := range fields {
		selection := promise.Select(judged[name], policy.Fields[name].Target, promisedDelta/float64(len(fields)))
		if p.Thresholds == nil {
			p.Thresholds = map[string]*float64{}
		}
		p.Thresholds[name] = selection.Threshold
	}
}

// promisedDelta is the probability with which a promise may be broken.
const promisedDelta = 0.1

// Under returns the policy with the thresholds that were chosen for the candidate. A
// field for which none can be promised only suggests.
func (p Promotion) Under(policy Policy) Policy {
	fields := map[string]FieldPolicy{}
	for name, field := range policy.Fields {
		if threshold, chosen := p.Thresholds[name]; chosen {
			if threshold == nil {
				field.Mode = ModeSuggest
			} else {
				field.Threshold = max(*threshold, 0.5)
			}
		}
		fields[name] = field
	}
	policy.Fields = fields
	return policy
}
