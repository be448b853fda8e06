package learn

import "context"

// ridge is a linear regression on Fourier features, to +1 for a text's label
// and −1 for the others.
type ridge struct {
	labels  int
	weights []float32 // feature-major: features × labels
}

// score overwrites scores, one a label.
func (r *ridge) score(scores, features []float32) {
	clear(scores)
	scores = scores[:r.labels]
	for i, x := range features {
		weights := r.weights[i*r.labels:][:len(scores)]
		for label, weight := range weights {
			scores[label] += x * weight
		}
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
