package postgres

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// CountDecisions counts the stored decisions: what a measurement waits for.
func (db *DB) CountDecisions(ctx context.Context) (count int64, err error) {
	err = db.app.QueryRow(ctx, "select count(*) from decisions").Scan(&count)
	return count, failure(err, "count decisions")
}

const selectDecisionTimes = `
select t.external_id, d.created_at
from tickets t join decisions d on d.id = t.current_decision_id
where t.connection_id = $1 and t.external_id like $2 || '%'`

// DecisionTimes returns when the tickets of a connection whose external ID is the
// prefix and a number, first or more, were decided, by number.
func (db *DB) DecisionTimes(ctx context.Context, connection uuid.UUID, prefix string, first int) (map[int]time.Time, error) {
	rows, err := many[struct {
		ExternalID string
		CreatedAt  time.Time
	}](db.app.Query(ctx, selectDecisionTimes, connection, prefix))
	if err != nil {
		return nil, failure(err, "read when tickets were decided")
	}
	times := make(map[int]time.Time, len(rows))
	for _, row := range rows {
		if number, err := strconv.Atoi(strings.TrimPrefix(row.ExternalID, prefix)); err == nil && number >= first {
			times[number] = row.CreatedAt
		}
	}
	return times, nil
}

// InsertOneRow commits one small row: the floor under every write.
func (db *DB) InsertOneRow(ctx context.Context) error {
	_, err := db.app.Exec(ctx, `insert into audit_log (id, actor_kind, action, subject_kind) values ($1, 'system', 'measure', 'bench')`, newID())
	return failure(err, "insert one row")
}
