package intakebench

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// stall is how long the count of decisions may stand still before a run is given up.
const stall = time.Minute

// countEvery is how often decisions are counted: seldom enough to take nothing
// away from what is measured.
const countEvery = 50 * time.Millisecond

// rate runs do for numbers 0 to count-1 from this many clients, then waits for
// after, and returns how many there were a second.
func rate(ctx context.Context, count, clients int, do func(context.Context, int) error, after func() error) (float64, error) {
	var next atomic.Int64
	started := time.Now()
	group, grouped := errgroup.WithContext(ctx)
	for range clients {
		group.Go(func() error {
			for {
				number := int(next.Add(1)) - 1
				if number >= count {
					return nil
				}
				if err := do(grouped, number); err != nil {
					return err
				}
			}
		})
	}
	if err := group.Wait(); err != nil {
		return 0, err
	}
	if after != nil {
		if err := after(); err != nil {
			return 0, err
		}
	}
	return float64(count) / time.Since(started).Seconds(), nil
}

// awaitDecided waits until this many decisions are stored.
func awaitDecided(ctx context.Context, target Target, want int64) error {
	var last int64
	moved := time.Now()
	for {
		decided, err := target.Decided(ctx)
		if err != nil || decided >= want {
			return err
		}
		if decided != last {
			last, moved = decided, time.Now()
		}
		if time.Since(moved) > stall {
			return fmt.Errorf("%d of %d tickets were decided, and no further one for %s", decided, want, stall)
		}
		if err := sleep(ctx, countEvery); err != nil {
			return err
		}
	}
}

// arrivals posts tickets at the configured rate, each when it is due, and returns
// their latencies in milliseconds.
func arrivals(ctx context.Context, config Config, target Target) ([]float64, error) {
	count := int(config.For.Seconds() * float64(config.Rate))
	first := config.Tickets // the numbers before were posted at full speed
	before, err := target.Decided(ctx)
	if err != nil {
		return nil, err
	}
	started := time.Now()
	due := func(i int) time.Time {
		return started.Add(time.Duration(float64(i) / float64(config.Rate) * float64(time.Second)))
	}
	group, grouped := errgroup.WithContext(ctx)
	for i := range count {
		if err := sleep(grouped, time.Until(due(i))); err != nil {
			break
		}
		group.Go(func() error { return target.Post(grouped, first+i) })
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	if err := awaitDecided(ctx, target, before+int64(count)); err != nil {
		return nil, err
	}
	decidedAt, err := target.DecidedAt(ctx, first)
	if err != nil {
		return nil, err
	}
	latencies := make([]float64, 0, count)
	for i := range count {
		at, found := decidedAt[first+i]
		if !found {
			return nil, fmt.Errorf("ticket %d has no decision", first+i)
		}
		latencies = append(latencies, float64(at.Sub(due(i)))/float64(time.Millisecond))
	}
	return latencies, nil
}

func sleep(ctx context.Context, wait time.Duration) error {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// quantile returns the smallest value that at least this share of the values does
// not exceed (nearest rank), and 0 of none.
func quantile(values []float64, share float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	rank := int(math.Ceil(share * float64(len(sorted))))
	return sorted[min(max(rank, 1), len(sorted))-1]
}
