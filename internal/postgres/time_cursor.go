package postgres

import (
	"encoding/base64"
	"encoding/binary"
	"time"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/internal/fault"
)

// formatTimeCursor makes a cursor: the last row's time in microseconds, Postgres' own precision, and ID.
func formatTimeCursor(at time.Time, id uuid.UUID) string {
	return base64.RawURLEncoding.EncodeToString(append(binary.BigEndian.AppendUint64(nil, uint64(at.UnixMicro())), id[:]...))
}

// parseTimeCursor returns nil and the zero UUID for "".
func parseTimeCursor(cursor string) (*time.Time, uuid.UUID, error) {
	if cursor == "" {
		return nil, uuid.Nil, nil
	}
	data, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || len(data) != 24 {
		return nil, uuid.Nil, fault.Field(fault.Invalid, "cursor", "was not given out by this service", "send the next of the page before")
	}
	at := time.UnixMicro(int64(binary.BigEndian.Uint64(data[:8])))
	if at.Year() < 2000 || at.Year() > 9999 {
		return nil, uuid.Nil, fault.Field(fault.Invalid, "cursor", "was not given out by this service", "send the next of the page before")
	}
	return &at, uuid.UUID(data[8:]), nil
}
