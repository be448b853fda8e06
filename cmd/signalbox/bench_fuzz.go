package main

import (
	"errors"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/signalbox/signalbox/evals/samplecompany"
	"github.com/signalbox/signalbox/evals/triagefuzz"
)

func (s *shell) benchFuzz() *cobra.Command {
	config := triagefuzz.Config{Workers: runtime.GOMAXPROCS(0)}
	command := &cobra.Command{
		Use: "fuzz", Short: "Decide hostile and random inputs; digest all decisions", Args: cobra.NoArgs,
		Long: `Train on the sample company in memory and decide generated inputs: random bytes and characters
of every script, mutated sample tickets, nested HTML, texts of 100,000 characters, long
threads, facts that no store would give. A decision is broken if deciding panics or fails, or
if its numbers, sum or spans cannot be. The digest over all decisions is the same for the same
inputs and seed, whatever the number of cores. Exit code 1 if anything is broken.`,
		Example: "  signalbox bench fuzz\n  GOMAXPROCS=1 signalbox bench fuzz --inputs 1000000 --seed 1 --json",
		RunE: func(command *cobra.Command, _ []string) error {
			if err := config.Validate(); err != nil {
				return err
			}
			company, err := samplecompany.Load()
			if err != nil {
				return err
			}
			deciders, err := triagefuzz.SampleDeciders(command.Context(), company)
			if err != nil {
				return err
			}
			config.Progress = s.fuzzProgress()
			result, err := triagefuzz.Run(command.Context(), config, triagefuzz.NewGenerator(company), deciders...)
			if err != nil {
				return err
			}
			err = s.print(result, func() {
				s.printf("%d inputs of seed %d, %.0f a second, %d broken\ndigest %s\n", result.Inputs, result.Seed, result.PerSecond, result.Broken, result.Digest)
				s.printf("%s", printable(strings.Join(result.First, "\n")))
			})
			if err == nil && result.Broken > 0 {
				err = errors.New("some decisions are broken")
			}
			return err
		},
	}
	command.Flags().IntVar(&config.Inputs, "inputs", 20_000, "how many inputs")
	command.Flags().Uint64Var(&config.Seed, "seed", 1, "seed of the inputs")
	return s.withJSON(command)
}

// fuzzProgress shows how far a run is; workers call it side by side.
func (s *shell) fuzzProgress() func(done, total int) {
	var mutex sync.Mutex
	started, meter := time.Now(), s.meter("inputs")
	return func(done, total int) {
		mutex.Lock()
		defer mutex.Unlock()
		rate := float64(done) / max(time.Since(started).Seconds(), 1e-3)
		meter.show(done, total, rate, time.Duration(float64(total-done)/max(rate, 1)*float64(time.Second)))
	}
}
