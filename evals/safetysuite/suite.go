package safetysuite

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/signalbox/signalbox/evals"
	"github.com/signalbox/signalbox/internal/fault"
)

// Name of the suite.
const Name = "safety"

// Parts are what --only may name.
var Parts = []string{"separation"}

var _ evals.Suite = (*Suite)(nil)

// Config says how much is tried. Zero values mean the defaults.
type Config struct {
	Only     []string // nil is every part
	Queries  int      // 500, on each route
	Pairs    int      // 1,000, on each route that reads
	Clients  int      // 4; a deployment is asked by one
	Seed     uint64
	Progress func(stage string, done, total int)

	deployment bool
}

func (c Config) clients() int {
	if c.deployment {
		return 1
	}
	return c.Clients
}

// Validate names the first value that is wrong.
func (c Config) Validate() error {
	for _, part := range c.Only {
		if !slices.Contains(Parts, part) {
			return fault.Field(fault.Invalid, "--only", "is unknown", "use "+strings.Join(Parts, ", "))
		}
	}
	for _, number := range []struct {
		name  string
		value int
	}{{"--queries", c.Queries}, {"--pairs", c.Pairs}} {
		if number.value < 1 || number.value > 100_000 {
			return fault.Field(fault.Invalid, number.name, "is out of range", "use 1 to 100000")
		}
	}
	return nil
}

// Suite is one measurement, ready to run.
type Suite struct {
	Version string
	Config  Config
	Open    func(ctx context.Context) (*Target, error)
}

// Name is that of every suite of this package.
func (s *Suite) Name() string { return Name }

// Run makes the target, attacks it and closes it. The report's Detail is a *Result.
func (s *Suite) Run(ctx context.Context) (_ *evals.Report, err error) {
	config := s.Config
	if config.Queries == 0 {
		config.Queries = 500
	}
	if config.Pairs == 0 {
		config.Pairs = 1000
	}
	if config.Clients == 0 {
		config.Clients = 4
	}
	if err := config.Validate(); err != nil {
		return nil, err
	}
	target, err := s.Open(ctx)
	if err != nil {
		return nil, err
	}
	if target.Close != nil {
		defer func() { err = errors.Join(err, target.Close()) }()
	}
	result, err := attack(ctx, config, target)
	if err != nil {
		return nil, err
	}
	result.Version = s.Version
	figures, err := evals.FiguresOf(result)
	if err != nil {
		return nil, err
	}
	return &evals.Report{Detail: result, Run: evals.Run{
		Schema: evals.RunSchema, Suite: Name, Version: s.Version, CreatedAt: result.CreatedAt, DataHash: hashOf(target), Figures: figures, Rows: []evals.Row{},
	}}, nil
}

func attack(ctx context.Context, config Config, target *Target) (*Result, error) {
	if len(target.Hidden) == 0 {
		return nil, fault.New(fault.Unprocessable, "there is no internal text to look for")
	}
	config.deployment = target.Without == nil
	attempt := &run{
		config: config, target: target, secret: newSecret(target), uncovered: map[string]bool{},
		queries: shuffledOf(queriesOf(target, config.Queries, config.Seed), config.Seed),
		found:   &Separation{Queries: config.Queries, Hidden: len(target.Hidden), Findings: []Finding{}, Masked: []string{}, Skipped: []string{}},
		routes:  map[string]*Route{}, kinds: map[string]*Kind{},
	}
	result := &Result{Suite: Name, CreatedAt: time.Now(), Only: Parts, Target: "pair", Seed: config.Seed, Separation: attempt.found, Gates: []evals.Verdict{}}
	if config.Only != nil {
		result.Only = config.Only
	}
	if config.deployment {
		result.Target = "url"
	} else {
		attempt.found.Masked = masked()
	}
	if err := attempt.separation(ctx); err != nil {
		return nil, err
	}
	if !config.deployment {
		if err := attempt.timing(ctx); err != nil {
			return nil, err
		}
	}
	result.Passed = len(attempt.found.Findings) == 0
	return result, nil
}

// hashOf names what was hidden, without holding it.
func hashOf(target *Target) string {
	sum := sha256.New()
	for _, article := range target.Hidden {
		sum.Write([]byte(article.Title + "\x00" + article.Body + "\x00"))
	}
	return hex.EncodeToString(sum.Sum(nil))
}
