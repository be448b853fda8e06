package workers

import (
	"time"

	"github.com/signalbox/signalbox/internal/fault"
)

// RelayConfig says how a relay works. Zero values mean the defaults.
type RelayConfig struct {
	Queue string // DefaultQueue
	// Poll is how often the relay looks for rows that nobody nudged it about, and
	// whether Redis is still the one it knew: 10 ms to 1 min, 1 s.
	Poll time.Duration
	// StaleAfter is the age at which an enqueued row is looked after: 1 s to 1 h,
	// 35 s. Asynq's lease is 30 s: before it ends a dead worker's task looks alive.
	StaleAfter time.Duration
	// Batch is how many rows are taken at once: 1 to 10,000, 200.
	Batch int
	// Senders is how many of them are enqueued at the same time: 1 to 64, 8.
	Senders int
}

func (c RelayConfig) withDefaults() RelayConfig {
	if c.Queue == "" {
		c.Queue = DefaultQueue
	}
	if c.Poll == 0 {
		c.Poll = time.Second
	}
	if c.StaleAfter == 0 {
		c.StaleAfter = 35 * time.Second
	}
	if c.Batch == 0 {
		c.Batch = 200
	}
	if c.Senders == 0 {
		c.Senders = 8
	}
	return c
}

// Validate names the first value that is out of range.
func (c RelayConfig) Validate() error {
	c = c.withDefaults()
	switch {
	case c.Poll < 10*time.Millisecond || c.Poll > time.Minute:
		return fault.Field(fault.Invalid, "Poll", "is out of range", "use 10ms to 1m")
	case c.StaleAfter < time.Second || c.StaleAfter > time.Hour:
		return fault.Field(fault.Invalid, "StaleAfter", "is out of range", "use 1s to 1h")
	case c.Batch < 1 || c.Batch > 10_000:
		return fault.Field(fault.Invalid, "Batch", "is out of range", "use 1 to 10000")
	case c.Senders < 1 || c.Senders > 64:
		return fault.Field(fault.Invalid, "Senders", "is out of range", "use 1 to 64")
	}
	return nil
}
