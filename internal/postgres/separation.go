package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/signalbox/signalbox/internal/fault"
)

// Finding is a way in which customers are not kept from what is not theirs.
type Finding struct {
	Subject string `json:"subject"` // the login, relation or function it is about
	Problem string `json:"problem"`
	Remedy  string `json:"remedy"` // a command, or SQL for the database's administrator
}

// String is the finding on one line.
func (f Finding) String() string { return f.Subject + " " + f.Problem + " (" + f.Remedy + ")" }

const layAnew = "run `signalbox migrate up`"

// Separation looks for every way in which the customer login could read what it
// may not: what the logins are, who owns and inherits, every privilege on every
// relation against the list of what is allowed, the policies, and by trying to
// read each sentinel. An error says that it could not look; no findings and no
// error says that the halves are apart.
func (db *DB) Separation(ctx context.Context) ([]Finding, error) {
	names, err := db.logins(ctx)
	if err != nil {
		return nil, err
	}
	var findings []Finding
	for _, check := range []func(context.Context, logins) ([]Finding, error){
		db.checkLogins, db.checkMemberships, db.checkOwners, db.checkPrivileges, db.checkColumns, db.checkFunctions,
		db.checkSchemas, db.checkPartitions, db.checkRowSecurity, db.checkPolicies, db.checkSession, db.checkSentinels,
	} {
		found, err := check(ctx, names)
		if err != nil {
			return findings, failure(err, "check separation")
		}
		findings = append(findings, found...)
	}
	return findings, nil
}

// CheckSeparation returns an error that lists every finding, or nil. `serve`
// does not start with one.
func (db *DB) CheckSeparation(ctx context.Context) error {
	findings, err := db.Separation(ctx)
	if err != nil || len(findings) == 0 {
		return err
	}
	lines := make([]string, len(findings))
	for i, finding := range findings {
		lines[i] = "  " + finding.String()
	}
	return fault.Wrap(fault.Internal, errors.New(strings.Join(lines, "\n")), "customers are not kept apart from the internal half")
}

// logins are the names and OIDs of the three logins, and the server's version.
type logins struct {
	App, Customer, Owner string // Owner owns the schema: the login of migrations
	Version              int    // server_version_num, such as 180004
}

const selectLogins = `
select session_user::text, (select pg_get_userbyid(nspowner)::text from pg_namespace where nspname = 'signalbox'),
       current_setting('server_version_num')::int`

func (db *DB) logins(ctx context.Context) (found logins, err error) {
	var owner *string
	if err := db.app.QueryRow(ctx, selectLogins).Scan(&found.App, &owner, &found.Version); err != nil {
		return found, failure(err, "ask for the app login")
	}
	if owner == nil {
		return found, fault.New(fault.Unavailable, "the schema is missing: %s", layAnew)
	}
	found.Owner = *owner
	err = db.customer.QueryRow(ctx, "select session_user::text").Scan(&found.Customer)
	return found, failure(err, "ask for the customer login")
}

// findings runs a query whose rows each hold a subject and a problem's details,
// and makes a finding of each row.
func (db *DB) findings(ctx context.Context, describe func(subject, detail string) Finding, sql string, args ...any) ([]Finding, error) {
	rows, err := many[struct{ Subject, Detail string }](db.app.Query(ctx, sql, args...))
	if err != nil {
		return nil, err
	}
	found := make([]Finding, len(rows))
	for i, row := range rows {
		found[i] = describe(row.Subject, row.Detail)
	}
	return found, nil
}

// finding makes a describe function from two formats, which get subject and detail.
func finding(problem, remedy string) func(subject, detail string) Finding {
	return func(subject, detail string) Finding {
		replace := strings.NewReplacer("{subject}", subject, "{detail}", detail)
		return Finding{subject, replace.Replace(problem), replace.Replace(remedy)}
	}
}

// missing is the finding that something which is checked is not there at all.
func missing(subject, kind string) Finding {
	return Finding{subject, fmt.Sprintf("is missing: the %s cannot be checked", kind), layAnew}
}
