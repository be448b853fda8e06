package detectors

import (
	"math"
	"os"
	"testing"
)

// TestSecondLabellerAgrees holds what docs/evaluation.md says of the agreement on 120
// tickets and 120 thread messages.
func TestSecondLabellerAgrees(t *testing.T) {
	t.Parallel()
	industries, err := Load(os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	tickets, acts := map[string]ticketRow{}, map[string]actRow{}
	for _, industry := range industries {
		for _, row := range industry.tickets {
			tickets[row.ID] = row
		}
		for _, row := range industry.acts {
			acts[row.ID] = row
		}
	}
	second := os.DirFS("labels-second")
	relabelled, err := readLines[ticketRow](second, ticketsFile)
	if err != nil {
		t.Fatal(err)
	}
	pairs := map[string][][2]string{}
	for _, row := range relabelled {
		first := tickets[row.ID]
		pairs["kind"] = append(pairs["kind"], [2]string{first.Kind, row.Kind})
		pairs["urgency"] = append(pairs["urgency"], [2]string{first.Urgency, row.Urgency})
		pairs["impact"] = append(pairs["impact"], [2]string{first.Impact, row.Impact})
		pairs["sentiment"] = append(pairs["sentiment"], [2]string{first.Sentiment, row.Sentiment})
	}
	messages, err := readLines[actRow](second, actsFile)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range messages {
		pairs["act"] = append(pairs["act"], [2]string{acts[row.ID].Act, row.Act})
	}
	for field, want := range map[string]float64{"kind": 0.96, "urgency": 0.93, "impact": 0.86, "sentiment": 0.90, "act": 1} {
		if got := kappa(pairs[field]); len(pairs[field]) != 120 || math.Abs(got-want) > 0.005 {
			t.Errorf("%s: kappa %.3f on %d texts, want %.2f on 120", field, got, len(pairs[field]), want)
		}
	}
}

// kappa is the agreement beyond chance (Cohen 1960).
func kappa(pairs [][2]string) float64 {
	agreed, first, second := 0.0, map[string]float64{}, map[string]float64{}
	for _, pair := range pairs {
		if pair[0] == pair[1] {
			agreed++
		}
		first[pair[0]]++
		second[pair[1]]++
	}
	size, chance := float64(len(pairs)), 0.0
	for value, count := range first {
		chance += count * second[value] / (size * size)
	}
	return (agreed/size - chance) / (1 - chance)
}

func TestKappaIsBeyondChance(t *testing.T) {
	t.Parallel()
	if got := kappa([][2]string{{"a", "a"}, {"a", "b"}, {"b", "a"}, {"b", "b"}}); got != 0 {
		t.Errorf("chance alone gives %v", got)
	}
}
