package triage

import (
	"context"
	"fmt"
	"math"

	"github.com/signalbox/signalbox/internal/fault"
)

const (
	// fewestBands is how many tickets with a person's band a fit needs.
	fewestBands = 100
	fitPenalty  = 3.0 // tickets' worth of belief in the weights so far
	fitRounds   = 200
	fitFolds    = 5
)

// WeightsFit says what a fit of the weights did, judged on tickets that took no
// part in it. Rates are 0–1.
type WeightsFit struct {
	Weights Weights `json:"weights"`
	Tickets int     `json:"tickets"`
	Before  float64 `json:"band_accuracy_before"`
	After   float64 `json:"band_accuracy_after"` // by five-fold cross-validation
}

// FitWeights fits the points of the factors to the bands that people gave, by
// non-negative least squares towards the middle of the band (Lawson and Hanson
// 1974; solved by coordinate descent), pulled to the weights so far. Urgency and
// impact stay in their order. Tickets without a band are passed over; with fewer
// than a hundred the error is Unprocessable.
func (e *Engine) FitWeights(ctx context.Context, examples []Example) (WeightsFit, error) {
	start := e.policy.Priority
	var rows []bandRow
	for _, example := range examples {
		if err := ctx.Err(); err != nil {
			return WeightsFit{}, err
		}
		band, labelled := example.Labels[FieldPriority]
		if !labelled {
			continue
		}
		row, err := e.bandRow(example, band)
		if err != nil {
			return WeightsFit{}, err
		}
		rows = append(rows, row)
	}
	if len(rows) < fewestBands {
		return WeightsFit{}, fault.New(fault.Unprocessable, "%d tickets have a priority that a person gave; %d are needed to fit weights", len(rows), fewestBands)
	}
	fit := WeightsFit{Tickets: len(rows), Before: bandAccuracy(rows, start), Weights: start.fitted(rows)}
	right := 0.0
	for fold := range fitFolds {
		var inside, outside []bandRow
		for i, row := range rows {
			if i%fitFolds == fold {
				inside = append(inside, row)
			} else {
				outside = append(outside, row)
			}
		}
		right += bandAccuracy(inside, start.fitted(outside)) * float64(len(inside))
	}
	fit.After = right / float64(len(rows))
	return fit, fit.Weights.Validate()
}

// bandRow is a ticket as the fit sees it.
type bandRow struct {
	input Input
	read  reading
	band  string
}

func (e *Engine) bandRow(example Example, band string) (bandRow, error) {
	document := newDocument(example.Input)
	read, err := e.read(document, example.Input)
	if err != nil {
		return bandRow{}, fmt.Errorf("read a ticket to fit weights: %w", err)
	}
	edits := map[string]string{}
	for _, field := range []string{FieldUrgency, FieldImpact, FieldSentiment, FieldKind} {
		if value, known := example.Labels[field]; known {
			edits[field] = value
		}
	}
	read.applyEdits(edits)
	return bandRow{example.Input, read, band}, nil
}

func bandAccuracy(rows []bandRow, w Weights) float64 {
	right := 0
	for _, row := range rows {
		if w.Bands.band(w.sum(row.input, row.read).priority) == row.band {
			right++
		}
	}
	return float64(right) / float64(max(len(rows), 1))
}

// design names the points that a ticket's sum is made of, each with how often it
// counts. Ordered values count as steps, so that no step is negative.
func (w Weights) design(row bandRow) map[string]float64 {
	x := map[string]float64{}
	share := float64(w.ImpactShare[row.read.fields[FieldUrgency].value()]) / 100
	for field, order := range map[string][]string{FieldUrgency: urgencyOrder, FieldImpact: impactOrder} {
		for _, value := range order {
			x[field+"."+value] = map[string]float64{FieldUrgency: 1, FieldImpact: share}[field]
			if value == row.read.fields[field].value() {
				break
			}
		}
	}
	for _, factor := range w.facts(row.input, row.read) {
		x[factor.Name] = 1
		if factor.Name == FactorAccountTier {
			delete(x, factor.Name)
			x[factor.Name+"."+factor.Value] = 1
		}
	}
	return x
}

var (
	urgencyOrder = []string{UrgencyLow, UrgencyNormal, UrgencyHigh, UrgencyCritical}
	impactOrder  = []string{ImpactUnknown, ImpactOnePerson, ImpactTeam, ImpactCompany}
)

// middle is the priority that a band stands for in the fit.
func (b Bands) middle(band string) float64 {
	switch band {
	case BandUrgent:
		return float64(b.Urgent+100) / 2
	case BandHigh:
		return float64(b.High+b.Urgent) / 2
	case BandNormal:
		return float64(b.Normal+b.High) / 2
	default:
		return float64(b.Normal) / 2
	}
}

// fitted solves for the points.
func (w Weights) fitted(rows []bandRow) Weights {
	points := w.points()
	names := sortedKeys(points)
	start := make([]float64, len(names))
	columns := make([][]float64, len(names))
	for j, name := range names {
		start[j] = max(points[name], 0)
		columns[j] = make([]float64, len(rows))
	}
	residual := make([]float64, len(rows))
	for i, row := range rows {
		residual[i] = w.Bands.middle(row.band)
		x := w.design(row)
		for j, name := range names {
			columns[j][i] = x[name]
			residual[i] -= start[j] * x[name]
		}
	}
	return w.with(names, descend(start, columns, residual))
}

// descend minimises |residual|² + penalty·|points − start|² with points ≥ 0.
func descend(start []float64, columns [][]float64, residual []float64) []float64 {
	points := append([]float64(nil), start...)
	for range fitRounds {
		for j, column := range columns {
			gradient, curvature := fitPenalty*(start[j]-points[j]), fitPenalty
			for i, x := range column {
				gradient += x * residual[i]
				curvature += x * x
			}
			moved := max(points[j]+gradient/curvature, 0)
			for i, x := range column {
				residual[i] -= x * (moved - points[j])
			}
			points[j] = moved
		}
	}
	return points
}

// points lists the weights that are fitted, by their name in the design.
func (w Weights) points() map[string]float64 {
	points := map[string]float64{
		FactorRenewalNear: float64(w.RenewalNear), FactorVIP: float64(w.VIP), FactorAdminRequester: float64(w.AdminRequester),
		FactorOpenIncident: float64(w.OpenIncident),
	}
	before := 0
	for _, value := range urgencyOrder {
		points[FieldUrgency+"."+value] = float64(w.Urgency[value] - before)
		before = max(w.Urgency[value], 0)
	}
	before = 0
	for _, value := range impactOrder {
		points[FieldImpact+"."+value] = float64(w.Impact[value] - before)
		before = max(w.Impact[value], 0)
	}
	for tier, value := range w.Tier {
		points[FactorAccountTier+"."+tier] = float64(value)
	}
	return points
}

// with puts fitted points in the place of the weights.
func (w Weights) with(names []string, fitted []float64) Weights {
	points := map[string]float64{}
	for j, name := range names {
		points[name] = fitted[j]
	}
	rounded := func(name string) int { return min(int(math.Round(points[name])), 100) }
	w.RenewalNear, w.VIP, w.AdminRequester = rounded(FactorRenewalNear), rounded(FactorVIP), rounded(FactorAdminRequester)
	w.OpenIncident = rounded(FactorOpenIncident)
	w.Urgency = stacked(FieldUrgency, urgencyOrder, points)
	w.Impact = stacked(FieldImpact, impactOrder, points)
	tiers := make(map[string]int, len(w.Tier))
	for tier := range w.Tier {
		tiers[tier] = rounded(FactorAccountTier + "." + tier)
	}
	w.Tier = tiers
	return w
}

// stacked adds the steps up again; the value of what is not known is the second one's.
func stacked(field string, order []string, points map[string]float64) map[string]int {
	values, sum := map[string]int{}, 0.0
	for _, value := range order {
		sum += points[field+"."+value]
		values[value] = min(int(math.Round(sum)), 100)
	}
	values[""] = values[order[1]]
	return values
}
