package triage_test

import (
	"testing"

	"github.com/signalbox/signalbox/evals/samplecompany"
	"github.com/signalbox/signalbox/triage"
)

func loadCompany(b *testing.B) *samplecompany.Company {
	b.Helper()
	company, err := samplecompany.Load()
	if err != nil {
		b.Fatalf("load the sample company: %v", err)
	}
	return company
}

// BenchmarkTrain learns all fields as a new installation does: from labelled
// tickets and the taxonomy's phrases.
func BenchmarkTrain(b *testing.B) {
	company := loadCompany(b)
	past, _ := company.Split()
	examples := append(company.Examples(past), company.Taxonomy.Examples()...)
	for b.Loop() {
		if _, err := triage.Train(b.Context(), examples, company.Taxonomy, triage.Options{Seed: 1}); err != nil {
			b.Fatalf("train: %v", err)
		}
	}
	b.ReportMetric(float64(len(examples)), "examples")
}

// BenchmarkDecideCompany decides different tickets in turn, so that the weights
// they need are not all in the nearest cache.
func BenchmarkDecideCompany(b *testing.B) {
	company := loadCompany(b)
	past, newer := company.Split()
	model, err := triage.Train(b.Context(), company.Examples(past), company.Taxonomy, triage.Options{Seed: 1})
	if err != nil {
		b.Fatalf("train: %v", err)
	}
	engine := triage.NewEngine(model, company.Policy, triage.EngineOptions{HashKey: []byte("key of the benchmark")})
	examples := company.Examples(newer)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := engine.Decide(examples[i%len(examples)].Input); err != nil {
			b.Fatalf("decide: %v", err)
		}
	}
}
