package triagebench

import (
	"context"
	"crypto/sha256"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/triage"
)

// Decider is what is measured. It is safe for concurrent use.
type Decider interface {
	Decide(input triage.Input) (triage.Decision, error)
}

// Config says how much is measured. Zero values mean the defaults.
type Config struct {
	Texts int   // tickets of each length, 500
	Words []int // lengths, 15, 66, 200 and 2,000
}

const (
	standardTexts = 500
	rounds        = 3 // each ticket is decided so often; every time counts
	referenceSize = 64 << 10
)

var standardWords = []int{15, 66, 200, 2_000}

func (c Config) withDefaults() Config {
	if c.Texts == 0 {
		c.Texts = standardTexts
	}
	if len(c.Words) == 0 {
		c.Words = standardWords
	}
	return c
}

// Validate names the first value that is out of range.
func (c Config) Validate() error {
	c = c.withDefaults()
	if c.Texts < 10 || c.Texts > 100_000 {
		return fault.Field(fault.Invalid, "Texts", "is out of range", "use 10 to 100000")
	}
	for _, words := range c.Words {
		if words < 1 || words > 100_000 {
			return fault.Field(fault.Invalid, "Words", "is out of range", "use 1 to 100000")
		}
	}
	return nil
}

// Result is what was measured.
type Result struct {
	// Reference is the median time to hash 64 KiB with SHA-256, in microseconds.
	Reference float64 `json:"reference_us"`
	Cores     int     `json:"cores"`
	Sizes     []Size  `json:"sizes"`
}

// Size is what was measured of tickets of one length, in microseconds a ticket.
type Size struct {
	Words       int     `json:"words"`
	Median      float64 `json:"median_us"`
	P95         float64 `json:"p95_us"`
	P99         float64 `json:"p99_us"`
	CPU         float64 `json:"cpu_us"` // the mean of CPU time, garbage collector included: other work on the machine does not count
	ToReference float64 `json:"median_to_reference"`
	Allocations float64 `json:"allocations"` // a ticket
	Bytes       float64 `json:"bytes"`       // allocated a ticket
	OneCore     float64 `json:"decisions_per_second_one_core"`
	AllCores    float64 `json:"decisions_per_second_all_cores"`
}

// Run measures each length in turn. It holds the process to one core while it
// measures single decisions. The error is the first decision's that fails.
func Run(ctx context.Context, config Config, decider Decider, source *Source) (Result, error) {
	if err := config.Validate(); err != nil {
		return Result{}, err
	}
	config = config.withDefaults()
	result := Result{Reference: reference(), Cores: runtime.GOMAXPROCS(0)}
	for _, words := range config.Words {
		inputs := source.Inputs(words, config.Texts)
		size, err := measure(ctx, decider, inputs)
		if err != nil {
			return result, err
		}
		size.Words, size.ToReference = words, size.Median/result.Reference
		if size.AllCores, err = together(ctx, decider, inputs); err != nil {
			return result, err
		}
		result.Sizes = append(result.Sizes, size)
	}
	return result, nil
}

// reference is the median of a fixed piece of work, in microseconds.
func reference() float64 {
	block := make([]byte, referenceSize)
	times := make([]float64, 201)
	for i := range times {
		started := time.Now()
		block[0] = sha256.Sum256(block)[0]
		times[i] = microseconds(time.Since(started))
	}
	return quantile(times, 0.5)
}

func microseconds(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e3 }

// measure decides one after the other on one core. The first round warms up and
// does not count.
func measure(ctx context.Context, decider Decider, inputs []triage.Input) (Size, error) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	times := make([]float64, 0, rounds*len(inputs))
	var before, after runtime.MemStats
	var took, cpu time.Duration
	for round := range rounds + 1 {
		if round == 1 {
			times = times[:0]
			took, cpu = 0, cpuTime()
			runtime.GC()
			runtime.ReadMemStats(&before)
		}
		started := time.Now()
		for _, input := range inputs {
			begun := time.Now()
			if _, err := decider.Decide(input); err != nil {
				return Size{}, err
			}
			times = append(times, microseconds(time.Since(begun)))
		}
		took += time.Since(started)
		if err := ctx.Err(); err != nil {
			return Size{}, err
		}
	}
	runtime.ReadMemStats(&after)
	decided := float64(rounds * len(inputs))
	return Size{
		CPU:    microseconds(cpuTime()-cpu) / decided,
		Median: quantile(times, 0.5), P95: quantile(times, 0.95), P99: quantile(times, 0.99),
		Allocations: float64(after.Mallocs-before.Mallocs) / decided, Bytes: float64(after.TotalAlloc-before.TotalAlloc) / decided,
		OneCore: decided / took.Seconds(),
	}, nil
}

// cpuTime is what this process has used so far.
func cpuTime() time.Duration {
	var used syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &used) != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// together decides on all cores and returns decisions a second.
func together(ctx context.Context, decider Decider, inputs []triage.Input) (float64, error) {
	total := int64(rounds * len(inputs))
	var next atomic.Int64
	var failure error
	var once sync.Once
	var group sync.WaitGroup
	started := time.Now()
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for i := next.Add(1) - 1; i < total && ctx.Err() == nil; i = next.Add(1) - 1 {
				if _, err := decider.Decide(inputs[i%int64(len(inputs))]); err != nil {
					once.Do(func() { failure = err })
					return
				}
			}
		})
	}
	group.Wait()
	if failure == nil {
		failure = ctx.Err()
	}
	return float64(total) / time.Since(started).Seconds(), failure
}

// quantile is the smallest value that at least this share does not exceed.
func quantile(values []float64, share float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[min(int(share*float64(len(sorted))), len(sorted)-1)]
}
