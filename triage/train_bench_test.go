package triage_test

import (
	"testing"

	"github.com/signalbox/signalbox/evals/samplecompany"
	"github.com/signalbox/signalbox/triage"
)

// BenchmarkTrain learns all fields from the sample company's past tickets.
func BenchmarkTrain(b *testing.B) {
	company, err := samplecompany.Load()
	if err != nil {
		b.Fatalf("load the sample company: %v", err)
	}
	past, _ := company.Split()
	examples := company.Examples(past)
	for b.Loop() {
		if _, err := triage.Train(b.Context(), examples, company.Taxonomy, triage.Options{Seed: 1}); err != nil {
			b.Fatalf("train: %v", err)
		}
	}
	b.ReportMetric(float64(len(examples)), "examples")
}
