package triage

import (
	"math/rand/v2"
	"testing"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
)

// banded are tickets whose bands follow from other weights than the default ones.
func banded(n int, truth Weights) []Example {
	random := rand.New(rand.NewPCG(1, 2))
	tiers := []string{"free", "starter", "business", "enterprise"}
	var examples []Example
	for range n {
		input := account(tiers[random.IntN(4)])
		input.Customer.VIP = random.IntN(4) == 0
		if random.IntN(5) == 0 {
			input.Customer.Role = "admin"
		}
		input.Messages = []desk.Message{{Sequence: 1, Audience: desk.Public, AuthorKind: desk.ByCustomer, Body: "The list does not load."}}
		labels := map[string]string{
			FieldUrgency: urgencyOrder[random.IntN(4)], FieldImpact: impactOrder[random.IntN(4)],
			FieldSentiment: SentimentNeutral, FieldKind: KindAdvisory,
		}
		read := sure(labels[FieldUrgency], labels[FieldImpact], SentimentNeutral)
		labels[FieldPriority] = truth.Bands.band(truth.sum(input, read).priority)
		examples = append(examples, Example{Input: input, Labels: labels, Weight: 1})
	}
	return examples
}

func TestFittedWeightsComeNearerToHistory(t *testing.T) {
	t.Parallel()
	truth := DefaultWeights()
	truth.VIP, truth.Tier = 25, map[string]int{"free": 0, "starter": 0, "business": 0, "enterprise": 30}
	engine := NewEngine(nil, DefaultPolicy(), EngineOptions{})
	fit, err := engine.FitWeights(t.Context(), banded(600, truth))
	if err != nil {
		t.Fatal(err)
	}
	if fit.After < fit.Before+0.1 || fit.After < 0.8 {
		t.Errorf("band accuracy %.2f before, %.2f after", fit.Before, fit.After)
	}
	if fit.Weights.VIP < 15 || fit.Weights.Tier["enterprise"] < 20 || fit.Weights.Tier["business"] > 6 {
		t.Errorf("the weights are %+v", fit.Weights)
	}
	previous := -1
	for _, value := range urgencyOrder {
		if points := fit.Weights.Urgency[value]; points < previous {
			t.Errorf("urgency %s has %d points, fewer than the one below", value, points)
		} else {
			previous = points
		}
	}
	again, err := engine.FitWeights(t.Context(), banded(600, truth))
	if err != nil || again.After != fit.After || again.Weights.VIP != fit.Weights.VIP {
		t.Errorf("a second fit differs: %+v, %v", again, err)
	}
}

func TestFitNeedsPeoplesBands(t *testing.T) {
	t.Parallel()
	engine := NewEngine(nil, DefaultPolicy(), EngineOptions{})
	if _, err := engine.FitWeights(t.Context(), banded(99, DefaultWeights())); !fault.Is(err, fault.Unprocessable) {
		t.Errorf("with 99 tickets: %v", err)
	}
}
