package samplecompany

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/signalbox/signalbox/internal/learn"
	"github.com/signalbox/signalbox/triage"
)

// What the intervals are made with.
const (
	level     = 0.95
	resamples = 1_000
	seed      = 1
)

// TestStatisticsTriage trains on the older tickets as a new installation would,
// from the labels and the taxonomy's own phrases, and judges on the newer ones.
// These are regression statistics: nothing is ever tuned on them.
func TestStatisticsTriage(t *testing.T) {
	t.Parallel()
	company := load(t)
	train, test := company.Split()
	examples := append(company.Examples(train), company.Taxonomy.Examples()...)
	model, err := triage.Train(t.Context(), examples, company.Taxonomy, triage.Options{Seed: seed})
	must(t, err)
	engine := triage.NewEngine(model, company.Policy, triage.EngineOptions{HashKey: []byte("key of the statistics")})
	var decisions []triage.Decision
	for _, example := range company.Examples(test) {
		decision, err := engine.Decide(example.Input)
		must(t, err)
		decisions = append(decisions, decision)
	}
	var lines strings.Builder
	fmt.Fprintf(&lines, "trained from %d tickets, judged on %d newer ones; 95 %% intervals\n\n", len(train), len(test))
	fmt.Fprintf(&lines, "%-10s accuracy             macro-F1             ECE (15 equal-width bins)\n", "field")
	for _, field := range []string{triage.FieldIntent, triage.FieldRoute, triage.FieldKind, triage.FieldUrgency} {
		fmt.Fprintf(&lines, "%-10s %s\n", field, judge(company, test, decisions, field))
	}
	writeSecondary(&lines, company, test, decisions)
	writeSpread(&lines, decisions)
	golden(t, "triage.golden", lines.String())
}

// verdicts are what one field's decisions are judged by.
type verdicts struct {
	predicted, actual []string
	confidences       []float64
	right             []bool
}

func judge(company *Company, test []Ticket, decisions []triage.Decision, field string) string {
	var all verdicts
	successes := 0
	for i, ticket := range test {
		decided, actual := decisions[i].Fields[field], company.labels[ticket.ID].Fields()[field]
		all.predicted, all.actual = append(all.predicted, decided.Value), append(all.actual, actual)
		all.confidences, all.right = append(all.confidences, decided.Confidence), append(all.right, decided.Value == actual)
		if decided.Value == actual {
			successes++
		}
	}
	wilson := learn.Wilson(successes, len(test), level)
	indices := make([]int, len(test))
	for i := range indices {
		indices[i] = i
	}
	text := interval(learn.Accuracy(all.right), wilson)
	for _, statistic := range []func([]int) float64{all.macroF1, all.calibrationError} {
		text += "  " + interval(statistic(indices), learn.Bootstrap(len(test), resamples, level, seed, statistic))
	}
	return text
}

func interval(value float64, around learn.Interval) string {
	return fmt.Sprintf("%.3f (%.3f–%.3f)", value, around.Low, around.High)
}

// macroF1 is the mean F1 over the values that occur among the chosen labels.
func (v verdicts) macroF1(indices []int) float64 {
	right, predicted, actual := map[string]int{}, map[string]int{}, map[string]int{}
	for _, i := range indices {
		predicted[v.predicted[i]]++
		actual[v.actual[i]]++
		if v.right[i] {
			right[v.actual[i]]++
		}
	}
	sum := 0.0
	for _, value := range sortedKeys(actual) {
		sum += 2 * float64(right[value]) / float64(actual[value]+predicted[value])
	}
	return sum / float64(len(actual))
}

func (v verdicts) calibrationError(indices []int) float64 {
	confidences, right := make([]float64, len(indices)), make([]bool, len(indices))
	for at, i := range indices {
		confidences[at], right[at] = v.confidences[i], v.right[i]
	}
	return learn.ExpectedCalibrationError(confidences, right, learn.EqualWidth(15))
}

// writeSecondary compares the further intents that were found with those labelled.
func writeSecondary(lines *strings.Builder, company *Company, test []Ticket, decisions []triage.Decision) {
	found, right, labelled := 0, 0, 0
	for i, ticket := range test {
		label := company.labels[ticket.ID]
		labelled += len(label.SecondaryIntents)
		for _, second := range decisions[i].Secondary {
			found++
			// Which of two wishes is the primary one is a close call in some tickets.
			if slices.Contains(label.SecondaryIntents, second.Value) || label.Intent == second.Value {
				right++
			}
		}
	}
	fmt.Fprintf(lines, "\nfurther intents: %d found, %d of them asked for; %d labelled\n", found, right, labelled)
}

// writeSpread says how the decisions fall into bands and outcomes.
func writeSpread(lines *strings.Builder, decisions []triage.Decision) {
	bands := countBy(decisions, func(d triage.Decision) string { return d.Fields[triage.FieldPriority].Value })
	fmt.Fprintf(lines, "\npriority bands:")
	for _, band := range []string{triage.BandUrgent, triage.BandHigh, triage.BandNormal, triage.BandLow} {
		fmt.Fprintf(lines, " %s %d", band, bands[band])
	}
	outcomes := countBy(decisions, func(d triage.Decision) string { return string(d.Outcome) })
	routes := countBy(decisions, func(d triage.Decision) string { return string(d.Fields[triage.FieldRoute].Outcome) })
	fmt.Fprintf(lines, "\noutcomes of tickets: auto %d suggest %d review %d", outcomes["auto"], outcomes["suggest"], outcomes["review"])
	fmt.Fprintf(lines, "\noutcomes of the route: auto %d suggest %d review %d\n", routes["auto"], routes["suggest"], routes["review"])
}
