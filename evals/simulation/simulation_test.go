package simulation_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/signalbox/signalbox/evals/dataset"
	"github.com/signalbox/signalbox/evals/simulation"
)

var update = flag.Bool("update", false, "rewrite the golden statistics")

func quiet(int, int) {}

// The fast subset: the full one is signalbox simulate, whose figures stand in
// docs/evaluation.md.
func TestStatisticsOfDriftAndPromotion(t *testing.T) {
	t.Parallel()
	drift, err := simulation.SimulateDrift(t.Context(), simulation.DriftConfig{
		Target: 0.95, Alpha: 0.05, Years: 200, LongYears: 10, LongRuns: 20, Falls: 40, Minutes: 15, Seconds: 30, Twice: 0.2, Seed: 1,
	}, quiet)
	if err != nil {
		t.Fatal(err)
	}
	if drift.FalseRate > 0.05 || drift.AtTargetRate > 0.08 || drift.LongRate > 0.15 {
		t.Errorf("fields that keep their target are demoted: %+v", drift)
	}
	for _, fall := range drift.Falls {
		if fall.Found < 1 || fall.Median > 12 {
			t.Errorf("a fall is found late: %+v", fall)
		}
	}
	promotion, err := simulation.SimulatePromotion(t.Context(), simulation.PromotionConfig{Trials: 200, Seed: 1}, quiet)
	if err != nil {
		t.Fatal(err)
	}
	for _, trade := range promotion.Trades {
		if trade.Gain <= 0 && trade.Better > 0.05 || trade.Gain < -0.009 && trade.Promoted > 0.02 || trade.Gain > 0.015 && trade.Cases >= 4000 && trade.Promoted < 0.95 {
			t.Errorf("%+v", trade)
		}
	}
	golden(t, "simulation.json", map[string]any{"drift": drift, "promotion": promotion})
}

// Two topics with words of their own and a third that is half noise.
func TestPromiseAndCurveOnInventedTexts(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 1))
	words := [][]string{{"invoice", "paid", "charge", "card", "refund"}, {"login", "password", "locked", "code", "account"}, {"slow", "crash", "error", "screen", "app"}}
	var rows []dataset.Row
	for range 900 {
		topic := random.IntN(3)
		text := ""
		for range 6 {
			from := topic
			if random.Float64() < 0.25 {
				from = random.IntN(3)
			}
			text += words[from][random.IntN(5)] + " "
		}
		rows = append(rows, dataset.Row{Body: text, Labels: []string{fmt.Sprint("topic ", topic)}})
	}
	promised, err := simulation.SimulatePromise(t.Context(), simulation.PromiseConfig{Name: "invented", Rows: rows, Target: 0.9, Delta: 0.1, Trainings: 2, Resplits: 60, Seed: 1}, quiet)
	if err != nil {
		t.Fatal(err)
	}
	if !promised.Kept || promised.Resplits != 60 || promised.Labels != 3 || promised.Coverage < 0.3 || promised.PlainBroken < promised.BrokenRate {
		t.Errorf("%+v", promised)
	}
	for range 4 {
		rows = append(rows, rows[:450]...)
	}
	curve, err := simulation.LearningCurve(t.Context(), simulation.CurveConfig{Name: "invented", Rows: rows[:2400], Target: 0.9, Delta: 0.1, Seed: 1}, quiet)
	if err != nil {
		t.Fatal(err)
	}
	if len(curve.Points) < 2 || curve.FirstAuto == nil || curve.Points[len(curve.Points)-1].Auto != 3 {
		t.Errorf("%+v", curve)
	}
}

func golden(t *testing.T, name string, value any) {
	t.Helper()
	encoded, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", name)
	encoded = append(encoded, '\n')
	if *update {
		if err := os.MkdirAll("testdata", 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, encoded, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != string(encoded) {
		t.Errorf("the statistics have changed; -update rewrites %s", path)
	}
}
