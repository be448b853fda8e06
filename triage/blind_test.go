package triage

import (
	"math"
	"slices"
	"testing"

	"github.com/google/uuid"
)

func TestPlanBlindKeepsToItsMinutes(t *testing.T) {
	t.Parallel()
	policy := DefaultPolicy()
	quiet := policy.PlanBlind(1000, nil)
	if quiet.Sample.Minutes < 2.9 || quiet.Sample.Minutes > 3.1 || quiet.Sample.Capped || !slices.Equal(quiet.Fields, []string{FieldIntent, FieldRoute}) {
		t.Errorf("with nothing on auto the plan is %+v, want 3 minutes a day about intent and route", quiet)
	}
	policy.Fields[FieldPriority] = FieldPolicy{Mode: ModeAuto, Threshold: 0.9, Target: 0.95}
	small := policy.PlanBlind(1000, []FieldNeed{{Needed: 56, Coverage: 0.5}})
	if math.Abs(small.Sample.PerDay-4) > 1e-9 || math.Abs(small.Sample.Probability-0.004) > 1e-9 || !slices.Contains(small.Fields, FieldPriority) {
		t.Errorf("56 answers at half the tickets in 28 days make %+v, want 4 a day", small)
	}
	large := policy.PlanBlind(1000, []FieldNeed{{Needed: 56, Coverage: 0.5}, {Needed: 5000, Coverage: math.NaN()}})
	if large.Sample.Minutes > 15.0001 || !large.Sample.Capped {
		t.Errorf("a large need makes %+v, want 15 minutes, capped", large)
	}
	if few := policy.PlanBlind(3, []FieldNeed{{Needed: 5000, Coverage: 1}}); few.Sample.Probability != 1 {
		t.Errorf("of three tickets a day %+v is drawn, want all", few)
	}
	policy.Review.MinutesADay = 0
	if none := policy.PlanBlind(1000, nil); none.Sample.Probability != 0 {
		t.Errorf("with no minutes %+v is drawn", none)
	}
}

func TestDrawIsFairAndRepeatable(t *testing.T) {
	t.Parallel()
	plan := BlindPlan{Fields: []string{FieldRoute}}
	plan.Sample.Probability = 0.1
	drawn, twice := 0, 0
	for i := range 20000 {
		var ticket uuid.UUID
		ticket[0], ticket[1], ticket[15] = byte(i), byte(i>>8), byte(i>>16)
		draw, in := plan.Draw([]byte("key"), ticket)
		if again, same := plan.Draw([]byte("key"), ticket); same != in || again.Readings != draw.Readings {
			t.Fatal("a ticket is drawn once and not the second time")
		}
		if !in {
			continue
		}
		drawn++
		if draw.Readings == 2 {
			twice++
		}
	}
	if drawn < 1850 || drawn > 2150 || twice < drawn/7 || twice > drawn/4 {
		t.Errorf("of 20,000 at 10 %% %d were drawn, %d of them twice", drawn, twice)
	}
	all := BlindPlan{}
	all.Sample.Probability = 1
	if _, in := all.Draw([]byte("key"), uuid.New()); !in {
		t.Error("at probability 1 a ticket is left out")
	}
	ids, other := 0, 0
	for range 1000 {
		id := uuid.New()
		if _, in := plan.Draw([]byte("key"), id); in {
			ids++
			if _, in := plan.Draw([]byte("another"), id); in {
				other++
			}
		}
	}
	if ids > 20 && other > ids/2 {
		t.Error("the key does not matter")
	}
}

func TestReviewPolicyIsChecked(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"review: {minutes_a_day: -1}", "review: {seconds_each: 0.5}", "review: {check_days: 0}", "review: {minutes_a_day: .nan}"} {
		if _, err := ParsePolicy([]byte(text)); err == nil {
			t.Errorf("%s is accepted", text)
		}
	}
	policy, err := ParsePolicy([]byte("review: {minutes_a_day: 30}"))
	if err != nil || policy.Review.SecondsEach != 30 || policy.Review.CheckDays != 7 {
		t.Errorf("the defaults are lost: %+v, %v", policy.Review, err)
	}
}

// TestEveryAnswerableFieldHasValues keeps the two lists together.
func TestEveryAnswerableFieldHasValues(t *testing.T) {
	t.Parallel()
	taxonomy := testModel(t).taxonomy
	seen := map[string]bool{}
	for _, field := range Answerable() {
		if seen[field] {
			t.Errorf("%s is asked twice", field)
		}
		seen[field] = true
		values, err := taxonomy.Values(field)
		if err != nil {
			t.Errorf("%s: %v", field, err)
		}
		for _, value := range values {
			if err := taxonomy.CheckValue(field, value.Value); err != nil || value.Name == "" {
				t.Errorf("%s %+v: %v", field, value, err)
			}
		}
	}
	if _, err := taxonomy.Values(FieldSeverity); err == nil {
		t.Error("a severity can be answered, which follows from others")
	}
}

func TestAskedShowsWhatNeedsAPerson(t *testing.T) {
	t.Parallel()
	scores := []Score{{"a", 0.4}, {"b", 0.3}, {"c", 0.2}}
	decision := Decision{Fields: map[string]Field{
		FieldIntent: {Value: "a", Outcome: Suggest, Scores: scores}, FieldRoute: {Value: "a", Outcome: Review, Scores: scores},
		FieldSeverity: {Value: "A", Outcome: Review}, FieldKind: {Outcome: Off},
	}}
	if asked := decision.Asked(false); len(asked) != 1 || asked[0].Field != FieldRoute || len(asked[0].Scores) != 2 {
		t.Errorf("asked is %+v, want the route with its top two", asked)
	}
	decision.Fields[FieldRoute] = Field{Value: "a", Outcome: Kept}
	if asked := decision.Asked(true); len(asked) != 1 || asked[0].Field != FieldIntent || len(asked[0].Scores) != 3 {
		t.Errorf("with nothing left to a person %+v is asked, want the intent", asked)
	}
}
