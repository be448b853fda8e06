package report

import (
	"fmt"
	"math"
	"slices"
	"unicode/utf8"

	"github.com/signalbox/signalbox/evals/triagesuite"
)

// confusionPlot is a heat map of the labels of the worst pairs.
type confusionPlot struct {
	ID, Words      string
	W, H, MinWidth float64
	left, top      float64 // of the cells
	Columns, Rows  []caption
	Cells          []cell
	Pairs          []pairRow
}

type caption struct {
	X, Y        float64
	Text, Title string
}

type cell struct {
	X, Y, CX, CY, Size, Opacity float64
	Kind, Title                 string
	Count                       int
}

type pairRow struct {
	Label, Predicted, Count, Share string
}

const (
	mostMapped  = 12
	cellSize    = 44.0
	shownPairs  = 25
	captionSize = 32
)

// newConfusionPlot is nil where nothing was confused.
func newConfusionPlot(id string, r triagesuite.FieldResult) *confusionPlot {
	if len(r.Confusions) == 0 {
		return nil
	}
	labels := mapped(r.Confusions)
	size, longest := cellSize*float64(len(labels)), 0
	for _, label := range labels {
		longest = max(longest, utf8.RuneCountInString(printable(label, captionSize)))
	}
	// A character is about 6.6 wide; column names lean by 40 degrees.
	plot := &confusionPlot{ID: id, left: math.Round(20 + 6.8*float64(longest)), top: math.Round(24 + 4.4*float64(longest))}
	plot.W, plot.H = math.Round(plot.left+size+5.2*float64(longest)), plot.top+size+6
	plot.MinWidth = math.Min(plot.W, 620)
	worst := r.Confusions[0]
	plot.Words = fmt.Sprintf("Confusions of %d labels; the worst pair is %s taken for %s, %d times", len(labels), worst.Label, worst.Predicted, worst.Count)
	for i, label := range labels {
		middle := cellSize * (float64(i) + 0.5)
		plot.Columns = append(plot.Columns, caption{plot.left + middle, plot.top - 8, printable(label, captionSize), label})
		plot.Rows = append(plot.Rows, caption{plot.left - 10, plot.top + middle, printable(label, captionSize), label})
	}
	plot.fill(labels, r)
	for _, pair := range r.Confusions[:min(len(r.Confusions), shownPairs)] {
		plot.Pairs = append(plot.Pairs, pairRow{pair.Label, pair.Predicted, count(pair.Count), percent(pair.Share)})
	}
	return plot
}

// mapped are the labels of the worst pairs; those of one pair stand side by side.
func mapped(confusions []triagesuite.Confused) []string {
	var labels []string
	for _, pair := range confusions {
		var added []string
		for _, label := range []string{pair.Label, pair.Predicted} {
			if !slices.Contains(labels, label) {
				added = append(added, label)
			}
		}
		if len(labels)+len(added) > mostMapped {
			break
		}
		labels = append(labels, added...)
	}
	return labels
}

func (p *confusionPlot) fill(labels []string, r triagesuite.FieldResult) {
	counts, totals := map[[2]string]int{}, map[string]int{}
	for _, pair := range r.Confusions {
		counts[[2]string{pair.Label, pair.Predicted}] = pair.Count
	}
	for _, class := range r.PerClass {
		if class.Recall != nil {
			totals[class.Label] = class.N
			counts[[2]string{class.Label, class.Label}] = int(math.Round(*class.Recall * float64(class.N)))
		}
	}
	for row, label := range labels {
		for column, said := range labels {
			made := cell{X: p.left + cellSize*float64(column), Y: p.top + cellSize*float64(row), Size: cellSize, Kind: "miss"}
			made.CX, made.CY, made.Count = made.X+cellSize/2, made.Y+cellSize/2, counts[[2]string{label, said}]
			share := float64(made.Count) / float64(max(totals[label], 1))
			made.Opacity = hundredth(min(0.75, 0.1+1.6*share))
			if row == column {
				made.Kind, made.Opacity = "hit", hundredth(0.05+0.25*share)
			}
			made.Title = fmt.Sprintf("%s answered as %s: %d of %d", label, said, made.Count, totals[label])
			p.Cells = append(p.Cells, made)
		}
	}
}

func hundredth(v float64) float64 { return math.Round(100*v) / 100 }
