package triagesuite

import (
	"cmp"
	"slices"
)

// curvePoints is how many points of the precision–coverage curve are kept.
const curvePoints = 100

// coverage says what the thresholds are worth, and what others would be.
func (m *measured) coverage() {
	for i, target := range m.run.config.Targets {
		m.result.CoverageAtPrecision = append(m.result.CoverageAtPrecision, m.coverageAt(i, target))
	}
	m.result.PrecisionCoverage = m.curve()
}

func (m *measured) coverageAt(i int, target float64) Coverage {
	acted, right := 0, 0
	for _, o := range m.inScope {
		if o.acted[i] {
			acted++
			if o.right() {
				right++
			}
		}
	}
	result := Coverage{
		Target: target, Threshold: m.threshold(i), Coverage: float64(acted) / float64(len(m.inScope)), Precision: rate(right, acted),
		CoverageInterval: m.shareInterval(acted, len(m.inScope)), PrecisionInterval: m.shareInterval(right, acted),
	}
	if len(m.outside) > 0 {
		taken := 0
		for _, o := range m.outside {
			if o.acted[i] && !o.strange {
				taken++
			}
		}
		result.OutOfScopeActedOn = rate(taken, len(m.outside))
	}
	return result
}

// threshold is the mean of the trainings that could promise one.
func (m *measured) threshold(i int) *float64 {
	var found []float64
	for _, l := range m.trials {
		if l.thresholds[i] != nil {
			found = append(found, *l.thresholds[i])
		}
	}
	return finite(meanOf(found))
}

// once turns a count over all seeds into that of one: seeds share their test rows,
// so several say no more about these than one.
func (m *measured) once(count int) int { return (count + len(m.batches)/2) / len(m.batches) }

func (m *measured) shareInterval(count, of int) Range { return wilson(m.once(count), m.once(of)) }

// curve goes down through the confidences. Equal ones belong to one point.
func (m *measured) curve() []Point {
	sorted := slices.Clone(m.inScope)
	slices.SortFunc(sorted, func(a, b outcome) int { return cmp.Compare(b.confidence, a.confidence) })
	var points []Point
	right, next := 0, 1
	for i, o := range sorted {
		if o.right() {
			right++
		}
		acted := i + 1
		last := acted == len(sorted)
		if !last && (sorted[acted].confidence == o.confidence || acted*curvePoints < next*len(sorted)) {
			continue
		}
		next = acted*curvePoints/len(sorted) + 1
		around := m.shareInterval(right, acted)
		points = append(points, Point{
			Threshold: o.confidence, Coverage: float64(acted) / float64(len(sorted)), Precision: float64(right) / float64(acted),
			Low: around.Low, High: around.High,
		})
	}
	return points
}
