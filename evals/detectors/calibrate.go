package detectors

import (
	"math"

	"github.com/signalbox/signalbox/internal/detect"
)

// calibration turns scores into probabilities: a temperature and one offset a value
// (bias-corrected temperature scaling, Alexandari et al. 2020).
type calibration struct {
	temperature float64
	offsets     []float64
	floor       float64
}

// calibrate maximises the likelihood of held-out labels by gradient descent with
// momentum; the function is convex in 1/temperature and the offsets.
func calibrate(t *task, scores [][]float64) calibration {
	members := present(scores)
	slope, offsets := 1.0, make([]float64, len(t.values))
	speed := make([]float64, len(t.values)+1)
	gradient := make([]float64, len(t.values)+1)
	probabilities := make([]float64, len(t.values))
	const rounds, rate, momentum, shrink = 600, 0.5, 0.9, 1e-3
	for range rounds {
		clear(gradient)
		for _, i := range members {
			softmax(probabilities, scores[i], slope, offsets)
			probabilities[t.examples[i].class]--
			for value, difference := range probabilities {
				gradient[value] += difference / float64(len(members))
				gradient[len(t.values)] += difference * scores[i][value] / float64(len(members))
			}
		}
		for value := range offsets {
			speed[value] = momentum*speed[value] - rate*(gradient[value]+shrink*offsets[value])
			offsets[value] += speed[value]
		}
		last := len(t.values)
		speed[last] = momentum*speed[last] - rate*gradient[last]
		slope = min(max(slope+speed[last], 0.05), 20)
	}
	return calibration{temperature: 1 / slope, offsets: offsets}
}

func softmax(probabilities, scores []float64, slope float64, offsets []float64) {
	highest := math.Inf(-1)
	for i, score := range scores {
		probabilities[i] = slope*score + offsets[i]
		highest = max(highest, probabilities[i])
	}
	total := 0.0
	for i, x := range probabilities {
		probabilities[i] = math.Exp(x - highest)
		total += probabilities[i]
	}
	for i := range probabilities {
		probabilities[i] /= total
	}
}

func (c calibration) probabilities(scores []float64) []float64 {
	probabilities := make([]float64, len(scores))
	softmax(probabilities, scores, 1/c.temperature, c.offsets)
	return probabilities
}

// Operating points. Both are aimed a little beyond the promise, since a threshold
// realises less on the next industry than on those that it was chosen on.
const (
	allowedAlarms   = 0.02 // the share of hard negatives that may be flagged
	thanksPrecision = 0.995
)

// setFloor chooses the operating threshold on held-out scores: for sensitive topics
// the lowest that keeps the false alarms on hard negatives, for acts the lowest at
// which thanks are precise.
func (c *calibration) setFloor(t *task, scores [][]float64) {
	switch t.name {
	case detect.Sensitive:
		c.floor = lowestFloor(func(floor float64) bool {
			alarms, negatives := 0, 0
			for _, i := range present(scores) {
				if t.examples[i].source == negativesFile {
					negatives++
					if reported(t.examples[i], c.probabilities(scores[i]), floor) {
						alarms++
					}
				}
			}
			return float64(alarms) <= allowedAlarms*float64(negatives)
		})
	case detect.Act:
		thanks := t.value("thanks")
		c.floor = lowestFloor(func(floor float64) bool {
			right, taken := 0, 0
			for _, i := range present(scores) {
				if p := c.probabilities(scores[i]); largest(p) == thanks && p[thanks] >= floor {
					taken++
					if t.examples[i].class == thanks {
						right++
					}
				}
			}
			return taken > 0 && float64(right) >= thanksPrecision*float64(taken)
		})
	}
}

// reported says, as the shipped detector does, whether a sensitive topic is.
func reported(e example, probabilities []float64, floor float64) bool {
	return e.features.Sure || !e.features.Short && 1-probabilities[0] >= floor
}

// lowestFloor is the lowest hundredth that holds.
func lowestFloor(holds func(floor float64) bool) float64 {
	for hundredths := 2; hundredths < 99; hundredths++ {
		if floor := float64(hundredths) / 100; holds(floor) {
			return floor
		}
	}
	return 0.99
}

func (t *task) value(name string) int {
	for i, value := range t.values {
		if value == name {
			return i
		}
	}
	return -1
}

func largest(p []float64) int {
	best := 0
	for i := range p {
		if p[i] > p[best] {
			best = i
		}
	}
	return best
}
