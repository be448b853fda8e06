package postgres

import (
	"os"
	"regexp"
	"slices"
	"testing"
)

// Partitions have the columns of their parents.
const selectTextColumns = `
select c.relname || '.' || a.attname
from pg_class c
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
join pg_type t on t.oid = a.atttypid
where c.relnamespace = 'signalbox'::regnamespace and c.relkind in ('r', 'p', 'm', 'f') and not c.relispartition
  and coalesce((select e.typname from pg_type e where e.oid = t.typelem and t.typcategory = 'A'), t.typname)
      in ('text', 'varchar', 'bpchar', 'json', 'jsonb', 'bytea', 'xml', 'name')
order by 1`

var listedColumn = regexp.MustCompile("(?m)^\\| `([a-z_]+\\.[a-z_]+)` \\|")

// TestEveryTextColumnIsInThePrivacyPage keeps docs/privacy.md complete.
func TestEveryTextColumnIsInThePrivacyPage(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/privacy.md")
	must(t, err)
	var listed []string
	for _, match := range listedColumn.FindAllSubmatch(page, -1) {
		listed = append(listed, string(match[1]))
	}
	rows, err := many[struct{ Name string }](open(t).app.Query(t.Context(), selectTextColumns))
	must(t, err)
	var columns []string
	for _, row := range rows {
		columns = append(columns, row.Name)
		if !slices.Contains(listed, row.Name) {
			t.Errorf("docs/privacy.md does not list %s: say whether it holds personal data, when it goes and how it is erased", row.Name)
		}
	}
	for _, name := range listed {
		if !slices.Contains(columns, name) {
			t.Errorf("docs/privacy.md lists %s, which is no column that can hold text", name)
		}
	}
}
