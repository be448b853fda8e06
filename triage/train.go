package triage

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/signalbox/signalbox/internal/fault"
)

// Options of Train. The zero value is usable.
type Options struct {
	// Seed makes the training repeatable.
	Seed uint64
	// Weights are those of the priority, whose bands are calibrated; nil is the default.
	Weights *Weights
	// Progress is told, one call at a time, how many steps are done.
	Progress func(done, total int)
}

// maximumExamples bounds the memory of a training.
const maximumExamples = 1_000_000

// Train learns every field that has enough labels; Metrics names the others.
// Confidences are calibrated on held-out examples of weight 1. The same
// examples, taxonomy and seed give the same model. Errors are faults that name
// the example, and the context's.
func Train(ctx context.Context, examples []Example, taxonomy Taxonomy, options Options) (*Model, error) {
	if err := taxonomy.Validate(); err != nil {
		return nil, err
	}
	if err := checkExamples(examples, taxonomy); err != nil {
		return nil, err
	}
	model, err := newModel(taxonomy)
	if err != nil {
		return nil, err
	}
	t := &training{model: model, examples: examples, options: options}
	if err := t.run(ctx); err != nil {
		return nil, err
	}
	return model, nil
}

// checkExamples names the first example that cannot be learned from.
func checkExamples(examples []Example, taxonomy Taxonomy) error {
	if len(examples) == 0 || len(examples) > maximumExamples {
		return fault.Field(fault.Unprocessable, "examples", "are none or too many", "give 1 to 1,000,000 labelled tickets")
	}
	allowed := allowedValues(taxonomy)
	for i, example := range examples {
		path := fmt.Sprintf("examples[%d]", i)
		if !(example.Weight > 0 && example.Weight <= 1) {
			return fault.Field(fault.Unprocessable, path+".weight", "is out of range", "use 1 for a blind label and less for others, above 0")
		}
		for _, field := range sortedKeys(example.Labels) {
			values, learned := allowed[field]
			if learned && !slices.Contains(values, example.Labels[field]) {
				return fault.Field(fault.Unprocessable, path+".labels."+field, "is no value of this field",
					"use one that the taxonomy or the field's list of values has")
			}
		}
	}
	return nil
}

// allowedValues lists the values of each learned field. Labels of other fields
// are not read.
func allowedValues(taxonomy Taxonomy) map[string][]string {
	allowed := make(map[string][]string, len(learnedFields))
	for field, values := range fixedValues {
		allowed[field] = values
	}
	for _, intent := range taxonomy.Intents {
		allowed[FieldIntent] = append(allowed[FieldIntent], intent.Key)
	}
	for _, route := range taxonomy.Routes {
		allowed[FieldRoute] = append(allowed[FieldRoute], route.Key)
	}
	return allowed
}

// hashExamples doesn't depend on the order of the examples.
func hashExamples(texts []string, examples []Example) string {
	lines := make([]string, len(examples))
	for i, example := range examples {
		parts := []string{texts[i], fmt.Sprint(example.Weight)}
		if example.Input.Account != nil {
			parts = append(parts, "tier", example.Input.Account.Tier)
		}
		if example.Input.Customer != nil {
			parts = append(parts, "language", example.Input.Customer.Language)
		}
		for _, field := range sortedKeys(example.Labels) {
			parts = append(parts, field, example.Labels[field])
		}
		sum := sha256.Sum256([]byte(joinSized(parts...)))
		lines[i] = string(sum[:])
	}
	slices.Sort(lines)
	sum := sha256.Sum256([]byte(joinSized(lines...)))
	return hex.EncodeToString(sum[:])
}
