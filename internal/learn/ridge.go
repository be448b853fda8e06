package learn

import "context"

// ridge is a linear regression on Fourier features, to +1 for a text's label
// and −1 for the others.
type ridge struct {
	labels  int
	weights []float32 // label-major: labels × features
}

// score overwrites scores with those of the labels from a number on. It goes
// over the features once for four labels, whose sums don't wait for each other.
func (r *ridge) score(scores, features []float32, from int) {
	size := len(features)
	for ; len(scores) >= 4; scores = scores[4:] {
		w := r.weights[from*size:][:4*size]
		w0, w1, w2, w3 := w[:size], w[size:][:size], w[2*size:][:size], w[3*size:][:size]
		var s0, s1, s2, s3 float32
		for i, x := range features {
			s0 += x * w0[i]
			s1 += x * w1[i]
			s2 += x * w2[i]
			s3 += x * w3[i]
		}
		scores[0], scores[1], scores[2], scores[3] = s0, s1, s2, s3
		from += 4
	}
	for label := range scores {
		weights := r.weights[(from+label)*size:][:size]
		var sum float32
		for i, x := range features {
			sum += x * weights[i]
		}
		scores[label] = sum
	}
}

// joinRidges appends the labels of all; nil if these have no embedding.
func joinRidges(ridges []*ridge) *ridge {
	if ridges[0] == nil {
		return nil
	}
	joined := &ridge{}
	for _, r := range ridges {
		joined.labels += r.labels
		joined.weights = append(joined.weights, r.weights...)
	}
	return joined
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
	kernel     *kernel // of all embeddings, or nil to compute it
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
