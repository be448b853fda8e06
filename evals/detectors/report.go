package detectors

import (
	"fmt"
	"slices"
	"strings"

	"github.com/signalbox/signalbox/internal/detect"
	"github.com/signalbox/signalbox/internal/learn"
)

const level = 0.95 // of all intervals

// Report writes judgements as text.
func Report(judgements []Judgement) string {
	var b strings.Builder
	b.WriteString("Leave-one-industry-out. Intervals are at 95 %: Wilson for shares, bootstrap for F1.\n")
	for _, r := range judgements {
		fmt.Fprintf(&b, "\n== %s ==\n", r.task.name)
		switch r.task.name {
		case detect.Sensitive:
			r.reportSensitive(&b)
		case detect.Act:
			r.reportThanks(&b)
		case detect.Urgency:
			r.reportCritical(&b)
		}
		r.reportHalves(&b)
		r.reportConfusion(&b)
		r.reportLanguages(&b)
	}
	return b.String()
}

func (r Judgement) reportHalves(b *strings.Builder) {
	for _, part := range []struct {
		name string
		rows []judged
	}{{"all", r.rows}, {"development half", r.half(true)}, {"other half", r.half(false)}} {
		right, outcomes, confidences := 0, []bool{}, []float64{}
		for _, row := range part.rows {
			if row.found() == row.class {
				right++
			}
			outcomes = append(outcomes, row.found() == row.class)
			confidences = append(confidences, row.probabilities[row.found()])
		}
		f1 := learn.Bootstrap(len(part.rows), 500, level, 1, func(indices []int) float64 {
			sample := make([]judged, len(indices))
			for i, index := range indices {
				sample[i] = part.rows[index]
			}
			return r.macroF1(sample)
		})
		fmt.Fprintf(b, "%-17s accuracy %s  macro-F1 %.3f [%.3f, %.3f]  ECE %.3f  Brier %.3f\n", part.name, share(right, len(part.rows)),
			r.macroF1(part.rows), f1.Low, f1.High, calibrationError(confidences, outcomes), learn.BrierScore(confidences, outcomes))
	}
}

// calibrationError is the expected calibration error over 15 equally wide bins.
func calibrationError(confidences []float64, outcomes []bool) float64 {
	const bins = 15
	var gap [bins]float64
	for i, confidence := range confidences {
		bin := min(int(confidence*bins), bins-1)
		gap[bin] += confidence
		if outcomes[i] {
			gap[bin]--
		}
	}
	sum := 0.0
	for _, difference := range gap {
		sum += max(difference, -difference)
	}
	return sum / float64(max(1, len(confidences)))
}

func share(part, whole int) string {
	interval := learn.Wilson(part, whole, level)
	return fmt.Sprintf("%.3f [%.3f, %.3f] (%d of %d)", float64(part)/float64(max(1, whole)), interval.Low, interval.High, part, whole)
}

func (r Judgement) counts(rows []judged) (confusion [][]int) {
	confusion = make([][]int, len(r.task.values))
	for i := range confusion {
		confusion[i] = make([]int, len(r.task.values))
	}
	for _, row := range rows {
		confusion[row.class][row.found()]++
	}
	return confusion
}

func (r Judgement) macroF1(rows []judged) float64 {
	confusion, sum := r.counts(rows), 0.0
	for value := range confusion {
		labelled, found := 0, 0
		for other := range confusion {
			labelled += confusion[value][other]
			found += confusion[other][value]
		}
		sum += 2 * float64(confusion[value][value]) / float64(max(1, labelled+found))
	}
	return sum / float64(len(confusion))
}

func (r Judgement) reportConfusion(b *strings.Builder) {
	b.WriteString("confusion (label by row, found by column)\n")
	for value, row := range r.counts(r.rows) {
		fmt.Fprintf(b, "  %-16s", shown(r.task.values[value]))
		for _, count := range row {
			fmt.Fprintf(b, "%6d", count)
		}
		b.WriteByte('\n')
	}
}

func shown(value string) string {
	if value == "" {
		return "none"
	}
	return value
}

func (r Judgement) reportLanguages(b *strings.Builder) {
	byLanguage := map[string][]judged{}
	for _, row := range r.rows {
		byLanguage[row.language] = append(byLanguage[row.language], row)
	}
	var names []string
	for name := range byLanguage {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		right := count(byLanguage[name], func(j judged) bool { return j.found() == j.class })
		fmt.Fprintf(b, "  %s accuracy %s\n", name, share(right, len(byLanguage[name])))
	}
}

func count(rows []judged, holds func(judged) bool) int {
	n := 0
	for _, row := range rows {
		if holds(row) {
			n++
		}
	}
	return n
}

func (r Judgement) reportSensitive(b *strings.Builder) {
	for _, part := range []struct {
		name string
		rows []judged
	}{{"all", r.rows}, {"development half", r.half(true)}, {"other half", r.half(false)}} {
		of := func(keep func(judged) bool) (flagged, all int) {
			rows := slices.DeleteFunc(slices.Clone(part.rows), func(j judged) bool { return !keep(j) })
			return count(rows, judged.flagged), len(rows)
		}
		recalled, positives := of(func(j judged) bool { return j.class != 0 })
		alarms, negatives := of(func(j judged) bool { return j.source == negativesFile })
		others, tickets := of(func(j judged) bool { return j.source == ticketsFile })
		fmt.Fprintf(b, "%-17s flagged: recall %s  hard negatives %s  tickets %s\n", part.name, share(recalled, positives), share(alarms, negatives), share(others, tickets))
	}
	for value := 1; value < len(r.task.values); value++ {
		rows := slices.DeleteFunc(slices.Clone(r.rows), func(j judged) bool { return j.class != value })
		fmt.Fprintf(b, "  %-16s recall %s\n", r.task.values[value], share(count(rows, judged.flagged), len(rows)))
	}
	b.WriteString(r.operatingCurve())
}

// operatingCurve gives the recall at several shares of false alarms, at thresholds
// chosen in hindsight: what the scores could do, not what is promised.
func (r Judgement) operatingCurve() string {
	var b strings.Builder
	for _, part := range []struct {
		name string
		rows []judged
	}{{"development half", r.half(true)}, {"other half", r.half(false)}} {
		var negatives, positives []float64
		for _, row := range part.rows {
			if p := 1 - row.probabilities[0]; row.class != 0 {
				positives = append(positives, p)
			} else if row.source == negativesFile {
				negatives = append(negatives, p)
			}
		}
		slices.Sort(negatives)
		fmt.Fprintf(&b, "  in hindsight, %s:", part.name)
		for _, allowed := range []float64{0.02, 0.05, 0.1, 0.2} {
			threshold := negatives[min(len(negatives)-1, int(float64(len(negatives))*(1-allowed)))]
			recalled := 0
			for _, p := range positives {
				if p > threshold {
					recalled++
				}
			}
			fmt.Fprintf(&b, "  %.3f at %.0f %%", float64(recalled)/float64(len(positives)), 100*allowed)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func (r Judgement) reportThanks(b *strings.Builder) {
	thanks := r.task.value("thanks")
	for _, part := range []struct {
		name string
		rows []judged
	}{{"all", r.rows}, {"development half", r.half(true)}, {"other half", r.half(false)}} {
		taken := count(part.rows, func(j judged) bool { return j.thanked(thanks) })
		right := count(part.rows, func(j judged) bool { return j.thanked(thanks) && j.class == thanks })
		labelled := count(part.rows, func(j judged) bool { return j.class == thanks })
		fmt.Fprintf(b, "%-17s thanks believed: precision %s  recall %s\n", part.name, share(right, taken), share(right, labelled))
	}
}

func (r Judgement) reportCritical(b *strings.Builder) {
	critical, high := r.task.value("critical"), r.task.value("high")
	rows := slices.DeleteFunc(slices.Clone(r.rows), func(j judged) bool { return j.class != critical })
	exact := count(rows, func(j judged) bool { return j.found() == critical })
	near := count(rows, func(j judged) bool { return j.found() == critical || j.found() == high })
	fmt.Fprintf(b, "critical: recall %s, as critical or high %s\n", share(exact, len(rows)), share(near, len(rows)))
}
