package learn

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestCholeskySolves(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	const size = 75
	rows := make([][]float32, size)
	for i := range rows {
		rows[i] = randomUnit(random, 300)
	}
	gram := newTriangle(size)
	if err := addGram(t.Context(), gram, rows); err != nil {
		t.Fatalf("multiply: %v", err)
	}
	checkGram(t, gram, rows)
	matrix := gram.minus(nil, 0.5)
	want := make([]float64, size)
	b := make([]float64, size)
	for i := range want {
		want[i] = random.NormFloat64()
	}
	for i := range b {
		for j := range want {
			b[i] += matrix[max(i, j)][min(i, j)] * want[j]
		}
	}
	if err := matrix.factor(); err != nil {
		t.Fatalf("factor: %v", err)
	}
	matrix.solve(b)
	for i := range b {
		if math.Abs(b[i]-want[i]) > 1e-9 {
			t.Fatalf("solution %d is %v, want %v", i, b[i], want[i])
		}
	}
	if err := gram.minus(gram, -1).factor(); err == nil {
		t.Error("a negative matrix was factored")
	}
}

func checkGram(t *testing.T, gram triangle, rows [][]float32) {
	t.Helper()
	for i := range gram {
		for j := range gram[i] {
			var want float64
			for k := range rows[i] {
				want += float64(rows[i][k]) * float64(rows[j][k])
			}
			if math.Abs(gram[i][j]-want) > 1e-5 {
				t.Fatalf("product of rows %d and %d is %v, want %v", i, j, gram[i][j], want)
			}
		}
	}
}

func sampleRidge(examples int) *ridgeTask {
	random := rand.New(rand.NewPCG(5, 6))
	task := &ridgeTask{fourier: newFourierMap(8, 32, 1), labels: 3, penalty: 0.3, evaluated: foldCount}
	for range examples {
		task.embeddings = append(task.embeddings, randomUnit(random, 8))
		task.classes = append(task.classes, random.IntN(3))
	}
	task.folds = stratifiedFolds(task.classes, 3, 1)
	return task
}

// Both ways solve one problem, so they must agree on models and held-out scores.
func TestRidgePrimalAgreesWithDual(t *testing.T) {
	t.Parallel()
	task := sampleRidge(60)
	primal, primalHeld, err := task.trainPrimal(t.Context())
	if err != nil {
		t.Fatalf("primal: %v", err)
	}
	dual, dualHeld, err := task.trainDual(t.Context())
	if err != nil {
		t.Fatalf("dual: %v", err)
	}
	for i := range primal.weights {
		if math.Abs(float64(primal.weights[i]-dual.weights[i])) > 1e-3 {
			t.Fatalf("weight %d is %v in the primal and %v in the dual", i, primal.weights[i], dual.weights[i])
		}
	}
	for i := range primalHeld {
		for label := range primalHeld[i] {
			if math.Abs(float64(primalHeld[i][label]-dualHeld[i][label])) > 1e-3 {
				t.Fatalf("held-out score %d is %v in the primal and %v in the dual", i, primalHeld[i], dualHeld[i])
			}
		}
	}
}

// At the optimum the gradient of ½‖w‖² + C·Σ max(0, 1−y·s)² is zero.
func TestSupportVectorsReachTheOptimum(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(7, 8))
	const rows, documents = 30, 120
	solver := &supportVectors{cost: 0.5, random: random, weights: make([]float32, rows+1), alphas: make([]float64, documents)}
	for i := range documents {
		d := weighted{}
		for row := range uint32(rows) {
			if random.IntN(4) == 0 {
				d.rows, d.values = append(d.rows, row), append(d.values, float32(random.NormFloat64()/3))
			}
		}
		solver.documents = append(solver.documents, d)
		solver.members = append(solver.members, i)
	}
	solver.squares = squaredLengths(solver.documents)
	for i := range documents {
		solver.signs = append(solver.signs, -1)
		if i%3 == 0 {
			solver.signs[i] = 1
		}
	}
	weights := solver.solve()
	gradient := make([]float64, rows+1)
	for i := range gradient {
		gradient[i] = float64(weights[i])
	}
	for i, d := range solver.documents {
		sign := float64(solver.signs[i])
		slack := max(0, 1-sign*solver.score(i))
		for k, row := range d.rows {
			gradient[row] -= 2 * solver.cost * slack * sign * float64(d.values[k])
		}
		gradient[rows] -= 2 * solver.cost * slack * sign
	}
	for i, g := range gradient {
		if math.Abs(g) > 0.1 {
			t.Errorf("the gradient of weight %d is %v, want nearly 0", i, g)
		}
	}
}

func TestFoldsAreStratified(t *testing.T) {
	t.Parallel()
	classes := make([]int, 53)
	for i := range classes {
		classes[i] = i % 4
	}
	var counts [foldCount][4]int
	for i, fold := range stratifiedFolds(classes, 4, 9) {
		counts[fold][classes[i]]++
	}
	for class := range 4 {
		lowest, highest := len(classes), 0
		for fold := range counts {
			lowest, highest = min(lowest, counts[fold][class]), max(highest, counts[fold][class])
		}
		if highest-lowest > 1 {
			t.Errorf("folds hold %d to %d examples of class %d, want a difference of 1 at most", lowest, highest, class)
		}
	}
	for examples, want := range map[int]int{2: 5, 300: 5, 1500: 5, 3000: 3, 10003: 1, 1000000: 1} {
		if got := evaluatedFolds(examples); got != want {
			t.Errorf("%d examples have %d folds held out, want %d", examples, got, want)
		}
	}
}

func TestFitWeightsFindsTheInformedPart(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(11, 12))
	var examples []heldOut
	for range 2000 {
		h := heldOut{class: random.IntN(3)}
		for part := range h.scores {
			h.scores[part] = []float32{float32(random.NormFloat64()), float32(random.NormFloat64()), float32(random.NormFloat64())}
		}
		h.scores[partTerms][h.class] += 2
		examples = append(examples, h)
	}
	weights := fitWeights(examples, [partCount]bool{true, true, false})
	// For unit noise and a shift of 2, the likelihood ratio is exp(2·score).
	if math.Abs(weights[partTerms]-2) > 0.2 || weights[partFourier] < 0 || weights[partFourier] > 0.1 {
		t.Errorf("weights are %v, want about 2 and 0", weights)
	}
	alone := fitWeights(examples, [partCount]bool{true, false})
	if alone[partFourier] != 0 {
		t.Errorf("a part that is not used weighs %v", alone[partFourier])
	}
}

func TestQuantiseKeepsWeights(t *testing.T) {
	t.Parallel()
	for _, weights := range [][]float32{{0.5, 0, -1, 3}, {-0.25, 0, 1, 4}, {0, 0, 0, 1}} {
		got := quantise(weights)
		for row, want := range weights[:3] {
			if rounded := got.scale * float32(got.weights[row]); math.Abs(float64(rounded-want)) > 0.004 {
				t.Errorf("weight %d of %v is %v, want %v", row, weights, rounded, want)
			}
		}
		if got.bias != weights[3] {
			t.Errorf("the bias of %v is %v, want %v", weights, got.bias, weights[3])
		}
	}
}

func TestTablesScoreLikeTheirColumns(t *testing.T) {
	t.Parallel()
	columns := []column{quantise([]float32{0.5, 0, -1, 3}), quantise([]float32{-0.25, 0, 1, 4}), quantise([]float32{0.1, 0.2, 0.3, 0})}
	joined := joinLinear([]*linear{newLinear(columns[:2], 3), newLinear(columns[2:], 3)}, 3)
	document := weighted{rows: []uint32{0, 2, 1, 0, 1, 2}, values: []float32{0.6, 0.8, 0.3, -0.2, 0.1, 0.7}}
	scores := make([]float32, 3)
	joined.score(scores, document)
	for label, c := range columns {
		if want := c.score(document); math.Abs(float64(scores[label]-want)) > 1e-6 {
			t.Errorf("label %d scores %v in the joined table, want %v", label, scores[label], want)
		}
	}
	if got, want := advantage(joined.row(2), joined.scales[:2], 1), (1.0 - -1.0)/2; math.Abs(float64(got)-want) > 0.01 {
		t.Errorf("the advantage of the second label of the first table is %v, want %v", got, want)
	}
}
