package learn

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// At the optimum of ½λ‖w‖² + ½Σ(w·x−y)² the gradient λw + Σ(w·x−y)x is zero.
func TestRidgeReachesTheOptimum(t *testing.T) {
	t.Parallel()
	for _, examples := range []int{20, 90} {
		task := sampleRidge(examples)
		model, _, err := task.train(t.Context())
		if err != nil {
			t.Fatalf("train on %d: %v", examples, err)
		}
		size := task.fourier.size()
		features, scores := make([]float32, size), make([]float32, task.labels)
		gradients := make([]float64, size*task.labels)
		for i, weight := range model.weights {
			gradients[i] = task.penalty * float64(weight)
		}
		for i, embedding := range task.embeddings {
			task.fourier.features(features, embedding)
			model.score(scores, features, 0)
			for label, score := range scores {
				residual := float64(score) + 1
				if task.classes[i] == label {
					residual = float64(score) - 1
				}
				for k, x := range features {
					gradients[label*size+k] += residual * float64(x)
				}
			}
		}
		for i, g := range gradients {
			if math.Abs(g) > 2e-3 {
				t.Fatalf("with %d examples the gradient of weight %d is %v, want nearly 0", examples, i, g)
			}
		}
	}
}

// A held-out score is that of a model which was trained on the other folds only.
func TestRidgeHoldsOutHonestly(t *testing.T) {
	t.Parallel()
	for _, examples := range []int{30, 80} {
		task := sampleRidge(examples)
		_, held, err := task.train(t.Context())
		if err != nil {
			t.Fatalf("train: %v", err)
		}
		others := *task
		others.embeddings, others.classes, others.folds, others.evaluated = nil, nil, nil, 0
		for i, fold := range task.folds {
			if fold != 3 {
				others.embeddings, others.classes = append(others.embeddings, task.embeddings[i]), append(others.classes, task.classes[i])
				others.folds = append(others.folds, 0)
			}
		}
		model, _, err := others.train(t.Context())
		if err != nil {
			t.Fatalf("train without fold 3: %v", err)
		}
		want := make([][]float32, examples)
		task.scoreFold(want, model, 3)
		for i := range want {
			for label := range want[i] {
				if math.Abs(float64(held[i][label]-want[i][label])) > 2e-3 {
					t.Errorf("example %d of %d is held out at %v, want %v", i, examples, held[i], want[i])
				}
			}
		}
	}
}

func TestKernelOfSome(t *testing.T) {
	t.Parallel()
	task := sampleRidge(24)
	all, err := newKernel(t.Context(), task.fourier, task.embeddings)
	if err != nil {
		t.Fatalf("compute the kernel: %v", err)
	}
	members := []int{0, 3, 4, 11, 23}
	var embeddings [][]float32
	for _, member := range members {
		embeddings = append(embeddings, task.embeddings[member])
	}
	own, err := newKernel(t.Context(), task.fourier, embeddings)
	if err != nil {
		t.Fatalf("compute the small kernel: %v", err)
	}
	chosen := all.of(members)
	for i := range members {
		if !slices.Equal(chosen.rows[i], own.rows[i]) {
			t.Errorf("row %d is another one", i)
		}
		for j := range i + 1 {
			if math.Abs(chosen.products[i][j]-own.products[i][j]) > 1e-5 {
				t.Errorf("product %d, %d is %v, want %v", i, j, chosen.products[i][j], own.products[i][j])
			}
		}
	}
}

// randomProblem has sparse documents of which some are positive.
func randomProblem(seed uint64, rows, documents int, cost float64) *supportVectors {
	random := rand.New(rand.NewPCG(seed, 9))
	s := &supportVectors{cost: cost, random: random, weights: make([]float32, rows+1), alphas: make([]float64, documents), signs: make([]int8, documents)}
	for i := range documents {
		d := weighted{}
		for row := range uint32(rows) {
			if random.IntN(3) == 0 {
				d.rows, d.values = append(d.rows, row), append(d.values, float32(random.NormFloat64()/4))
			}
		}
		s.documents, s.members = append(s.documents, d), append(s.members, i)
		s.signs[i] = int8(2*random.IntN(2) - 1)
	}
	s.squares = squaredLengths(s.documents)
	return s
}

// The weights are the sum of the dual variables' documents, none of them below
// zero; and each violates its condition by the tolerance at most.
func TestSupportVectorsAreDualFeasible(t *testing.T) {
	t.Parallel()
	for seed, cost := range []float64{0.05, 0.5, 5} {
		s := randomProblem(uint64(seed), 25, 80, cost)
		weights := s.solve()
		want := make([]float64, len(weights))
		for i, alpha := range s.alphas {
			if alpha < 0 {
				t.Errorf("cost %v: dual variable %d is %v", cost, i, alpha)
			}
			signed := alpha * float64(s.signs[i])
			want[len(want)-1] += signed
			for k, row := range s.documents[i].rows {
				want[row] += signed * float64(s.documents[i].values[k])
			}
			gradient := float64(s.signs[i])*s.score(i) - 1 + alpha/(2*cost)
			if alpha > 0 && math.Abs(gradient) > 2*svmTolerance || gradient < -2*svmTolerance {
				t.Errorf("cost %v: document %d has the dual variable %v and the gradient %v", cost, i, alpha, gradient)
			}
		}
		for row := range want {
			if math.Abs(want[row]-float64(weights[row])) > 1e-3 {
				t.Errorf("cost %v: weight %d is %v, want %v", cost, row, weights[row], want[row])
			}
		}
	}
}

func TestSupportVectorsOfNothing(t *testing.T) {
	t.Parallel()
	s := randomProblem(1, 5, 0, 0.5)
	if weights := s.solve(); slices.ContainsFunc(weights, func(w float32) bool { return w != 0 }) {
		t.Errorf("no documents give the weights %v", weights)
	}
}

func noisyHeldOut(count int, shifts [partCount]float32) []heldOut {
	random := rand.New(rand.NewPCG(11, 13))
	var examples []heldOut
	for range count {
		h := heldOut{class: random.IntN(4)}
		for part := range h.scores {
			for range 4 {
				h.scores[part] = append(h.scores[part], float32(random.NormFloat64()))
			}
			h.scores[part][h.class] += shifts[part]
		}
		examples = append(examples, h)
	}
	return examples
}

func TestLikelihoodsDerivatives(t *testing.T) {
	t.Parallel()
	examples := noisyHeldOut(50, [partCount]float32{1, 0.5})
	const step = 1e-4
	for _, at := range [][partCount]float64{{0, 0}, {1, 2}, {3, -1}} {
		_, gradient, hessian := likelihood(examples, at)
		for part := range at {
			above, below := at, at
			above[part] += step
			below[part] -= step
			up, gradientUp, _ := likelihood(examples, above)
			down, gradientDown, _ := likelihood(examples, below)
			if slope := (up - down) / (2 * step); math.Abs(slope-gradient[part]) > 1e-3 {
				t.Errorf("at %v the slope of part %d is %v, the gradient says %v", at, part, slope, gradient[part])
			}
			for other := range at {
				if bend := (gradientUp[other] - gradientDown[other]) / (2 * step); math.Abs(bend-hessian[part][other]) > 1e-2 {
					t.Errorf("at %v the bend %d, %d is %v, the Hessian says %v", at, part, other, bend, hessian[part][other])
				}
			}
		}
	}
}

func TestFittedWeightsAreOptimalAndNeverNegative(t *testing.T) {
	t.Parallel()
	for _, shifts := range [][partCount]float32{{1, 0.5}, {2, 2}, {0.1, 1}, {-1, 1}, {1, -1}, {-1, -1}} {
		examples := noisyHeldOut(400, shifts)
		weights := fitWeights(examples, [partCount]bool{true, true, true})
		_, gradient, _ := likelihood(examples, weights)
		for part, weight := range weights {
			switch {
			case weight < 0:
				t.Errorf("shifts %v: part %d weighs %v, want 0 or more", shifts, part, weight)
			case weight > 0 && math.Abs(gradient[part]) > 0.05:
				t.Errorf("shifts %v: the gradient of part %d is %v at the weight %v", shifts, part, gradient[part], weight)
			case weight == 0 && gradient[part] < -0.05:
				t.Errorf("shifts %v: part %d weighs nothing although more would be likelier", shifts, part)
			}
		}
	}
}
