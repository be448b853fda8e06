package pgtest

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// templateLife is how long a template of other migrations is kept after its
// last use: branches are switched back and forth.
const templateLife = 24 * time.Hour

// noteUse writes the time into the template's comment.
func noteUse(ctx context.Context, admin *pgx.Conn, name string) error {
	if err := execute(ctx, admin, "comment on database %I is %L", name, time.Now().UTC().Format(time.RFC3339)); err != nil {
		return fmt.Errorf("note the use of template %s: %w", name, err)
	}
	return nil
}

// dropOldTemplates removes templates that no test has used for a day.
func dropOldTemplates(ctx context.Context, admin *pgx.Conn, current string) error {
	rows, err := admin.Query(ctx, `select datname from pg_database
		where datname ~ '^template_[0-9a-f]{12}$' and datname <> $1
		and coalesce(shobj_description(oid, 'pg_database'), '') < $2`,
		current, time.Now().Add(-templateLife).UTC().Format(time.RFC3339))
	if err != nil {
		return fmt.Errorf("list the old templates: %w", err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("list the old templates: %w", err)
	}
	for _, name := range names {
		if err := execute(ctx, admin, "drop database if exists %I with (force)", name); err != nil {
			return fmt.Errorf("drop template %s: %w", name, err)
		}
	}
	return nil
}
