package report

import (
	"fmt"
	"math"
	"strings"

	"github.com/signalbox/signalbox/evals/triagesuite"
)

// frame is a plot's place: x from 0 to 1, y from a floor to 1.
type frame struct {
	ID, Words       string
	W, H            float64
	Left, Top       float64
	RightX, BottomY float64
	LabelX, XLabelY float64
	PlotW, PlotH    float64
	XTicks, YTicks  []tick
	floor           float64
}

type tick struct {
	At   float64
	Text string
}

type dot struct {
	X, Y   float64
	Text   string
	Title  string
	Missed bool
}

// newFrame has ticks every tenth or, in a low plot, every twentieth.
func newFrame(id string, floor float64) frame {
	f := frame{ID: id, W: 520, H: 340, Left: 50, Top: 10, RightX: 508, BottomY: 286, floor: floor}
	f.LabelX, f.XLabelY, f.PlotW, f.PlotH = f.Left-8, f.BottomY+18, f.RightX-f.Left, f.BottomY-f.Top
	step := 0.2
	switch {
	case 1-floor <= 0.101:
		step = 0.02
	case 1-floor <= 0.26:
		step = 0.05
	case 1-floor <= 0.51:
		step = 0.1
	}
	for v := 1.0; v >= floor-1e-9; v -= step {
		f.YTicks = append(f.YTicks, tick{f.y(v), fmt.Sprintf("%.0f %%", 100*v)})
	}
	for v := 0.0; v <= 1.001; v += 0.2 {
		f.XTicks = append(f.XTicks, tick{f.x(v), fmt.Sprintf("%.0f %%", 100*v)})
	}
	return f
}

func (f *frame) x(v float64) float64 { return tenth(f.Left + v*f.PlotW) }

func (f *frame) y(v float64) float64 { return tenth(f.BottomY - (v-f.floor)/(1-f.floor)*f.PlotH) }

func tenth(v float64) float64 { return math.Round(10*v) / 10 }

func pointsOf(pairs [][2]float64) string {
	var text strings.Builder
	for i, pair := range pairs {
		if i > 0 {
			text.WriteByte(' ')
		}
		fmt.Fprintf(&text, "%g,%g", pair[0], pair[1])
	}
	return text.String()
}

// coveragePlot is the precision–coverage curve.
type coveragePlot struct {
	frame
	Of         string // the field, where a page has several plots
	Line, Band string
	Dots       []dot
}

func newCoveragePlot(id string, r triagesuite.FieldResult) coveragePlot {
	lowest := 1.0
	for _, point := range r.PrecisionCoverage {
		if point.Coverage >= 0.1 {
			lowest = min(lowest, point.Low)
		}
	}
	floor := max(0, min(0.9, math.Floor(20*(lowest-0.02))/20))
	plot := coveragePlot{frame: newFrame(id, floor)}
	var line, high, low [][2]float64
	for _, point := range r.PrecisionCoverage {
		line = append(line, [2]float64{plot.x(point.Coverage), plot.y(point.Precision)})
		high = append(high, [2]float64{plot.x(point.Coverage), plot.y(point.High)})
		low = append([][2]float64{{plot.x(point.Coverage), plot.y(point.Low)}}, low...)
	}
	plot.Line, plot.Band = pointsOf(line), pointsOf(append(high, low...))
	var words []string
	for _, c := range r.CoverageAtPrecision {
		words = append(words, fmt.Sprintf("at %s it %s", target(c.Target), actingAlone(c)))
		if c.Precision != nil {
			plot.Dots = append(plot.Dots, dot{
				X: plot.x(c.Coverage), Y: plot.y(max(*c.Precision, floor)), Text: target(c.Target), Missed: *c.Precision < c.Target,
				Title: fmt.Sprintf("chosen for %s: %s", target(c.Target), actingAlone(c)),
			})
		}
	}
	plot.spread()
	plot.Words = "Precision against coverage: " + strings.Join(words, "; ")
	return plot
}

// spread keeps the words of dots that lie on each other apart: one word for all.
func (p *coveragePlot) spread() {
	for i := range p.Dots {
		for j := i + 1; j < len(p.Dots); j++ {
			if math.Abs(p.Dots[i].X-p.Dots[j].X) < 34 && math.Abs(p.Dots[i].Y-p.Dots[j].Y) < 14 {
				p.Dots[j].Text = strings.TrimSuffix(p.Dots[i].Text, " %") + ", " + p.Dots[j].Text
				p.Dots[i].Text = ""
				break
			}
		}
	}
}

// fewestJoined is how many answers a bin needs to be joined to the others by a line:
// fewer are chance, as their whiskers say.
const fewestJoined = 10

// reliabilityPlot is the reliability diagram.
type reliabilityPlot struct {
	frame
	Line     string
	Bars     []bar
	Whiskers []whisker
	Dots     []dot
}

type bar struct {
	X, Y, Width, Height float64
	Title               string
}

type whisker struct{ X, Low, High float64 }

func newReliabilityPlot(id string, r triagesuite.FieldResult) reliabilityPlot {
	plot := reliabilityPlot{frame: newFrame(id, 0)}
	most := 1
	for _, bin := range r.Reliability {
		most = max(most, bin.Count)
	}
	var line [][2]float64
	for i, bin := range r.Reliability {
		if bin.Count == 0 {
			continue
		}
		from, to := float64(i)/float64(len(r.Reliability)), float64(i+1)/float64(len(r.Reliability))
		top := plot.y(0.45 * float64(bin.Count) / float64(most))
		title := fmt.Sprintf("%s answers with a confidence of %s on average were right in %s", count(bin.Count), percent(*bin.Confidence), percent(*bin.Accuracy))
		plot.Bars = append(plot.Bars, bar{plot.x(from) + 1, top, tenth(plot.x(to) - plot.x(from) - 2), tenth(plot.BottomY - top), title})
		plot.Whiskers = append(plot.Whiskers, whisker{plot.x(*bin.Confidence), plot.y(bin.Interval.Low), plot.y(bin.Interval.High)})
		plot.Dots = append(plot.Dots, dot{X: plot.x(*bin.Confidence), Y: plot.y(*bin.Accuracy), Title: title})
		if bin.Count >= fewestJoined {
			line = append(line, [2]float64{plot.x(*bin.Confidence), plot.y(*bin.Accuracy)})
		}
	}
	plot.Line = pointsOf(line)
	plot.Words = fmt.Sprintf("Reliability diagram of %d bins: confidence is off by %s", len(r.Reliability), points(r.ECE, r.ECEInterval, r.N))
	return plot
}
