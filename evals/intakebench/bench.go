package intakebench

import (
	"context"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/signalbox/signalbox/internal/fault"
)

// Target is the running service, as functions. All may be called concurrently.
type Target struct {
	// Redis is the service's Redis; the no-op tasks use a queue of their own there.
	Redis redis.UniversalClient
	// Insert commits one row.
	Insert func(ctx context.Context) error
	// Post hands in ticket number i and returns when it was accepted. Numbers do not
	// repeat within a run.
	Post func(ctx context.Context, i int) error
	// Decided counts the stored decisions.
	Decided func(ctx context.Context) (int64, error)
	// DecidedAt returns when the tickets from number first on were decided, by number,
	// on this machine's clock (decisions.created_at).
	DecidedAt func(ctx context.Context, first int) (map[int]time.Time, error)
}

// Config says how much is measured. Zero values mean the defaults.
type Config struct {
	Noops   int           // no-op tasks, 20,000
	Inserts int           // single-row commits, 10,000
	Tickets int           // tickets at full speed, 8,000
	Clients int           // connections that insert and post, 16
	Rate    int           // tickets a second of the latency part, 100
	For     time.Duration // length of the latency part, 20 s
}

func (c Config) withDefaults() Config {
	for _, setting := range []struct {
		value  *int
		preset int
	}{{&c.Noops, 20_000}, {&c.Inserts, 10_000}, {&c.Tickets, 8_000}, {&c.Clients, 16}, {&c.Rate, 100}} {
		if *setting.value == 0 {
			*setting.value = setting.preset
		}
	}
	if c.For == 0 {
		c.For = 20 * time.Second
	}
	return c
}

// Validate names the first value that is out of range.
func (c Config) Validate() error {
	c = c.withDefaults()
	for name, value := range map[string]int{"Noops": c.Noops, "Inserts": c.Inserts, "Tickets": c.Tickets, "Clients": c.Clients, "Rate": c.Rate} {
		if value < 1 || value > 10_000_000 {
			return fault.Field(fault.Invalid, name, "is out of range", "use 1 to 10000000")
		}
	}
	if c.For < 100*time.Millisecond || c.For > time.Hour {
		return fault.Field(fault.Invalid, "For", "is out of range", "use 100ms to 1h")
	}
	return nil
}

// Result is what was measured. Latency is from the moment a ticket was due until
// its decision, in milliseconds.
type Result struct {
	TicketsPerSecond float64 `json:"tickets_per_second"`
	ShareOfNoop      float64 `json:"share_of_noop"` // tickets_per_second ÷ noop_per_second
	P50              float64 `json:"p50_ms"`
	P95              float64 `json:"p95_ms"`
	P99              float64 `json:"p99_ms"`
	NoopPerSecond    float64 `json:"noop_per_second"`
	InsertsPerSecond float64 `json:"inserts_per_second"`
}

// Run measures no-op tasks, commits, throughput and latency, in this order. It
// returns an error if a ticket is refused or never decided.
func Run(ctx context.Context, config Config, target Target) (Result, error) {
	if err := config.Validate(); err != nil {
		return Result{}, err
	}
	config = config.withDefaults()
	var result Result
	var err error
	if result.NoopPerSecond, err = noops(ctx, config, target.Redis); err != nil {
		return result, fmt.Errorf("measure no-op tasks: %w", err)
	}
	insert := func(ctx context.Context, _ int) error { return target.Insert(ctx) }
	if result.InsertsPerSecond, err = rate(ctx, config.Inserts, config.Clients, insert, nil); err != nil {
		return result, fmt.Errorf("measure commits: %w", err)
	}
	before, err := target.Decided(ctx)
	if err != nil {
		return result, fmt.Errorf("count decisions: %w", err)
	}
	all := func() error { return awaitDecided(ctx, target, before+int64(config.Tickets)) }
	if result.TicketsPerSecond, err = rate(ctx, config.Tickets, config.Clients, target.Post, all); err != nil {
		return result, fmt.Errorf("measure throughput: %w", err)
	}
	result.ShareOfNoop = result.TicketsPerSecond / result.NoopPerSecond
	latencies, err := arrivals(ctx, config, target)
	if err != nil {
		return result, fmt.Errorf("measure latency: %w", err)
	}
	result.P50, result.P95, result.P99 = quantile(latencies, 0.50), quantile(latencies, 0.95), quantile(latencies, 0.99)
	return result, nil
}
