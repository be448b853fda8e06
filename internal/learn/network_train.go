package learn

import (
	"context"
	"math"
	"math/rand/v2"
)

const (
	networkRate      = 0.05 // the first step's, falling linearly to 0
	networkInput     = 0.3  // the share of n-grams that a visit leaves out
	networkHidden    = 0.3  // the share of units that a visit leaves out
	networkSmoothing = 0.1  // the share of the target that all labels have alike
	networkSpread    = 0.1  // of the first weights
	// A visit takes no more n-grams than this, or long texts took minutes.
	mostVisited = 192
	// Visits of examples: as many epochs as make about so many, within bounds.
	networkVisits                = 100_000
	fewestEpochs, greatestEpochs = 2, 30
)

// networkTask is one training, by stochastic gradient descent on the
// cross-entropy with smoothed targets (Szegedy et al. 2016), dropout of inputs
// and units (Srivastava et al. 2014) and one step size a weight (Duchi et al.
// 2011).
type networkTask struct {
	subset     *rowSubset
	documents  []weighted // of the members, in the term space's rows
	embeddings [][]float32
	width      int
	classes    []int
	columns    int
	units      int
	folds      []int
	evaluated  int
	seed       uint64
	done       func()
}

// train returns the network of all examples, and scores of the examples in the
// evaluated folds from networks that did not see their fold.
func (t *networkTask) train(ctx context.Context) (*network, [][]float32, error) {
	held := make([][]float32, len(t.documents))
	var model *network
	err := parallel(ctx, t.evaluated+1, func(fold int) {
		learned := t.learn(ctx, fold)
		if fold == t.evaluated {
			model = learned
		} else {
			t.scoreFold(held, learned, fold)
		}
		t.done()
	})
	return model, held, err
}

func (t *networkTask) scoreFold(held [][]float32, learned *network, fold int) {
	hidden := make([]float32, t.units)
	var document weighted
	for i, f := range t.folds {
		if f == fold {
			held[i] = make([]float32, t.columns)
			document = t.subset.of(document, t.documents[i])
			learned.activate(hidden, document, t.embedding(i))
			learned.heads[0].score(held[i], hidden)
		}
	}
}

// embedding is scaled as among an extractor's features: all zeros where none is
// known.
func (t *networkTask) embedding(i int) []float32 {
	scaled := make([]float32, t.width)
	for k, x := range t.embeddings[i] {
		scaled[k] = linearScale * x
	}
	return scaled
}

// learn leaves out one fold; number evaluated leaves out none.
func (t *networkTask) learn(ctx context.Context, fold int) *network {
	var order []int
	for i, f := range t.folds {
		if fold == t.evaluated || f != fold {
			order = append(order, i)
		}
	}
	d := newDescent(t, uint64(fold))
	// A document is cut down to the subset at each visit: at a hundred thousand long
	// texts a second copy of all of them took two gigabytes.
	var document weighted
	epochs := min(max(networkVisits/max(len(order), 1), fewestEpochs), greatestEpochs)
	for step := range epochs * len(order) {
		if step%len(order) == 0 {
			d.random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
			if ctx.Err() != nil {
				break
			}
		}
		d.rate = networkRate * (1 - float32(step)/float32(epochs*len(order)))
		i := order[step%len(order)]
		document = t.subset.of(document, t.documents[i])
		d.visit(document, t.embeddings[i], t.classes[i])
	}
	return d.network()
}

// adaptive are weights with the sums of their squared gradients.
type adaptive struct{ weights, squares []float32 }

func newAdaptive(rows, columns int, spread float64, random *rand.Rand) adaptive {
	a := adaptive{make([]float32, rows*columns), make([]float32, rows*columns)}
	for i := range a.weights {
		a.weights[i] = float32(random.NormFloat64() * spread)
	}
	return a
}

// descend moves the active places of a row against the gradient
// factor·direction.
func (a adaptive) descend(row int, factor, rate float32, direction []float32, active []int) {
	from := row * len(direction)
	weights, squares := a.weights[from:][:len(direction)], a.squares[from:][:len(direction)]
	for _, i := range active {
		gradient := factor * direction[i]
		square := squares[i] + gradient*gradient
		squares[i] = square
		weights[i] -= rate * gradient / float32(math.Sqrt(float64(square+1e-8)))
	}
}

// add adds factor times a row to sums.
func (a adaptive) add(sums []float32, row int, factor float32) {
	for i, w := range a.weights[row*len(sums):][:len(sums)] {
		sums[i] += factor * w
	}
}

// addRows adds some rows times their factors, four at a time.
func (a adaptive) addRows(sums []float32, rows []uint32, factors []float32) {
	size := len(sums)
	for ; len(rows) >= 4; rows, factors = rows[4:], factors[4:] {
		w0, w1 := a.weights[int(rows[0])*size:][:size], a.weights[int(rows[1])*size:][:size]
		w2, w3 := a.weights[int(rows[2])*size:][:size], a.weights[int(rows[3])*size:][:size]
		f0, f1, f2, f3 := factors[0], factors[1], factors[2], factors[3]
		for i, w := range w0 {
			sums[i] += f0*w + f1*w1[i] + f2*w2[i] + f3*w3[i]
		}
	}
	for i, row := range rows {
		a.add(sums, int(row), factors[i])
	}
}

// addAll adds the first rows times their factors, four at a time.
func (a adaptive) addAll(sums, factors []float32) {
	weights, size := a.weights, len(sums)
	for ; len(factors) >= 4; factors, weights = factors[4:], weights[4*size:] {
		w0, w1, w2, w3 := weights[:size], weights[size:][:size], weights[2*size:][:size], weights[3*size:][:size]
		f0, f1, f2, f3 := factors[0], factors[1], factors[2], factors[3]
		for i, w := range w0 {
			sums[i] += f0*w + f1*w1[i] + f2*w2[i] + f3*w3[i]
		}
	}
	for i, factor := range factors {
		for k, w := range weights[i*size:][:size] {
			sums[k] += factor * w
		}
	}
}
