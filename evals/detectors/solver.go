package detectors

// solver learns one value against the others: a support vector machine with squared
// hinge loss and the offset as a feature, by dual coordinate descent (Hsieh et al.
// 2008) on the kernel.
type solver struct {
	kernel  *kernel
	members []int
	signs   []float64 // by member
	cost    float64
}

const (
	solverRounds    = 60
	solverTolerance = 4e-2
)

// solve returns the weight of each example of the kernel, 0 for those that are no
// members. It begins at the weights start, if there are any.
func (s *solver) solve(start []float64) []float64 {
	alphas := make([]float64, len(s.members))
	margins := make([]float64, s.kernel.size) // the score of each example
	for i, member := range s.members {
		if start != nil && start[member]*s.signs[i] > 0 {
			alphas[i] = start[member] * s.signs[i]
			s.add(margins, member, start[member])
		}
	}
	for range solverRounds {
		largest := 0.0
		for i, member := range s.members {
			gradient := s.signs[i]*margins[member] - 1 + alphas[i]/(2*s.cost)
			if alphas[i] == 0 && gradient >= 0 {
				continue
			}
			largest = max(largest, gradient, -gradient)
			if max(gradient, -gradient) < solverTolerance {
				continue // near enough; a step costs a row
			}
			next := max(0, alphas[i]-gradient/(float64(s.kernel.rows[member][member])+1/(2*s.cost)))
			if change := (next - alphas[i]) * s.signs[i]; change != 0 {
				s.add(margins, member, change)
				alphas[i] = next
			}
		}
		if largest < solverTolerance {
			break
		}
	}
	weights := make([]float64, s.kernel.size)
	for i, member := range s.members {
		weights[member] = alphas[i] * s.signs[i]
	}
	return weights
}

func (s *solver) add(margins []float64, member int, change float64) {
	row := s.kernel.rows[member]
	margins = margins[:len(row)]
	for j, product := range row {
		margins[j] += change * float64(product)
	}
}
