package triage

import (
	"math"
	"slices"
	"strconv"
	"time"
)

// The names of the factors.
const (
	FactorUrgency        = "urgency"
	FactorImpact         = "impact"
	FactorAccountTier    = "account_tier"
	FactorRenewalNear    = "renewal_near"
	FactorVIP            = "vip"
	FactorAdminRequester = "admin_requester"
	FactorOpenIncident   = "open_incident"
	FactorRepeatContact  = "repeat_contact"
	FactorSentiment      = "sentiment"
	// FactorUnconfirmedOutage takes away what an outage claim that nothing
	// confirms would gain.
	FactorUnconfirmedOutage = "unconfirmed_outage"
	FactorAccountValue      = "account_value"
	FactorMonitoredStatus   = "monitored_status"
	// FactorKept is what a person's word or an assigned ticket adds or takes away.
	FactorKept = "kept"
)

// assessment is the priority with what it was made of.
type assessment struct {
	priority   int // 0–100
	factors    []Factor
	confidence float64 // that the band is right
	state      ConfidenceState
	conflict   bool // an outage is claimed and nothing confirms it
	fixed      int  // points of the facts
	bands      []float64
}

// assess sums the factors. The sum is cut to 0–100.
func (w *Weights) assess(input Input, read reading) assessment {
	result := w.sum(input, read)
	urgency, impact := read.fields[FieldUrgency], read.fields[FieldImpact]
	result.bands = w.bandProbabilities(result, urgency, impact)
	result.confidence = result.bands[slices.Index(bandOrder, w.Bands.band(result.priority))]
	// Independence of the fields is an assumption, so the product of calibrated
	// confidences is worth less than each of them.
	result.state = weakest(Provisional, urgency.trust(), impact.trust())
	return result
}

// sum is the assessment without its confidence.
func (w *Weights) sum(input Input, read reading) assessment {
	urgency, impact, sentiment := read.fields[FieldUrgency], read.fields[FieldImpact], read.fields[FieldSentiment]
	facts := w.facts(input, read)
	fixed := 0
	for _, fact := range facts {
		fixed += fact.Points
	}
	claimed := len(read.outage) > 0
	result := assessment{conflict: claimed && !corroborated(input), fixed: fixed}

	urgencyPoints, impactPoints := w.expectedPoints(urgency, impact)
	base := clampPriority(urgencyPoints + impactPoints + fixed)
	tone := w.tonePoints(base, sentiment.value())
	result.priority = base + tone
	result.factors = append(result.factors,
		Factor{Name: FactorUrgency, Value: orUnknown(urgency.value()), Points: urgencyPoints, Evidence: urgency.evidence},
		Factor{Name: FactorImpact, Value: orUnknown(impact.value()), Points: impactPoints, Evidence: impact.evidence})
	result.factors = append(result.factors, facts...)
	if tone != 0 {
		result.factors = append(result.factors, Factor{Name: FactorSentiment, Value: sentiment.value(), Points: tone, Evidence: sentiment.evidence})
	}
	if result.conflict {
		lower := w.bandLower(result.priority)
		result.factors = append(result.factors, Factor{
			Name: FactorUnconfirmedOutage, Value: "unconfirmed", Points: lower - pointsOf(result.factors), Evidence: read.outage,
		})
		result.priority = lower
	}
	return result
}

// pointsOf is the sum of factors, which may lie outside 0 to 100: what moves a priority
// from there names all the points that it takes, so that the sum stays the priority.
func pointsOf(factors []Factor) int {
	sum := 0
	for _, factor := range factors {
		sum += factor.Points
	}
	return sum
}

// expectedPoints are those of urgency and impact in the mean over what they may be, so
// that a ticket that may well be critical stands above one that is surely ordinary.
// The odds of critical count precaution times.
func (w *Weights) expectedPoints(urgency, impact fieldReading) (urgencyPoints, impactPoints int) {
	sumUrgency, sumImpact, total := 0.0, 0.0, 0.0
	for _, u := range urgency.distribution() {
		weight := u.Probability
		if u.Value == UrgencyCritical {
			weight *= precaution
		}
		total += weight
		sumUrgency += weight * float64(w.Urgency[u.Value])
		for _, i := range impact.distribution() {
			sumImpact += weight * i.Probability * float64(w.impactPoints(u.Value, i.Value))
		}
	}
	return int(math.Round(sumUrgency / total)), int(math.Round(sumImpact / total))
}

// precaution is how much dearer it is to let a critical ticket wait than to look at
// another one first. It moves points alone: what is said of the band's confidence
// stays a probability.
const precaution = 3.0

// impactPoints is the share of the impact's points that the urgency lets count.
func (w *Weights) impactPoints(urgency, impact string) int {
	return (w.Impact[impact]*w.ImpactShare[urgency] + 50) / 100
}

// tonePoints keeps the sentiment from moving a ticket across a band.
func (w *Weights) tonePoints(base int, sentiment string) int {
	points := w.Sentiment[sentiment]
	return min(max(base+points, w.Bands.floor(base)), w.Bands.ceiling(base)) - base
}

// bandLower takes a priority that an unconfirmed claim put into one of the
// upper two bands to the top of the band below.
func (w *Weights) bandLower(priority int) int {
	if priority < w.Bands.High {
		return priority
	}
	return w.Bands.floor(priority) - 1
}

// bandOrder is the order of bandProbabilities.
var bandOrder = []string{BandUrgent, BandHigh, BandNormal, BandLow}

// bandProbabilities are, in the order of bandOrder, the sums over all values of
// urgency and impact that lead to a band of the product of their probabilities. They
// take the two fields' errors as independent. The sentiment never moves a ticket
// across a band, so its errors don't either. All are 0 if neither field is known.
func (w *Weights) bandProbabilities(result assessment, urgency, impact fieldReading) []float64 {
	totals := make([]float64, len(bandOrder))
	if !urgency.trained && !impact.trained {
		return totals
	}
	for _, u := range urgency.distribution() {
		urgencyPoints := w.Urgency[u.Value]
		for _, i := range impact.distribution() {
			priority := clampPriority(urgencyPoints + w.impactPoints(u.Value, i.Value) + result.fixed)
			if result.conflict {
				priority = w.bandLower(priority)
			}
			totals[slices.Index(bandOrder, w.Bands.band(priority))] += u.Probability * i.Probability
		}
	}
	for i := range totals {
		totals[i] = min(totals[i], 1)
	}
	return totals
}

// facts are the factors that are known and not guessed.
func (w *Weights) facts(input Input, read reading) []Factor {
	var facts []Factor
	add := func(name, value string, points int) {
		if points != 0 {
			facts = append(facts, Factor{Name: name, Value: value, Points: points})
		}
	}
	if input.Account != nil {
		add(FactorAccountTier, input.Account.Tier, w.Tier[input.Account.Tier])
		add(FactorAccountValue, money(input.Account.AnnualValueCents), w.valuePoints(input.Account.AnnualValueCents))
		if days, near := w.renewalDays(input); near {
			add(FactorRenewalNear, strconv.Itoa(days)+" days", w.RenewalNear)
		}
	}
	if input.Customer != nil && input.Customer.VIP {
		add(FactorVIP, "yes", w.VIP)
	}
	if isAdminRequester(input) {
		add(FactorAdminRequester, "yes", w.AdminRequester)
	}
	broken := len(read.outage) > 0 || read.fields[FieldKind].value() == KindBreakFix
	if input.IncidentOpen && broken {
		add(FactorOpenIncident, "yes", w.OpenIncident)
	}
	if broken {
		add(FactorMonitoredStatus, input.Monitored, w.Monitored[input.Monitored])
	}
	if count := min(max(input.RecentTickets, 0), 1_000_000); count > 0 {
		add(FactorRepeatContact, strconv.Itoa(count)+" tickets in 30 days", min(count*w.RepeatContact, w.RepeatMost))
	}
	return facts
}

// renewalDays returns in how many days the account renews, and whether that is
// near. A date in the past is not near.
func (w *Weights) renewalDays(input Input) (days int, near bool) {
	if input.Account == nil || input.Account.RenewsOn == nil {
		return 0, false
	}
	left := input.Account.RenewsOn.Sub(input.Now)
	if left <= -24*time.Hour || left > time.Duration(w.RenewalDays)*24*time.Hour {
		return 0, false
	}
	return max(0, int((left+24*time.Hour-1)/(24*time.Hour))), true
}

// corroborated says whether anything but the ticket's own words speaks for an outage.
func corroborated(input Input) bool {
	return input.IncidentOpen || input.OutageReports > 0 || isAdminRequester(input) ||
		input.Monitored == MonitoredDegraded || input.Monitored == MonitoredDown
}

func isAdminRequester(input Input) bool {
	return input.Customer != nil && input.Customer.Role == "admin"
}

// valuePoints are those of the highest step that the value reaches.
func (w *Weights) valuePoints(cents int64) int {
	points, reached := 0, int64(-1)
	for _, step := range w.AccountValue {
		if from := step.From * 100; cents >= from && from > reached {
			points, reached = step.Points, from
		}
	}
	return points
}

// money is an amount a year without its currency, which the store doesn't know.
func money(cents int64) string { return strconv.FormatInt(cents/100, 10) + " a year" }

func clampPriority(points int) int { return min(max(points, 0), 100) }

func orUnknown(value string) string {
	if value == "" {
		return "unknown"
	}
	return value
}
