package learn

import "context"

// ridge is a linear regression on Fourier features, to +1 for a text's label
// and −1 for the others.
type ridge struct {
	labels  int
	weights []float32 // label-major: labels × features
}

// score overwrites scores, one a label. Four sums side by side keep the
// processor from waiting for each addition.
func (r *ridge) score(scores, features []float32) {
	for label := range r.labels {
		weights := r.weights[label*len(features):][:len(features)]
		var s0, s1, s2, s3 float32
		i := 0
		for ; i+4 <= len(features); i += 4 {
			x, w := features[i:i+4:i+4], weights[i:i+4:i+4]
			s0 += x[0] * w[0]
			s1 += x[1] * w[1]
			s2 += x[2] * w[2]
			s3 += x[3] * w[3]
		}
		for ; i < len(features); i++ {
			s0 += features[i] * weights[i]
		}
		scores[label] = s0 + s1 + s2 + s3
	}
}

// set stores a label's weights.
func (r *ridge) set(label int, weights []float64) {
	for i, x := range weights {
		r.weights[label*len(weights)+i] = float32(x)
	}
}

// ridgeTask is one training. Folds at or above evaluated are never held out.
type ridgeTask struct {
	fourier    *fourierMap
	embeddings [][]float32
	classes    []int
	labels     int
	penalty    float64
	folds      []int
	evaluated  int
}

// train returns the model of all examples, and scores of the examples in the
// evaluated folds from models that did not see their fold. It solves for the
// features or, with fewer examples than features, for the examples.
func (t *ridgeTask) train(ctx context.Context) (*ridge, [][]float32, error) {
	if len(t.embeddings) <= t.fourier.size() {
		return t.trainDual(ctx)
	}
	return t.trainPrimal(ctx)
}

func (t *ridgeTask) features(examples []int) [][]float32 {
	rows := make([][]float32, len(examples))
	for i, example := range examples {
		rows[i] = make([]float32, t.fourier.size())
		t.fourier.features(rows[i], t.embeddings[example])
	}
	return rows
}

// inFold lists the examples of a fold; number evaluated collects all the rest.
func (t *ridgeTask) inFold(fold int) []int {
	var members []int
	for i, f := range t.folds {
		if min(f, t.evaluated) == fold {
			members = append(members, i)
		}
	}
	return members
}

func (t *ridgeTask) newRidge() *ridge {
	return &ridge{labels: t.labels, weights: make([]float32, t.fourier.size()*t.labels)}
}
