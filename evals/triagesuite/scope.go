package triagesuite

import "github.com/signalbox/signalbox/internal/learn"

// scope adds one seed's figures about rows that no label fits.
func (b batch) scope(figures map[string]float64) {
	auroc := aurocOf(b.inScope, b.outside)
	if auroc == nil {
		return
	}
	figures["oos_auroc"] = *auroc
	found, kept := 0, 0
	for _, o := range b.outside {
		if o.strange {
			found++
		}
	}
	for _, o := range b.inScope {
		if !o.strange && o.right() {
			kept++
		}
	}
	figures["oos_recall"] = float64(found) / float64(len(b.outside))
	figures["oos_in_scope_accuracy"] = float64(kept) / float64(len(b.inScope))
}

// scope judges how rows that no label fits are told from the others. There is
// nothing to say without such rows.
func (m *measured) scope() {
	if len(m.outside) == 0 {
		return
	}
	found, flagged, right := 0, 0, 0
	for _, o := range m.outside {
		if o.strange {
			found++
		}
	}
	for _, o := range m.inScope {
		if o.strange {
			flagged++
		} else if o.right() {
			right++
		}
	}
	s := &OutOfScope{
		Recall: float64(found) / float64(len(m.outside)), RecallInterval: m.shareInterval(found, len(m.outside)),
		InScopeAccuracy: float64(right) / float64(len(m.inScope)), InScopeFlagged: float64(flagged) / float64(len(m.inScope)),
		Cost: m.run.config.Cost, N: len(m.batches[0].outside), TrainingExamples: m.trials[0].outOfScope,
	}
	if auroc, known := m.result.Seeds.Mean["oos_auroc"]; known {
		s.AUROC = &auroc
	}
	var thresholds []float64
	for _, l := range m.trials {
		thresholds = append(thresholds, l.strangeAbove)
	}
	s.Threshold = finite(meanOf(thresholds))
	m.result.OOS = s
}

// aurocOf is the chance that a row out of scope is found stranger than one in scope.
func aurocOf(inScope, outside []outcome) *float64 {
	var scores []float64
	var positive []bool
	for _, o := range inScope {
		scores, positive = append(scores, o.strangeness), append(positive, false)
	}
	for _, o := range outside {
		scores, positive = append(scores, o.strangeness), append(positive, true)
	}
	return finite(learn.AUROC(scores, positive))
}
