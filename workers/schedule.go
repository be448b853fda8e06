package workers

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"github.com/signalbox/signalbox/internal/fault"
)

// ScheduleStore adds the outbox row of a slot, once for all processes.
type ScheduleStore interface {
	ScheduleWork(ctx context.Context, name, kind string, payload json.RawMessage, slot time.Time) (bool, error)
}

// Entry is work that is due in every slot: one an hour, say. Slots begin at
// multiples of Every since the zero time, in UTC, so that all processes agree.
type Entry struct {
	Name    string
	Kind    string
	Payload json.RawMessage // nil is {}
	Every   time.Duration   // 1 s to 1 week
}

// DefaultEntries are what every installation needs.
func DefaultEntries() []Entry {
	return []Entry{{Name: "expire", Kind: ExpireKind, Every: time.Hour}}
}

// scheduleTick is how late a slot may begin.
const scheduleTick = 15 * time.Second

// Schedule adds rows to the outbox as their slots begin. It has no leader: every
// process tries, and the database lets one of them.
type Schedule struct {
	entries []Entry
	store   ScheduleStore
	nudge   func()
	logger  *slog.Logger
}

// NewSchedule returns a schedule that Run starts; nudge tells the relay of a row.
func NewSchedule(entries []Entry, store ScheduleStore, nudge func(), logger *slog.Logger) (*Schedule, error) {
	for i, entry := range entries {
		switch {
		case entry.Name == "" || entry.Kind == "":
			return nil, fault.Field(fault.Invalid, fmt.Sprintf("entries[%d]", i), "has no name or kind", "set both")
		case entry.Every < time.Second || entry.Every > 7*24*time.Hour:
			return nil, fault.Field(fault.Invalid, fmt.Sprintf("entries[%d].Every", i), "is out of range", "use 1s to 168h")
		}
	}
	return &Schedule{entries: entries, store: store, nudge: nudge, logger: logger}, nil
}

// Run adds what is due until ctx ends. While the database is down it says so once.
func (s *Schedule) Run(ctx context.Context) {
	ticker := time.NewTicker(scheduleTick)
	defer ticker.Stop()
	down := false
	for {
		err := s.Tick(ctx, time.Now())
		if err != nil && !down && ctx.Err() == nil {
			s.logger.Warn("schedule waits", "error", err)
		}
		down = err != nil
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// Tick adds the rows of the slots that now lies in, unless they were added before.
func (s *Schedule) Tick(ctx context.Context, now time.Time) error {
	for _, entry := range s.entries {
		payload := entry.Payload
		if payload == nil {
			payload = json.RawMessage(`{}`)
		}
		added, err := s.store.ScheduleWork(ctx, entry.Name, entry.Kind, payload, now.UTC().Truncate(entry.Every))
		if err != nil {
			return err
		}
		if added {
			s.nudge()
		}
	}
	return nil
}
