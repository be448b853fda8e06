package triage

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/signalbox/signalbox/internal/promise"
)

// taught is a model of two intents that is as good as its labels.
func taught(t *testing.T, random *rand.Rand, wrong float64) (*Model, []Example) {
	t.Helper()
	words := [2][]string{{"invoice", "paid", "charge", "card", "refund", "bill", "tax", "receipt"}, {"login", "password", "locked", "code", "account", "reset", "browser", "token"}}
	taxonomy := Taxonomy{
		Routes:  []Route{{Key: "accounting", Name: "Accounting"}, {Key: "helpdesk", Name: "Helpdesk"}},
		Intents: []Intent{{Key: "billing", Name: "Billing"}, {Key: "access", Name: "Access"}},
	}
	drawn := func(n int, wrong float64) []Example {
		examples := make([]Example, n)
		for i := range examples {
			topic := random.IntN(2)
			var text []string
			for range 8 {
				from := topic
				if random.Float64() < 0.2 {
					from = 1 - topic
				}
				text = append(text, words[from][random.IntN(8)])
			}
			if random.Float64() < wrong {
				topic = 1 - topic
			}
			examples[i] = Example{
				Input: ticket(fmt.Sprintf("case %d", random.IntN(1e9)), strings.Join(text, " ")), Weight: 1,
				Labels: map[string]string{FieldIntent: taxonomy.Intents[topic].Key, FieldRoute: taxonomy.Routes[topic].Key},
			}
		}
		return examples
	}
	model, err := Train(t.Context(), drawn(220, wrong), taxonomy, Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	return model, drawn(430, 0)
}

func TestCompareRefusesAWorseCandidate(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(5, 5))
	good, cases := taught(t, random, 0)
	bad, _ := taught(t, random, 0.45)
	policy := DefaultPolicy()
	policy.Fields[FieldRoute] = FieldPolicy{Mode: ModeAuto, Threshold: 0.7, Target: 0.95}
	policy.Fields[FieldKind] = FieldPolicy{Mode: ModeAuto, Threshold: 0.8}
	worse, err := Compare(good, bad, policy, cases, promise.DefaultRules())
	if err != nil {
		t.Fatal(err)
	}
	if !worse.Compared || worse.Promoted || worse.Better || len(worse.Reasons) == 0 {
		t.Errorf("a worse candidate: %+v", worse)
	}
	if under := worse.Under(policy); under.Fields[FieldRoute].Mode == ModeAuto && under.Fields[FieldRoute].Threshold <= 0.7 {
		t.Errorf("a worse candidate acts from %v on", under.Fields[FieldRoute].Threshold)
	}
	better, err := Compare(bad, good, policy, cases, promise.DefaultRules())
	if err != nil {
		t.Fatal(err)
	}
	if !better.Promoted || !better.Better || better.Thresholds[FieldRoute] == nil {
		t.Errorf("a better candidate: %+v", better)
	}
	if _, chosen := better.Thresholds[FieldKind]; chosen {
		t.Error("a threshold that was set by hand is chosen anew")
	}
	same, err := Compare(good, good, policy, cases, promise.DefaultRules())
	if err != nil || !same.Promoted || same.Better {
		t.Errorf("the same model: %+v, %v", same, err)
	}
	few, err := Compare(good, bad, policy, cases[:50], promise.DefaultRules())
	if err != nil || few.Compared || !few.Promoted || len(few.Reasons) != 1 {
		t.Errorf("on few cases: %+v, %v", few, err)
	}
}
