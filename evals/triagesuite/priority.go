package triagesuite

import (
	"slices"
	"strings"

	"github.com/signalbox/signalbox/triage"
)

var bands = []string{triage.BandUrgent, triage.BandHigh, triage.BandNormal, triage.BandLow}

// priorityOf is for a column called priority or band whose labels are the bands,
// whatever their case; nil for all others.
func priorityOf(field string, outcomes []outcome) *Priority {
	if name := strings.ToLower(field); name != "priority" && name != "band" {
		return nil
	}
	p := &Priority{Bands: bands, Confusion: make([][]int, len(bands))}
	for i := range p.Confusion {
		p.Confusion[i] = make([]int, len(bands))
	}
	for _, o := range outcomes {
		label, said := slices.Index(bands, strings.ToLower(o.label)), slices.Index(bands, strings.ToLower(o.predicted))
		if label < 0 || said < 0 {
			return nil
		}
		p.Confusion[label][said]++
	}
	var urgent, others, missed, mistaken int
	for label, row := range p.Confusion {
		for said, count := range row {
			switch {
			case label == 0 && said == 0:
				urgent += count
			case label == 0:
				urgent, missed = urgent+count, missed+count
			case said == 0:
				others, mistaken = others+count, mistaken+count
			default:
				others += count
			}
		}
	}
	p.UrgentMissed = Share{missed, urgent, rate(missed, urgent), wilson(missed, urgent)}
	p.UrgentByMistake = Share{mistaken, others, rate(mistaken, others), wilson(mistaken, others)}
	return p
}
