package postgres

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/signalbox/signalbox/internal/fault"
)

// person is somebody whose every text carries a marker of its own.
type person struct {
	id, ticket, other uuid.UUID
	markers           []string
}

// mark makes a marker that stands nowhere else.
func (p *person) mark(place string) string {
	marker := fmt.Sprintf("zq%s%s", place, strings.ReplaceAll(uuid.NewString(), "-", ""))
	p.markers = append(p.markers, marker)
	return marker
}

// fillPerson writes every kind of row that holds something of a person.
func fillPerson(t *testing.T, db *DB) *person {
	t.Helper()
	p := &person{id: uuid.New(), ticket: uuid.New(), other: uuid.New()}
	site, connection, decision := uuid.New(), uuid.New(), uuid.New()
	run(t, db.app, `insert into sites (id, name, publishable_key) values ($1, 'Site', $2)`, site, site.String())
	run(t, db.app, `insert into connections (id, kind, name) values ($1, 'generic', 'Desk')`, connection)
	run(t, db.app, `insert into customers (id, name, email, language, time_zone) values ($1, $2, $3, $4, $5)`,
		p.id, p.mark("name"), p.mark("mail")+"@example.com", p.mark("language"), p.mark("zone"))
	run(t, db.app, `insert into customer_identities (source_id, subject, customer_id) values ($1, $2, $4), ($3, $5, $4)`,
		site, p.mark("sub"), connection, p.id, p.mark("requester"))
	run(t, db.app, `insert into tickets (id, connection_id, external_id, customer_id, subject, external_url, message_count) values ($1, $2, $3, $4, $5, $6, 2)`,
		p.ticket, connection, p.mark("ticket"), p.id, p.mark("subject"), "https://desk.example/"+p.mark("url"))
	run(t, db.app, `insert into tickets (id, connection_id, external_id, subject) values ($1, $2, $3, 'stays')`, p.other, connection, p.other.String())
	for i, row := range []struct {
		audience, author string
		ticket           uuid.UUID
	}{{"public", "customer", p.ticket}, {"public", "agent", p.ticket}, {"internal", "agent", p.ticket}, {"public", "customer", p.other}} {
		run(t, db.app, `insert into messages (audience, id, ticket_id, sequence, author_kind, author_id, external_id, body, quoted, signature, sent_at)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, now())`, row.audience, uuid.New(), row.ticket, i+1, row.author, p.id,
			p.mark("message"), p.mark("body"), p.mark("quoted"), p.mark("signature"))
	}
	run(t, db.app, `insert into deliveries (id, connection_id, delivery_key, body, reason, ticket_id, customer_id, expires_at)
		values ($1, $2, gen_random_uuid()::text, $3, $4, $5, $6, now() + interval '30 days')`, uuid.New(), connection, []byte(p.mark("raw")), p.mark("reason"), p.ticket, p.id)
	run(t, db.app, `insert into deliveries (id, connection_id, delivery_key, body, customer_id, expires_at)
		values ($1, $2, gen_random_uuid()::text, $3, $4, now() + interval '30 days')`, uuid.New(), connection, []byte(p.mark("poison")), p.id)
	run(t, db.app, `insert into answers (id, site_id, customer_id, question, outcome, confidence, expires_at) values ($1, $2, $3, $4, 'unknown', 0, now())`,
		uuid.New(), site, p.id, p.mark("question"))
	run(t, db.app, `insert into answers (id, site_id, ticket_id, question, outcome, confidence, expires_at) values ($1, $2, $3, $4, 'unknown', 0, now())`,
		uuid.New(), site, p.ticket, p.mark("asked"))
	run(t, db.app, `insert into outbox (id, kind, payload, ticket_id, reason) values ($1, 'ticket:triage', '{}', $2, $3)`, uuid.New(), p.ticket, p.mark("failure"))
	run(t, db.app, `insert into decisions (id, ticket_id, cause_id, through_sequence, outcome, reason, intent, route, priority, fields, factors, versions, input_hash, latency_us)
		values ($1, $2, $1, 1, 'review', 'x', 'refund', 'billing', 50, '{}', '[]', '{}', '\x00', 1)`, decision, p.ticket)
	run(t, db.app, `insert into labels (id, ticket_id, decision_id, field, value, provenance, actor_kind) values ($1, $2, $3, 'intent', 'refund', 'blind', 'agent')`,
		uuid.New(), p.ticket, decision)
	return p
}

// dump is the text of every table, as COPY and, where the server is on this
// machine, as pg_dump writes it.
func dump(t *testing.T, admin *pgxpool.Pool, url string) string {
	t.Helper()
	ctx := context.Background()
	names, err := many[struct{ Name string }](admin.Query(ctx, `
		select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
		where c.relkind in ('r', 'S', 'm') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')`))
	must(t, err)
	var text bytes.Buffer
	must(t, admin.AcquireFunc(ctx, func(conn *pgxpool.Conn) error {
		for _, name := range names {
			if _, err := conn.Conn().PgConn().CopyTo(ctx, &text, "copy (select * from "+name.Name+") to stdout"); err != nil {
				return fmt.Errorf("%s: %w", name.Name, err)
			}
		}
		return nil
	}))
	var binaries string // the server's own: another version may refuse
	must(t, admin.QueryRow(ctx, `select setting from pg_config where name = 'BINDIR'`).Scan(&binaries))
	if output, err := exec.Command(filepath.Join(binaries, "pg_dump"), "--inserts", url).Output(); err == nil {
		text.Write(output)
	} else {
		t.Logf("pg_dump was not compared: %v", err)
	}
	return text.String()
}

// markersIn lists the markers that stand in a dump, as text or as hexadecimal bytes.
func markersIn(text string, markers []string) []string {
	var left []string
	for _, marker := range markers {
		if strings.Contains(text, marker) || strings.Contains(text, hex.EncodeToString([]byte(marker))) {
			left = append(left, marker)
		}
	}
	return left
}

func TestErasureLeavesNoTrace(t *testing.T) {
	t.Parallel()
	db, database := openAll(t)
	erased, kept := fillPerson(t, db), fillPerson(t, db)
	if before := markersIn(dump(t, database.Admin, database.URLs.Admin), erased.markers); len(before) != len(erased.markers) {
		t.Fatalf("before erasure the dump shows %d of %d markers: the test looks in the wrong place", len(before), len(erased.markers))
	}
	done, err := db.EraseCustomer(t.Context(), system, erased.id)
	must(t, err)
	if want := (Erasure{Identities: 2, Tickets: 1, Messages: 4, Deliveries: 2, Answers: 2, Tasks: 1}); done != want {
		t.Errorf("erased %+v, want %+v", done, want)
	}
	text := dump(t, database.Admin, database.URLs.Admin)
	if left := markersIn(text, erased.markers); len(left) > 0 {
		t.Errorf("after erasure these are left: %v", left)
	}
	if still := markersIn(text, kept.markers); len(still) != len(kept.markers) {
		t.Errorf("%d of %d markers of somebody else are left, want all", len(still), len(kept.markers))
	}
	wantRemains(t, db, erased)
	again, err := db.EraseCustomer(t.Context(), system, erased.id)
	if must(t, err); again != (Erasure{}) {
		t.Errorf("erasing again did %+v, want nothing", again)
	}
}

// wantRemains expects the decision, its label and the delivery's key without text.
func wantRemains(t *testing.T, db *DB, p *person) {
	t.Helper()
	var decisions, labels, keys, open int
	var owned *uuid.UUID
	must(t, db.app.QueryRow(t.Context(), `
		select (select count(*) from decisions where ticket_id = $1), (select count(*) from labels where ticket_id = $1),
		  (select count(*) from deliveries where ticket_id = $1 and body is null),
		  (select count(*) from outbox where ticket_id = $1 and state = 'open'), customer_id
		from tickets where id = $1 and erased_at is not null`, p.ticket).Scan(&decisions, &labels, &keys, &open, &owned))
	if decisions != 1 || labels != 1 || keys != 1 || open != 0 || owned != nil {
		t.Errorf("%d decisions, %d labels, %d keys, %d open tasks, owner %v; want 1, 1, 1, 0 and nobody", decisions, labels, keys, open, owned)
	}
	if _, err := db.Customer(t.Context(), p.id); !fault.Is(err, fault.Gone) {
		t.Errorf("reading the person: %v, want Gone", err)
	}
	if _, err := db.ExportCustomer(t.Context(), p.id); !fault.Is(err, fault.Gone) {
		t.Errorf("exporting the person: %v, want Gone", err)
	}
}

func TestErasureWaitsForAMessageThatIsBeingReceived(t *testing.T) {
	t.Parallel()
	db, database := openAll(t)
	p := fillPerson(t, db)
	ctx := t.Context()
	tx, err := database.App.Begin(ctx)
	must(t, err)
	late := p.mark("late")
	_, err = tx.Exec(ctx, `update signalbox.tickets set message_count = message_count + 1 where id = $1`, p.ticket)
	must(t, err)
	_, err = tx.Exec(ctx, `insert into signalbox.messages (audience, id, ticket_id, sequence, author_kind, body, sent_at)
		values ('public', $1, $2, 9, 'customer', $3, now())`, uuid.New(), p.ticket, late)
	must(t, err)
	finished := make(chan error, 1)
	go func() { _, err := db.EraseCustomer(ctx, system, p.id); finished <- err }()
	waitForLock(t, database.Admin)
	must(t, tx.Commit(ctx))
	must(t, <-finished)
	if left := markersIn(dump(t, database.Admin, database.URLs.Admin), p.markers); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

// waitForLock returns when a session of this database waits for another.
func waitForLock(t *testing.T, admin *pgxpool.Pool) {
	t.Helper()
	for {
		var waiting bool
		must(t, admin.QueryRow(t.Context(), `select exists (select from pg_stat_activity
			where datname = current_database() and wait_event_type = 'Lock')`).Scan(&waiting))
		if waiting {
			return
		}
	}
}

func TestLeftoversAreErased(t *testing.T) {
	t.Parallel()
	db, database := openAll(t)
	p := fillPerson(t, db)
	_, err := db.EraseCustomer(t.Context(), system, p.id)
	must(t, err)
	run(t, db.app, `insert into tickets (id, external_id, customer_id, subject) values ($1, $2, $3, $4)`,
		uuid.New(), p.mark("late"), p.id, p.mark("subject"))
	for _, want := range []int{1, 0} {
		if people, err := db.EraseLeftovers(t.Context()); err != nil || people != want {
			t.Errorf("%d people with leftovers, %v; want %d", people, err, want)
		}
	}
	if left := markersIn(dump(t, database.Admin, database.URLs.Admin), p.markers); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
	if _, err := db.EraseCustomer(t.Context(), system, uuid.New()); !fault.Is(err, fault.NotFound) {
		t.Errorf("erasing nobody: %v, want NotFound", err)
	}
}

func TestExportHoldsEverything(t *testing.T) {
	t.Parallel()
	db := open(t)
	p, stranger := fillPerson(t, db), fillPerson(t, db)
	export, err := db.ExportCustomer(t.Context(), p.id)
	must(t, err)
	text := exported(t, export)
	for _, marker := range p.markers {
		if strings.HasPrefix(marker, "zqreason") || strings.HasPrefix(marker, "zqfailure") || strings.HasPrefix(marker, "zqmessage") {
			continue // our own words about an event or a task; the helpdesk's message IDs
		}
		if !strings.Contains(text, marker) {
			t.Errorf("the export lacks %s", marker)
		}
	}
	if others := markersIn(text, stranger.markers); len(others) > 0 {
		t.Errorf("the export holds somebody else's %v", others)
	}
}

// exported is the export's JSON with the payloads, which are base64 there, as text.
func exported(t *testing.T, export Export) string {
	t.Helper()
	text, err := json.Marshal(export)
	must(t, err)
	for _, delivery := range export.Deliveries {
		text = append(text, delivery.Body...)
	}
	return string(text)
}

func TestTheSentinelIsNobodyToErase(t *testing.T) {
	t.Parallel()
	db := open(t)
	if _, err := db.EraseCustomer(t.Context(), system, uuid.MustParse(sentinelPerson)); !fault.Is(err, fault.NotFound) {
		t.Errorf("erasing the sentinel: %v, want not found", err)
	}
	if err := db.CheckSeparation(t.Context()); err != nil {
		t.Errorf("afterwards the separation cannot be checked: %v", err)
	}
}

func TestErasingReachesEventsThatCouldNotBeRead(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	connection := connect(t, db)
	receive(t, db, event(connection, "d1", "T-1", "ada"))
	for delivery, sender := range map[string]string{"d2": "Ada@Example.org", "d3": "grace@example.org"} {
		unread := event(connection, delivery, "T-1", "ada")
		unread.Poison, unread.Raw = "unreadable", []byte("{\"from\":\""+sender+"\",\"text\":\"\\ caf\xe9 \x00\"}")
		receive(t, db, unread)
	}
	erased, err := db.EraseCustomer(t.Context(), system, customerOf(t, db, "ada"))
	must(t, err)
	if erased.Deliveries != 2 {
		t.Errorf("%d payloads were erased, want her ticket's and the unread one with her address", erased.Deliveries)
	}
	if left := value[string](t, db.app, "select delivery_key from deliveries where body is not null"); left != "d3" {
		t.Errorf("%s is left, want only the other person's", left)
	}
}
