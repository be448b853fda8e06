package main

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"
)

// marks are words of one person, each in another place where a helpdesk or a site
// may put it.
var marks = map[string]string{
	"name": "Wilhelmina", "address": "wilhelmina.oxlip", "subject": "brindlecote", "body": "quernmoss", "quote": "fennelwick",
	"sender's ID": "person-oxlip", "site's ID": "subject-tansy", "form": "larkspurhithe", "question": "sorrelgarth", "note": "yarrowdene",
}

// person is somebody with a ticket from the helpdesk, a form and a question.
type person struct {
	*stage
	server                     *server
	connection, secret, opened string
	id                         uuid.UUID
}

const smallTaxonomy = `
routes:
  - {key: desk, name: Desk, description: everything}
  - {key: money, name: Money, description: charges}
intents:
  - {key: sign_in, name: Sign in, description: cannot get in, default_route: desk, examples: ["I am locked out", "The password is refused", "It says AUTH_498", "The code does not come"]}
  - {key: invoice, name: Invoice, description: a charge, default_route: money, examples: ["Charged twice", "The invoice is wrong", "Please refund the 312", "The card was declined"]}
`

// TestEraseLeavesNothing follows a person through every store.
func TestEraseLeavesNothing(t *testing.T) {
	t.Parallel()
	p := newPerson(t)
	exported := p.run("customer", "export", p.id.String()).wants(t, exitOK).stdout
	for place, mark := range marks {
		if !strings.Contains(exported+p.raw(exported), mark) {
			t.Errorf("the export lacks the person's %s, %q", place, mark)
		}
	}
	for place, mark := range marks {
		if !strings.Contains(p.dump(), mark) {
			t.Errorf("the database lacks the person's %s before the erasure: this test would prove nothing", place)
		}
	}
	p.run("customer", "erase", p.id.String()).wants(t, exitOK, "erased 2 tickets")
	p.run("train", "--json").wants(t, exitOK)
	p.wantNoTrace("after the erasure")

	again := p.server.hook(t, p.connection, p.secret, p.opened).wants(t, http.StatusAccepted)
	if again.header.Get("Signalbox-Replayed") != "true" {
		t.Errorf("the event is not known as a replay after the erasure: %s", again.body)
	}
	p.wantNoTrace("after the replay")
	p.run("customer", "export", p.id.String()).wants(t, exitNotFound)
	p.run("customer", "erase", uuid.NewString()).wants(t, exitNotFound)
	for place, mark := range marks {
		if strings.Contains(p.server.stderr.String(), mark) {
			t.Errorf("the log holds the person's %s, %q", place, mark)
		}
	}
}

func newPerson(t *testing.T) *person {
	t.Helper()
	p := &person{stage: newStage(t)}
	p.run("train", "--taxonomy", p.file("intents.yaml", smallTaxonomy)).wants(t, exitOK)
	p.connection, p.secret = p.connect()
	p.server = serve(t, p.variables, "--work")
	p.opened = text(map[string]any{
		"event_id": "event-erase-1", "ticket": map[string]any{"id": "erase-1", "subject": "About " + marks["subject"], "status": "open", "channel": "email"},
		"message":   map[string]any{"id": "erase-1-1", "body": "The invoice of " + marks["body"] + " is wrong.\n\n> " + marks["quote"] + " wrote this before"},
		"requester": map[string]any{"id": marks["sender's ID"], "name": marks["name"], "email": marks["address"] + "@quill.example", "language": "en"},
	})
	p.server.hook(t, p.connection, p.secret, p.opened).wants(t, http.StatusAccepted)
	p.server.hook(t, p.connection, p.secret, text(map[string]any{
		"event_id": "event-erase-2", "ticket": map[string]any{"id": "erase-1"},
		"message": map[string]any{"id": "erase-1-2", "author": "agent", "audience": "internal", "body": "Called about " + marks["note"]},
	})).wants(t, http.StatusAccepted)
	p.ask()
	eventually(t, "both tickets are decided", func() bool {
		return p.count("select count(*) from signalbox.tickets where current_decision_id is not null") == 2
	})
	p.label()
	must(t, p.pg.Admin.QueryRow(t.Context(), "select customer_id from signalbox.tickets where external_id = 'erase-1'").Scan(&p.id))
	return p
}

// ask signs the person in by the address that the site has verified.
func (p *person) ask() {
	p.t.Helper()
	var site struct {
		ID  string `json:"id"`
		Key string `json:"publishable_key"`
	}
	p.run("site", "add", "--name", "Portal", "--json").wants(p.t, exitOK).decode(p.t, &site)
	var key struct{ KID, Secret string }
	p.run("site", "sign", site.ID, "--json").wants(p.t, exitOK).decode(p.t, &key)
	who := signedIn(p.t, site.Key, key.KID, key.Secret, jwt.MapClaims{
		"sub": marks["site's ID"], "name": marks["name"], "email": marks["address"] + "@quill.example", "email_verified": true,
	})
	p.server.do(p.t, call{http.MethodPost, "/v1/customer/tickets", text(map[string]string{"subject": "Form", "body": "It is about " + marks["form"]}), who}).wants(p.t, http.StatusAccepted)
	p.server.do(p.t, call{http.MethodPost, "/v1/answers", text(map[string]string{"question": "Where is " + marks["question"] + "?"}), who}).wants(p.t, http.StatusOK)
}

// label corrects the ticket's intent, which makes it an example of the next training.
func (p *person) label() {
	p.t.Helper()
	var key struct{ Key string }
	p.run("key", "add", "--name", "sidebar", "--json").wants(p.t, exitOK).decode(p.t, &key)
	var decision uuid.UUID
	must(p.t, p.pg.Admin.QueryRow(p.t.Context(), "select current_decision_id from signalbox.tickets where external_id = 'erase-1'").Scan(&decision))
	p.server.do(p.t, call{http.MethodPost, "/v1/decisions/" + decision.String() + "/override", `{"field":"intent","value":"invoice"}`, bearing(key.Key)}).wants(p.t, http.StatusOK)
}

// raw decodes the raw payloads of an export, which are base64 in JSON.
func (p *person) raw(exported string) string {
	var document struct{ Deliveries []struct{ Body []byte } }
	result{stdout: exported}.decode(p.t, &document)
	var all strings.Builder
	for _, delivery := range document.Deliveries {
		all.Write(delivery.Body)
	}
	return all.String()
}

func (p *person) wantNoTrace(when string) {
	p.t.Helper()
	stores := map[string]string{"the database": p.dump(), "Redis": p.everythingInRedis(), "the newest model": p.newestModel()}
	for store, content := range stores {
		if content == "" && store != "Redis" {
			p.t.Errorf("%s is empty: nothing was looked at", store)
		}
		for place, mark := range marks {
			for _, form := range []string{mark, base64.StdEncoding.EncodeToString([]byte(mark))} {
				if strings.Contains(strings.ToLower(content), strings.ToLower(form)) {
					p.t.Errorf("%s, %s holds the person's %s, %q", when, store, place, form)
				}
			}
		}
	}
}

// dump copies every table, with binary columns as they are.
func (p *person) dump() string {
	p.t.Helper()
	rows, err := p.pg.Admin.Query(p.t.Context(), "select relname::text from pg_class where relnamespace = 'signalbox'::regnamespace and relkind = 'r'")
	must(p.t, err)
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	must(p.t, err)
	connection, err := p.pg.Admin.Acquire(p.t.Context())
	must(p.t, err)
	defer connection.Release()
	var all bytes.Buffer
	for _, table := range tables {
		for _, format := range []string{"text", "binary"} {
			_, err := connection.Conn().PgConn().CopyTo(p.t.Context(), &all, "copy signalbox."+pgx.Identifier{table}.Sanitize()+" to stdout (format "+format+")")
			must(p.t, err)
		}
	}
	return all.String()
}

// everythingInRedis holds each key with its value, read by its type: serialised ones
// may be compressed.
func (p *person) everythingInRedis() string {
	p.t.Helper()
	options, err := redis.ParseURL(p.redis)
	must(p.t, err)
	client := redis.NewClient(options)
	defer client.Close()
	var all strings.Builder
	keys := client.Scan(p.t.Context(), 0, "*", 1000).Iterator()
	for keys.Next(p.t.Context()) {
		fmt.Fprintln(&all, keys.Val(), p.redisValue(client, keys.Val()))
	}
	must(p.t, keys.Err())
	return all.String()
}

func (p *person) redisValue(client *redis.Client, key string) (value any) {
	p.t.Helper()
	ctx := p.t.Context()
	kind, err := client.Type(ctx, key).Result()
	must(p.t, err)
	switch kind {
	case "string":
		value, err = client.Get(ctx, key).Result()
	case "hash":
		value, err = client.HGetAll(ctx, key).Result()
	case "list":
		value, err = client.LRange(ctx, key, 0, -1).Result()
	case "set":
		value, err = client.SMembers(ctx, key).Result()
	case "zset":
		value, err = client.ZRange(ctx, key, 0, -1).Result()
	case "none": // it has expired since
	default:
		p.t.Fatalf("the key %s is a %s, which this test cannot read", key, kind)
	}
	if err != nil && !errors.Is(err, redis.Nil) {
		p.t.Fatal(err)
	}
	return value
}

// newestModel is the artifact of the last training, and whatever is compressed in it.
func (p *person) newestModel() string {
	p.t.Helper()
	var artifact []byte
	must(p.t, p.pg.Admin.QueryRow(p.t.Context(), "select artifact from signalbox.models order by version desc limit 1").Scan(&artifact))
	return string(artifact) + inflated(artifact)
}

// inflated opens what gzip or DEFLATE has compressed, if anything.
func inflated(content []byte) string {
	if reader, err := gzip.NewReader(bytes.NewReader(content)); err == nil {
		text, _ := io.ReadAll(reader)
		return string(text)
	}
	text, _ := io.ReadAll(flate.NewReader(bytes.NewReader(content)))
	return string(text)
}
