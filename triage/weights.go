package triage

import (
	"fmt"
	"math"
	"slices"
)

// Weights are the points of the priority's factors. The owner may edit them;
// points are -100 to 100.
type Weights struct {
	Urgency map[string]int `json:"urgency" yaml:"urgency"`
	Impact  map[string]int `json:"impact" yaml:"impact"`
	// ImpactShare is how much of the impact counts, in per cent, by urgency: that
	// everybody sees a trifle makes it no fire.
	ImpactShare map[string]int `json:"impact_share" yaml:"impact_share"`
	Tier        map[string]int `json:"tier" yaml:"tier"` // by the owner's names of the tiers
	Sentiment   map[string]int `json:"sentiment" yaml:"sentiment"`

	// Monitored are the points of a fault while the monitoring says degraded or down.
	Monitored map[string]int `json:"monitored" yaml:"monitored"`
	// AccountValue are steps of the account's value a year; the highest reached counts.
	AccountValue []ValueStep `json:"account_value" yaml:"account_value"`

	RenewalNear    int `json:"renewal_near" yaml:"renewal_near"`
	RenewalDays    int `json:"renewal_days" yaml:"renewal_days"` // what near means
	VIP            int `json:"vip" yaml:"vip"`
	AdminRequester int `json:"admin_requester" yaml:"admin_requester"`
	OpenIncident   int `json:"open_incident" yaml:"open_incident"`
	RepeatContact  int `json:"repeat_contact" yaml:"repeat_contact"` // a ticket of the last 30 days
	RepeatMost     int `json:"repeat_most" yaml:"repeat_most"`       // at most this for all of them

	Bands Bands `json:"bands" yaml:"bands"`
	// Levels are what the helpdesk calls the bands, by band.
	Levels map[string]string `json:"levels" yaml:"levels"`
}

// ValueStep gives points from a value a year on, in whole units of money.
type ValueStep struct {
	From   int64 `json:"from" yaml:"from"`
	Points int   `json:"points" yaml:"points"`
}

// Bands are the priorities from which on a band begins; below Normal is low.
type Bands struct {
	Urgent int `json:"urgent" yaml:"urgent"`
	High   int `json:"high" yaml:"high"`
	Normal int `json:"normal" yaml:"normal"`
}

// maximumSentimentPoints is a promise to whoever asks politely.
const maximumSentimentPoints = 10

// DefaultWeights put what happened before who it happened to, and that before
// how it is said: a stopped company is urgent for any customer, and the best
// customer's trifle is not.
func DefaultWeights() Weights {
	return Weights{
		Urgency:      map[string]int{UrgencyCritical: 84, UrgencyHigh: 37, UrgencyNormal: 20, UrgencyLow: 0, "": 20},
		Impact:       map[string]int{ImpactCompany: 22, ImpactTeam: 18, ImpactOnePerson: 12, ImpactUnknown: 12, "": 12},
		ImpactShare:  map[string]int{UrgencyCritical: 100, UrgencyHigh: 100, UrgencyNormal: 60, UrgencyLow: 30, "": 60},
		Tier:         map[string]int{"enterprise": 4, "business": 2, "starter": 1, "free": 0},
		Sentiment:    map[string]int{SentimentAngry: 2, SentimentNegative: 1},
		Monitored:    map[string]int{MonitoredDegraded: 2, MonitoredDown: 4},
		AccountValue: []ValueStep{{25_000, 1}, {100_000, 2}},
		RenewalNear:  2, RenewalDays: 45, VIP: 2, AdminRequester: 1, OpenIncident: 4, RepeatContact: 1, RepeatMost: 3,
		Bands:  Bands{Urgent: 80, High: 55, Normal: 25},
		Levels: map[string]string{BandUrgent: BandUrgent, BandHigh: BandHigh, BandNormal: BandNormal, BandLow: BandLow},
	}
}

// Validate names the first setting that is wrong.
func (w Weights) Validate() error {
	single := map[string]int{
		"renewal_near": w.RenewalNear, "vip": w.VIP, "admin_requester": w.AdminRequester,
		"open_incident": w.OpenIncident, "repeat_contact": w.RepeatContact, "repeat_most": w.RepeatMost,
	}
	groups := map[string]map[string]int{"urgency": w.Urgency, "impact": w.Impact, "tier": w.Tier, "sentiment": w.Sentiment, "monitored": w.Monitored, "impact_share": w.ImpactShare}
	for name, group := range groups {
		for value, points := range group {
			single[name+"."+value] = points
		}
	}
	for i, step := range w.AccountValue {
		single[fmt.Sprintf("account_value[%d]", i)] = step.Points
		if step.From < 0 || step.From > math.MaxInt64/100 {
			return invalidPolicy(fmt.Sprintf("priority.account_value[%d].from", i), "is out of range", "use an amount of money a year, 0 or more")
		}
	}
	for _, name := range sortedKeys(single) {
		if points := single[name]; points < -100 || points > 100 {
			return invalidPolicy("priority."+name, "is out of range", "use -100 to 100 points")
		}
	}
	for _, value := range sortedKeys(w.Sentiment) {
		if points := w.Sentiment[value]; points < -maximumSentimentPoints || points > maximumSentimentPoints {
			return invalidPolicy("priority.sentiment."+value, "is out of range", fmt.Sprintf("use at most %d points", maximumSentimentPoints))
		}
	}
	for _, band := range sortedKeys(w.Levels) {
		if !slices.Contains([]string{BandUrgent, BandHigh, BandNormal, BandLow}, band) || w.Levels[band] == "" || len(w.Levels[band]) > 100 {
			return invalidPolicy("priority.levels."+band, "is no band, or has no name", "give urgent, high, normal and low your helpdesk's words")
		}
	}
	for _, value := range sortedKeys(w.ImpactShare) {
		if w.ImpactShare[value] < 0 {
			return invalidPolicy("priority.impact_share."+value, "is out of range", "use 0 to 100 per cent")
		}
	}
	if w.RenewalDays < 0 || w.RenewalDays > 366 {
		return invalidPolicy("priority.renewal_days", "is out of range", "use 0 to 366 days")
	}
	if b := w.Bands; !(0 < b.Normal && b.Normal < b.High && b.High < b.Urgent && b.Urgent <= 100) {
		return invalidPolicy("priority.bands", "are not in order", "use 0 < normal < high < urgent ≤ 100")
	}
	return nil
}

// band names the band of a priority.
func (b Bands) band(priority int) string {
	switch {
	case priority >= b.Urgent:
		return BandUrgent
	case priority >= b.High:
		return BandHigh
	case priority >= b.Normal:
		return BandNormal
	default:
		return BandLow
	}
}

// floor is the lowest priority of the band that holds this one.
func (b Bands) floor(priority int) int {
	switch b.band(priority) {
	case BandUrgent:
		return b.Urgent
	case BandHigh:
		return b.High
	case BandNormal:
		return b.Normal
	default:
		return 0
	}
}

// ceiling is the highest priority of the band that holds this one.
func (b Bands) ceiling(priority int) int {
	switch b.band(priority) {
	case BandUrgent:
		return 100
	case BandHigh:
		return b.Urgent - 1
	case BandNormal:
		return b.High - 1
	default:
		return b.Normal - 1
	}
}
