package triagefuzz

import (
	"context"
	"fmt"

	"github.com/signalbox/signalbox/evals/samplecompany"
	"github.com/signalbox/signalbox/triage"
)

// SampleDeciders are what is tried: engines of a model that is trained on the sample
// company, under its own policy and under one that uses everything, and an engine
// without a model. They follow from the seed of the training alone.
func SampleDeciders(ctx context.Context, company *samplecompany.Company) ([]Decider, error) {
	past, _ := company.Split()
	model, err := triage.Train(ctx, company.Examples(past), company.Taxonomy, triage.Options{Seed: 1})
	if err != nil {
		return nil, fmt.Errorf("train on the sample company: %w", err)
	}
	everything, err := everythingPolicy(company)
	if err != nil {
		return nil, err
	}
	options := triage.EngineOptions{HashKey: []byte("fuzz")}
	return []Decider{
		triage.NewEngine(model, company.Policy, options), triage.NewEngine(model, everything, options),
		triage.NewEngine(model, everything, options), triage.NewEngine(nil, everything, options),
	}, nil
}

// everythingPolicy has rules, hours, products and patterns, and lets all act that may.
func everythingPolicy(company *samplecompany.Company) (triage.Policy, error) {
	policy := triage.DefaultPolicy()
	for _, field := range []string{triage.FieldIntent, triage.FieldRoute, triage.FieldPriority, triage.FieldUrgency} {
		policy.Fields[field] = triage.FieldPolicy{Mode: triage.ModeAuto, Threshold: 0.5}
	}
	policy.Fields[triage.FieldKind] = triage.FieldPolicy{Mode: triage.ModeOff, Threshold: 0.9}
	first, second := company.Taxonomy.Routes[0].Key, company.Taxonomy.Routes[1].Key
	policy.Assignment = []triage.AssignmentRule{
		{Name: "night", When: triage.Condition{Hours: "closed"}, Route: second},
		{Name: "overflow", When: triage.Condition{Route: []string{first, second}, LoadAtLeast: 20}, Route: "overflow"},
		{Name: "severe", When: triage.Condition{Severity: []string{triage.SeverityA}, Tier: []string{"enterprise"}, Requester: []string{"admin", "vip"}}, Route: "duty"},
		{Name: "chat", When: triage.Condition{Channel: []string{"chat"}, Language: []string{"de"}}, Route: "chat_de"},
	}
	policy.Hours = map[string]triage.Hours{
		first:  {TimeZone: "Europe/Berlin", Days: []string{"mon", "tue", "wed", "thu", "fri"}, From: "08:00", To: "18:00"},
		"duty": {TimeZone: "America/New_York", Days: []string{"sat", "sun"}, From: "22:00", To: "06:00"},
	}
	policy.Products, policy.Patterns = []string{"Tide Pro", "支払い"}, map[string]string{"contract_number": `CN-[0-9]{4}`, "anything": `[a-z]{3,5}-[0-9]+`}
	return policy, policy.Validate()
}
