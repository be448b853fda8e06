package triagesuite

import (
	"fmt"
	"slices"

	"github.com/signalbox/signalbox/evals/dataset"
	"github.com/signalbox/signalbox/internal/fault"
)

// Config of a run. The zero value of a field means its default.
type Config struct {
	// OutOfScope is the label of rows that no label fits; "" for none.
	OutOfScope string
	// FewShot is how many examples of each label are drawn; 0 takes all.
	FewShot int
	// Seeds is how many trainings are averaged; 5 with FewShot, else 1.
	Seeds int
	// Seed of the first training, of sampling and of the folds.
	Seed uint64
	// Targets are the precisions to keep when acting alone; by default .90, .95, .98.
	Targets []float64
	// Cost is how much in-scope accuracy may be lost, on the rows that thresholds
	// are chosen on, to find what is out of scope; by default .01.
	Cost float64
	// Progress is told what is being done, and how much of it.
	Progress func(stage string, done, total int)
}

// DefaultTargets are the precisions that are judged unless others are named.
var DefaultTargets = []float64{0.90, 0.95, 0.98}

const (
	defaultCost  = 0.01
	defaultSeeds = 5
	foldCount    = 5
	maximumSeeds = 100
)

func (c Config) withDefaults() Config {
	if len(c.Targets) == 0 {
		c.Targets = DefaultTargets
	}
	c.Targets = slices.Compact(slices.Sorted(slices.Values(c.Targets)))
	if c.Cost == 0 {
		c.Cost = defaultCost
	}
	if c.Seeds == 0 {
		c.Seeds = 1
		if c.FewShot > 0 {
			c.Seeds = defaultSeeds
		}
	}
	if c.Progress == nil {
		c.Progress = func(string, int, int) {}
	}
	return c
}

// Validate names the flag that is out of range.
func (c Config) Validate() error {
	for _, target := range c.Targets {
		if !(target > 0 && target < 1) {
			return fault.Field(fault.Invalid, "--target", fmt.Sprintf("is %v", target), "use a precision between 0 and 1, such as 0.95")
		}
	}
	switch {
	case c.FewShot < 0 || c.FewShot > 10_000:
		return fault.Field(fault.Invalid, "--few-shot", "is out of range", "use 1 to 10000 examples a label, or leave it out")
	case c.Seeds < 0 || c.Seeds > maximumSeeds:
		return fault.Field(fault.Invalid, "--seeds", "is out of range", "use 1 to 100")
	case !(c.Cost >= 0 && c.Cost < 1):
		return fault.Field(fault.Invalid, "--oos-cost", "is out of range", "use a share of accuracy below 1, such as 0.01")
	}
	return nil
}

// Data are the rows of a run.
type Data struct {
	// Fields name the label columns, in the order of a row's labels.
	Fields []string
	// Valid and Test may be empty: thresholds are then chosen on what training
	// held out, and the training rows are cross-validated.
	Train, Valid, Test dataset.Table
}
