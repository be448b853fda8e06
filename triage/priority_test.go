package triage

import (
	"math"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
)

// sure is a reading whose fields have one value each.
func sure(urgency, impact, sentiment string) reading {
	certain := func(value string) fieldReading {
		return fieldReading{trained: true, state: Calibrated, scores: []Score{{value, 1}}}
	}
	return reading{fields: map[string]fieldReading{
		FieldUrgency: certain(urgency), FieldImpact: certain(impact), FieldSentiment: certain(sentiment),
		FieldKind: certain(KindBreakFix),
	}}
}

func account(tier string) Input {
	return Input{Now: testNow, Account: &desk.Account{Tier: tier}, Customer: &desk.Customer{Role: "member"}}
}

func assess(input Input, read reading) assessment { return DefaultWeights().assess(input, read) }

func TestPriorityBands(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name                       string
		urgency, impact, sentiment string
		tier, band                 string
	}{
		{"stopped company, politely, free", UrgencyCritical, ImpactCompany, SentimentNeutral, "free", BandUrgent},
		{"stopped company, thankful", UrgencyCritical, ImpactCompany, SentimentPositive, "business", BandUrgent},
		{"stopped team of the best customer", UrgencyCritical, ImpactTeam, SentimentNeutral, "enterprise", BandUrgent},
		{"one blocked person", UrgencyHigh, ImpactOnePerson, SentimentNeutral, "business", BandNormal},
		{"blocked team", UrgencyHigh, ImpactTeam, SentimentNeutral, "free", BandHigh},
		{"ordinary question", UrgencyNormal, ImpactOnePerson, SentimentNeutral, "starter", BandNormal},
		{"angry trifle", UrgencyLow, ImpactOnePerson, SentimentAngry, "business", BandLow},
		{"angry trifle of the best customer", UrgencyLow, ImpactOnePerson, SentimentAngry, "enterprise", BandLow},
		{"wish about the contract", UrgencyLow, ImpactCompany, SentimentNeutral, "free", BandLow},
	} {
		got := assess(account(test.tier), sure(test.urgency, test.impact, test.sentiment))
		if band := DefaultWeights().Bands.band(got.priority); band != test.band {
			t.Errorf("%s: priority %d is %s, want %s", test.name, got.priority, band, test.band)
		}
	}
}

func TestAngryTrifleIsBelowPoliteFire(t *testing.T) {
	t.Parallel()
	angry := account("enterprise")
	angry.Customer.VIP, angry.RecentTickets = true, 5
	renews := testNow.AddDate(0, 0, 3)
	angry.Account.RenewsOn = &renews
	trifle := assess(angry, sure(UrgencyLow, ImpactOnePerson, SentimentAngry))
	fire := assess(account("free"), sure(UrgencyCritical, ImpactTeam, SentimentPositive))
	if trifle.priority >= fire.priority {
		t.Errorf("the angry trifle has %d, which is not below the polite fire's %d", trifle.priority, fire.priority)
	}
}

func TestSentimentNeverCrossesABand(t *testing.T) {
	t.Parallel()
	weights := DefaultWeights()
	weights.Sentiment = map[string]int{SentimentAngry: maximumSentimentPoints, SentimentPositive: -maximumSentimentPoints}
	for _, urgency := range fixedValues[FieldUrgency] {
		for _, impact := range fixedValues[FieldImpact] {
			for vip := range 2 {
				input := account("starter")
				input.Customer.VIP = vip == 1
				calm := weights.assess(input, sure(urgency, impact, SentimentNeutral))
				for _, sentiment := range []string{SentimentAngry, SentimentPositive} {
					moved := weights.assess(input, sure(urgency, impact, sentiment))
					if weights.Bands.band(calm.priority) != weights.Bands.band(moved.priority) {
						t.Errorf("%s %s: %s moves %d to %d, across a band", urgency, impact, sentiment, calm.priority, moved.priority)
					}
				}
			}
		}
	}
}

func TestOutageNeedsConfirmation(t *testing.T) {
	t.Parallel()
	claim := sure(UrgencyCritical, ImpactCompany, SentimentNeutral)
	claim.outage = []Span{{MessageID: uuid.New(), Start: 0, End: 4}}
	for _, test := range []struct {
		name     string
		confirm  func(*Input)
		priority func(int) bool
		conflict bool
	}{
		{"nothing", func(*Input) {}, func(p int) bool { return p == 79 }, true},
		{"open incident", func(i *Input) { i.IncidentOpen = true }, func(p int) bool { return p >= 80 }, false},
		{"admin", func(i *Input) { i.Customer.Role = "admin" }, func(p int) bool { return p >= 80 }, false},
		{"second customer", func(i *Input) { i.OutageReports = 1 }, func(p int) bool { return p >= 80 }, false},
	} {
		input := account("business")
		test.confirm(&input)
		got := assess(input, claim)
		if !test.priority(got.priority) || got.conflict != test.conflict {
			t.Errorf("confirmed by %s: priority %d, conflict %v", test.name, got.priority, got.conflict)
		}
	}
}

func TestFactorsSumToThePriority(t *testing.T) {
	t.Parallel()
	renews := testNow.AddDate(0, 0, 12)
	input := account("enterprise")
	input.Account.RenewsOn, input.Customer.VIP, input.RecentTickets, input.IncidentOpen = &renews, true, 9, true
	input.Customer.Role = "admin"
	got := assess(input, sure(UrgencyNormal, ImpactTeam, SentimentAngry))
	want := map[string]int{
		FactorUrgency: 20, FactorImpact: 11, FactorAccountTier: 4, FactorRenewalNear: 2, FactorVIP: 2,
		FactorAdminRequester: 1, FactorOpenIncident: 4, FactorRepeatContact: 3, FactorSentiment: 2,
	}
	sum := 0
	for _, factor := range got.factors {
		sum += factor.Points
		if factor.Points != want[factor.Name] {
			t.Errorf("%s has %d points, want %d", factor.Name, factor.Points, want[factor.Name])
		}
		delete(want, factor.Name)
	}
	if len(want) > 0 || sum != got.priority {
		t.Errorf("missing factors %v; the sum is %d, the priority %d", want, sum, got.priority)
	}
}

func TestPriorityStaysInRange(t *testing.T) {
	t.Parallel()
	weights := DefaultWeights()
	weights.Urgency[UrgencyCritical], weights.Urgency[UrgencyLow] = 100, -100
	if got := weights.assess(account("enterprise"), sure(UrgencyCritical, ImpactCompany, SentimentAngry)).priority; got != 100 {
		t.Errorf("the highest sum gives %d, want 100", got)
	}
	if got := weights.assess(account("free"), sure(UrgencyLow, ImpactUnknown, SentimentNeutral)).priority; got != 0 {
		t.Errorf("the lowest sum gives %d, want 0", got)
	}
}

func TestRenewalIsNear(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		after time.Duration
		days  int
		near  bool
	}{
		{-25 * time.Hour, 0, false}, {-2 * time.Hour, 0, true}, {12 * 24 * time.Hour, 12, true},
		{45 * 24 * time.Hour, 45, true}, {45*24*time.Hour + time.Minute, 0, false},
	} {
		input := account("business")
		renews := testNow.Add(test.after)
		input.Account.RenewsOn = &renews
		if days, near := DefaultWeights().renewalDays(input); days != test.days || near != test.near {
			t.Errorf("renewal in %v: %d days, near %v; want %d, %v", test.after, days, near, test.days, test.near)
		}
	}
}

func TestBandConfidenceSumsOverValues(t *testing.T) {
	t.Parallel()
	read := sure(UrgencyCritical, ImpactCompany, SentimentNeutral)
	read.fields[FieldUrgency] = fieldReading{trained: true, state: Provisional, scores: []Score{
		{UrgencyCritical, 0.6}, {UrgencyHigh, 0.3}, {UrgencyNormal, 0.1},
	}}
	read.fields[FieldImpact] = fieldReading{trained: true, state: Uncalibrated, scores: []Score{{ImpactCompany, 0.5}, {ImpactUnknown, 0.5}}}
	got := assess(account("free"), read)
	// The expected sum is 80, urgent; critical is urgent whatever the impact.
	if math.Abs(got.confidence-0.6) > 1e-12 || got.state != Uncalibrated {
		t.Errorf("the band's confidence is %v (%s), want 0.6 (uncalibrated)", got.confidence, got.state)
	}
	certain := assess(account("free"), sure(UrgencyHigh, ImpactTeam, SentimentNeutral))
	if certain.confidence != 1 || certain.state != Provisional {
		t.Errorf("certain fields give %v (%s), want 1, and at most provisional", certain.confidence, certain.state)
	}
}
