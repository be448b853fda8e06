package learn

import (
	"math"
	"math/rand/v2"
)

// descent is the state of one network's training. All weights are stored with
// the units of one input, or of one column, together.
type descent struct {
	task                     *networkTask
	random                   *rand.Rand
	rate                     float32
	grams, dense, last, bias adaptive
	hidden, mask, back       []float32
	active                   []int // the units that this visit trains
	probabilities, scores    []float64
	rows                     []uint32
	values                   []float32
}

func newDescent(t *networkTask, fold uint64) *descent {
	random := rand.New(rand.NewPCG(t.seed, 0x6e657400+fold))
	return &descent{
		task: t, random: random,
		grams:  newAdaptive(t.subset.count, t.units, networkSpread, random),
		dense:  newAdaptive(t.width, t.units, networkSpread, random),
		last:   newAdaptive(t.columns, t.units, 1/math.Sqrt(float64(t.units)), random),
		bias:   newAdaptive(t.columns, 1, 0, random),
		hidden: make([]float32, t.units), mask: make([]float32, t.units), back: make([]float32, t.units),
		probabilities: make([]float64, t.columns), scores: make([]float64, t.columns),
	}
}

// visit takes one step for one example.
func (d *descent) visit(document weighted, embedding []float32, class int) {
	d.sample(document)
	d.forward(embedding)
	d.step(embedding, class)
}

// step moves all weights that took part in the forward pass.
func (d *descent) step(embedding []float32, class int) {
	clear(d.back)
	smooth := networkSmoothing / float64(len(d.probabilities))
	for column, p := range d.probabilities {
		difference := float32(p - smooth - (1-networkSmoothing)*indicator(column == class))
		if math.Abs(float64(difference)) < 1e-5 {
			continue
		}
		d.last.add(d.back, column, difference)
		d.last.descend(column, difference, d.rate, d.hidden, d.active)
		d.bias.descend(column, difference, d.rate, one, first)
	}
	for _, unit := range d.active {
		d.back[unit] *= d.mask[unit]
	}
	for i, row := range d.rows {
		d.grams.descend(int(row), d.values[i], d.rate, d.back, d.active)
	}
	for i, x := range embedding {
		d.dense.descend(i, x, d.rate, d.back, d.active)
	}
}

// one is the input of the biases, and first its only place.
var (
	one   = []float32{1}
	first = []int{0}
)

// sample leaves out n-grams at random and makes up for it in the others.
func (d *descent) sample(document weighted) {
	d.rows, d.values = d.rows[:0], d.values[:0]
	keep := min(1-networkInput, mostVisited/float64(max(len(document.rows), 1)))
	for i, row := range document.rows {
		if d.random.Float64() < keep {
			d.rows = append(d.rows, row)
			d.values = append(d.values, document.values[i]/float32(keep))
		}
	}
}

// forward computes the units, which of them pass gradients, and probabilities.
func (d *descent) forward(embedding []float32) {
	clear(d.hidden)
	d.grams.addRows(d.hidden, d.rows, d.values)
	d.dense.addAll(d.hidden, embedding)
	d.active = d.active[:0]
	for i, x := range d.hidden {
		d.mask[i] = 0
		if x > 0 && d.random.Float64() >= networkHidden {
			d.mask[i] = 1 / (1 - networkHidden)
			d.active = append(d.active, i)
		}
		d.hidden[i] = x * d.mask[i]
	}
	for column := range d.scores {
		sum := d.bias.weights[column]
		weights := d.last.weights[column*len(d.hidden):][:len(d.hidden)]
		for _, i := range d.active {
			sum += weights[i] * d.hidden[i]
		}
		d.scores[column] = float64(sum)
	}
	Softmax(d.probabilities, d.scores, 1)
}

// network rounds the weights of the n-grams as those of the linear part.
func (d *descent) network() *network {
	t := d.task
	columns := make([]column, t.units)
	for unit := range columns {
		weights := make([]float32, t.subset.count+1)
		for row := range t.subset.count {
			weights[row] = d.grams.weights[row*t.units+unit]
		}
		columns[unit] = quantise(weights)
	}
	n := &network{
		subset: t.subset, grams: newLinear(columns, t.subset.count), width: t.width,
		dense: make([]float32, t.width*t.units),
		heads: []head{{units: t.units, bias: d.bias.weights, weights: d.last.weights}},
	}
	for i := range t.width {
		for unit := range t.units {
			n.dense[unit*t.width+i] = d.dense.weights[i*t.units+unit] / linearScale
		}
	}
	return n
}
