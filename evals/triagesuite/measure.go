package triagesuite

import (
	"fmt"
	"slices"

	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/internal/learn"
)

// measured is one field's way from outcomes to figures.
type measured struct {
	run      *run
	field    int
	name     string
	trials   []*learned
	batches  []batch
	inScope  []outcome // of all seeds
	outside  []outcome
	perSeed  int // in-scope rows of one seed
	outcomes []outcome
	// ownMicroseconds are without what all fields share.
	ownMicroseconds float64
	result          FieldResult
}

// batch is all outcomes of one seed: every test row once.
type batch struct {
	seed             uint64
	inScope, outside []outcome
}

// measure computes one field's figures over all seeds.
func (r *run) measure(field int) (*measured, error) {
	m := &measured{run: r, field: field, name: r.data.Fields[field]}
	for i, trial := range r.learned {
		l := trial[field]
		m.trials = append(m.trials, l)
		if len(m.batches) == 0 || m.batches[len(m.batches)-1].seed != r.seeds[i] {
			m.batches = append(m.batches, batch{seed: r.seeds[i]})
		}
		b := &m.batches[len(m.batches)-1]
		for _, o := range l.outcomes {
			m.outcomes = append(m.outcomes, o)
			if o.outOfScope {
				b.outside = append(b.outside, o)
			} else {
				b.inScope = append(b.inScope, o)
			}
		}
	}
	for _, b := range m.batches {
		m.inScope, m.outside = append(m.inScope, b.inScope...), append(m.outside, b.outside...)
	}
	m.perSeed = len(m.batches[0].inScope)
	if m.perSeed == 0 {
		return nil, fault.Field(fault.Unprocessable, "--test", "has no row in scope for the column "+m.name, "give rows with a label other than that of --oos-label")
	}
	m.describe()
	m.summarise()
	m.calibration()
	m.coverage()
	m.scope()
	m.result.Priority = priorityOf(m.name, m.inScope)
	m.result.Slices = m.slices()
	m.result.PerClass, m.result.Confusions = classes(m.inScope), confusions(m.inScope)
	return m, nil
}

// describe fills in what is known without counting outcomes.
func (m *measured) describe() {
	first := m.trials[0]
	m.result = FieldResult{
		Field: m.name, N: m.perSeed, TrainExamples: first.examples, ThresholdRows: first.judgements,
		ThresholdsFrom: "held_out", Labels: len(first.labels), Calibration: first.calibration, ModelBytes: first.bytes,
	}
	if first.fromValidation {
		m.result.ThresholdsFrom = "validation"
	}
	var shared, own []float64
	for _, l := range m.trials {
		m.result.TrainSeconds += l.seconds / float64(len(m.trials))
		shared, own = append(shared, l.shared...), append(own, l.own...)
	}
	m.ownMicroseconds = median(own)
	m.result.MicrosecondsPerText = median(shared) + m.ownMicroseconds
	unseen := map[string]bool{}
	for _, o := range m.inScope {
		if _, known := slices.BinarySearch(first.labels, o.label); !known {
			unseen[o.label] = true
		}
	}
	if m.result.UnseenLabels = len(unseen); len(unseen) > 0 && !m.run.crossValidated {
		m.run.warn("column %s: %d label(s) of the test rows have no training row, so their rows count as wrong", m.name, len(unseen))
	}
}

// summarise fills in the figures that are averaged over seeds.
func (m *measured) summarise() {
	m.result.Seeds = Seeds{Mean: map[string]float64{}, SD: map[string]float64{}}
	byName := map[string][]float64{}
	for _, b := range m.batches {
		figures := b.figures(m.run.config)
		m.result.Seeds.Runs = append(m.result.Seeds.Runs, SeedRun{b.seed, figures})
		for name, value := range figures {
			byName[name] = append(byName[name], value)
		}
	}
	for name, values := range byName {
		m.result.Seeds.Mean[name] = meanOf(values)
		if sd := finite(deviation(values)); sd != nil {
			m.result.Seeds.SD[name] = *sd
		}
	}
	mean := m.result.Seeds.Mean
	m.result.Accuracy, m.result.MacroF1 = mean["accuracy"], mean["macro_f1"]
	m.result.ECEBefore, m.result.ECE, m.result.ECEEqualMass = mean["ece_before"], mean["ece"], mean["ece_equal_mass"]
	m.result.Brier, m.result.LogLoss, m.result.AURC = mean["brier"], mean["log_loss"], mean["aurc"]
	if sd, several := m.result.Seeds.SD["accuracy"]; several {
		m.result.AccuracySD = &sd
	}
	right := 0
	for _, o := range m.inScope {
		if o.right() {
			right++
		}
	}
	m.result.AccuracyInterval = wilson(m.once(right), m.perSeed)
}

// figures are those of one seed that are one number.
func (b batch) figures(config Config) map[string]float64 {
	confidences, right := confidencesOf(b.inScope)
	before := make([]float64, len(b.inScope))
	for i, o := range b.inScope {
		before[i] = o.uncalibrated
	}
	figures := map[string]float64{
		"accuracy": learn.Accuracy(right), "macro_f1": macroF1(b.inScope),
		"ece_before":     learn.ExpectedCalibrationError(before, right, learn.EqualWidth(binCount)),
		"ece":            learn.ExpectedCalibrationError(confidences, right, learn.EqualWidth(binCount)),
		"ece_equal_mass": learn.ExpectedCalibrationError(confidences, right, learn.EqualMass(binCount)),
		"brier":          learn.BrierScore(confidences, right), "log_loss": learn.LogLoss(confidences, right),
		"aurc": learn.RiskCoverageArea(confidences, right),
	}
	for i, target := range config.Targets {
		acted, kept := 0, 0
		for _, o := range b.inScope {
			if o.acted[i] {
				acted++
				if o.right() {
					kept++
				}
			}
		}
		figures[fmt.Sprintf("coverage_at_%v", target)] = float64(acted) / float64(len(b.inScope))
		if acted > 0 {
			figures[fmt.Sprintf("precision_at_%v", target)] = float64(kept) / float64(acted)
		}
	}
	b.scope(figures)
	return figures
}

func confidencesOf(outcomes []outcome) (confidences []float64, right []bool) {
	for _, o := range outcomes {
		confidences, right = append(confidences, o.confidence), append(right, o.right())
	}
	return confidences, right
}
