package triage

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"math"
	"slices"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/internal/promise"
)

const (
	// twiceShare is the share of the blind sample that two people answer: how often they
	// agree bounds what any model can reach.
	twiceShare = 0.2
	// sampleDays is in how many days as many answers come together as a field still needs.
	sampleDays = 28
	// quietShare is the part of the daily minutes that is asked for before anything acts
	// alone: enough that confidences can become calibrated.
	quietShare = 0.2
	// unknownCoverage stands for the share of tickets on which a field acts until there
	// are samples to tell.
	unknownCoverage = 0.5
)

// BlindDraw says that people are asked about a ticket without seeing what was decided.
type BlindDraw struct {
	Probability float64  // with which such a ticket is drawn, above 0 to 1
	Readings    int      // by how many people: 1 or 2
	Fields      []string // what is asked
}

// BlindPlan is how the blind sample is drawn now. Every ticket has the same
// probability, whatever is decided about it, so the sample speaks for all of them.
type BlindPlan struct {
	Fields      []string       `json:"fields"`
	TicketsADay float64        `json:"tickets_a_day"`
	Sample      promise.Sample `json:"sample"`
	CapMinutes  float64        `json:"cap_minutes"`
}

// FieldNeed is how many more answers on what a field did alone are wanted, and the
// share of tickets on which it acts, 0–1; NaN while unknown.
type FieldNeed struct {
	Needed   int
	Coverage float64
}

// Answerable lists the fields of which people say what is right.
func Answerable() []string {
	return append(slices.Clone(learnedFields), FieldPriority)
}

// Watched lists the fields that act alone and of which people say what is right, in
// order. What acts alone beside them cannot be watched.
func (p Policy) Watched() []string {
	var watched []string
	for _, name := range policyFields {
		if p.Fields[name].Mode == ModeAuto && slices.Contains(Answerable(), name) {
			watched = append(watched, name)
		}
	}
	return watched
}

// WithoutTarget lists the fields that act alone by a threshold of which no precision was
// stated, in order.
func (p Policy) WithoutTarget() []string {
	fields := []string{}
	for _, name := range policyFields {
		if field := p.Fields[name]; field.Mode == ModeAuto && field.Target == 0 {
			fields = append(fields, name)
		}
	}
	return fields
}

// PlanBlind sizes the sample to the field that needs most, within the daily minutes.
func (p Policy) PlanBlind(ticketsADay float64, needs []FieldNeed) BlindPlan {
	plan := BlindPlan{TicketsADay: ticketsADay, CapMinutes: p.Review.MinutesADay}
	for _, name := range policyFields {
		asked := p.Fields[name].Mode == ModeAuto || name == FieldIntent || name == FieldRoute
		if asked && p.Fields[name].Mode != ModeOff && slices.Contains(Answerable(), name) {
			plan.Fields = append(plan.Fields, name)
		}
	}
	if len(plan.Fields) == 0 {
		return plan
	}
	minutes, wanted := p.Review.MinutesADay, 0.0
	for _, need := range needs {
		coverage := need.Coverage
		if math.IsNaN(coverage) {
			coverage = unknownCoverage
		}
		wanted = max(wanted, float64(need.Needed)/max(coverage, 0.01))
	}
	if len(needs) == 0 {
		minutes, wanted = quietShare*minutes, math.MaxInt32
	}
	plan.Sample = promise.DailySample(ticketsADay, int(min(wanted, math.MaxInt32)), sampleDays, minutes, p.Review.SecondsEach, twiceShare)
	if len(needs) == 0 {
		plan.Sample.Capped = false // nothing is waiting for more
	}
	return plan
}

// Draw decides whether a ticket is in the sample, by a keyed hash of its ID: again and
// on every process the same, and nobody without the key knows.
func (p BlindPlan) Draw(key []byte, ticket uuid.UUID) (BlindDraw, bool) {
	mac := hmac.New(sha256.New, key)
	mac.Write(ticket[:])
	sum := mac.Sum(nil)
	if p.Sample.Probability <= 0 || unit(sum) >= p.Sample.Probability {
		return BlindDraw{}, false
	}
	draw := BlindDraw{Probability: p.Sample.Probability, Readings: 1, Fields: p.Fields}
	if unit(sum[8:]) < twiceShare {
		draw.Readings = 2
	}
	return draw, true
}

// unit makes a number of [0, 1) of eight bytes.
func unit(bytes []byte) float64 {
	return float64(binary.BigEndian.Uint64(bytes)>>11) / (1 << 53)
}
