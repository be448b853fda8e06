package postgres

import (
	"context"
	"strconv"
	"strings"
)

// ServerVersions says what runs on the other side.
type ServerVersions struct {
	Postgres       string
	PostgresNumber int // such as 180004
	Vector         string
	VectorEnough   bool // 0.8 or newer: halfvec, sparsevec and iterative scans
}

const selectServerVersions = `
select current_setting('server_version'), current_setting('server_version_num')::int,
       coalesce((select extversion from pg_extension where extname = 'vector'), '')`

// ServerVersions asks for the versions of Postgres and pgvector.
func (db *DB) ServerVersions(ctx context.Context) (ServerVersions, error) {
	var versions ServerVersions
	err := db.app.QueryRow(ctx, selectServerVersions).Scan(&versions.Postgres, &versions.PostgresNumber, &versions.Vector)
	major, rest, _ := strings.Cut(versions.Vector, ".")
	minor, _, _ := strings.Cut(rest, ".")
	first, _ := strconv.Atoi(major)
	second, _ := strconv.Atoi(minor)
	versions.VectorEnough = first > 0 || second >= 8
	return versions, failure(err, "ask for the server's versions")
}
