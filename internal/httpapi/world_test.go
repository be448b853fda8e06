package httpapi_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/copilot"
	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/embedding"
	"github.com/signalbox/signalbox/internal/httpapi"
	"github.com/signalbox/signalbox/internal/httpapi/customer"
	"github.com/signalbox/signalbox/internal/pgtest"
	"github.com/signalbox/signalbox/internal/postgres"
	"github.com/signalbox/signalbox/internal/seal"
	"github.com/signalbox/signalbox/retrieval"
	"github.com/signalbox/signalbox/triage"
)

var operator = desk.Actor{Kind: desk.SystemActor}

// world is a server on its own database, with whatever a test then puts into it.
type world struct {
	t           testing.TB
	pg          *pgtest.DB
	db          *postgres.DB
	sites       *postgres.Sites
	connections *postgres.Connections
	ingester    *retrieval.Ingester
	url         string
	logs        *logs

	config httpapi.Config
	stores httpapi.Stores
	tune   func(*http.Server) // adjusts the server of net/http
}

// change adjusts a world before its server starts.
type change func(*world)

// newWorld starts a server on the real stores. Its limits are too high to be met.
func newWorld(t testing.TB, changes ...change) *world {
	t.Helper()
	w := &world{t: t, pg: pgtest.New(t), logs: &logs{}}
	var err error
	w.db, err = postgres.Open(t.Context(), postgres.Config{URL: w.pg.URLs.App, CustomerURL: w.pg.URLs.Customer, MaxConns: 6, CustomerMaxConns: 4})
	must(t, err)
	t.Cleanup(w.db.Close)
	box, err := seal.NewBox([]seal.Key{seal.NewKey("test")})
	must(t, err)
	w.sites, w.connections = postgres.NewSites(w.db, box), postgres.NewConnections(w.db, box)
	w.config = httpapi.Config{
		Version: "1.2.3", Log: slog.New(slog.NewTextHandler(w.logs, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Limits: httpapi.Limits{HookPerConnection: 1e6, CustomerPerAddress: 1e6, CustomerPerSite: 1e6, AgentPerKey: 1e6, CustomerAtOnce: 100},
	}
	w.wire()
	for _, change := range changes {
		change(w)
	}
	w.serve()
	return w
}

// wire builds the stores as the service does.
func (w *world) wire() {
	w.t.Helper()
	model, err := embedding.Default()
	must(w.t, err)
	parameters := retrieval.DefaultParameters()
	analyser, err := retrieval.NewAnalyser(parameters, nil)
	must(w.t, err)
	knowledge := postgres.NewKnowledge(w.db)
	w.ingester = &retrieval.Ingester{Store: knowledge, Space: knowledge, Embedder: model, Analyser: analyser}
	public := postgres.NewCustomerSearch(w.db, parameters)
	customers := &retrieval.Searcher{Finder: public, Embedder: model, Analyser: analyser}
	agents := &retrieval.Searcher{Finder: postgres.NewAgentSearch(w.db, parameters), Embedder: model, Analyser: analyser}
	answerer, err := retrieval.NewAnswerer(customers, model, analyser, retrieval.DefaultAnswerConfig())
	must(w.t, err)
	intake := desk.NewIntake(w.db, 24*time.Hour, func() {})
	w.stores = httpapi.Stores{
		Keys: w.db, Sites: w.sites, Customers: w.db, Connections: w.connections, Intake: intake, Events: helpdeskEvents{},
		Tickets: w.db, Decisions: w.db, Explanations: triage.NewExplainer(w.db), Reports: w.db, Policies: w.db, Reviews: w.db, Promises: w.db, Values: taxonomy, Search: agents, Imports: imports{knowledge}, Health: health{w},
		Briefs: &copilot.Briefer{Tickets: w.db, Searcher: agents, Embedder: model, Log: w.config.Log},
		Customer: &customer.Handlers{
			Searcher: customers, Articles: public, Answerer: answerer, Reads: w.db.CustomerReads(),
			Writes: forms{intake, knowledge}, Warn: func(message string, err error) { w.config.Log.Warn(message, "error", err) },
		},
	}
}

func (w *world) serve() {
	w.t.Helper()
	server, err := httpapi.New(w.config, w.stores)
	must(w.t, err)
	listening := httptest.NewUnstartedServer(nil)
	listening.Config = httpapi.HTTPServer(server.Handler())
	listening.Config.ErrorLog = slog.NewLogLogger(w.config.Log.Handler(), slog.LevelError)
	if w.tune != nil {
		w.tune(listening.Config)
	}
	listening.Start()
	w.t.Cleanup(listening.Close)
	w.url = listening.URL
}

// call is one request.
type call struct {
	method, path string
	body         string
	header       map[string]string
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

func (w *world) do(call call) answer {
	w.t.Helper()
	return w.send(call, bytes.NewReader([]byte(call.body)))
}

func (w *world) send(call call, body io.Reader) answer {
	w.t.Helper()
	request, err := http.NewRequestWithContext(context.WithoutCancel(w.t.Context()), call.method, w.url+call.path, body)
	must(w.t, err)
	if call.body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for name, value := range call.header {
		request.Header.Set(name, value)
	}
	response, err := http.DefaultClient.Do(request)
	must(w.t, err)
	defer response.Body.Close()
	read, err := io.ReadAll(response.Body)
	must(w.t, err)
	return answer{response.StatusCode, response.Header, string(read)}
}

func (w *world) get(path string, header map[string]string) answer {
	w.t.Helper()
	return w.do(call{method: http.MethodGet, path: path, header: header})
}

// logs is a log that may be read while it is written.
type logs struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

func (l *logs) Write(line []byte) (int, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.text.Write(line)
}

func (l *logs) String() string {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.text.String()
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// taxonomy is the owner's list in these tests.
var taxonomy = triage.Taxonomy{
	Intents: []triage.Intent{{Key: "login"}, {Key: "refund"}},
	Routes:  []triage.Route{{Key: "identity"}, {Key: "billing"}},
}

// count returns what a query counts, as the superuser.
func (w *world) count(query string, arguments ...any) int {
	w.t.Helper()
	var number int
	must(w.t, w.pg.Admin.QueryRow(context.Background(), query, arguments...).Scan(&number))
	return number
}

func (w *world) run(statement string, arguments ...any) {
	w.t.Helper()
	_, err := w.pg.Admin.Exec(context.Background(), statement, arguments...)
	must(w.t, err)
}

func parsedID(t testing.TB, text string) uuid.UUID {
	t.Helper()
	id, err := uuid.Parse(text)
	must(t, err)
	return id
}

// imports stores imports; these tests have no worker.
type imports struct{ *postgres.Knowledge }

func (i imports) AddImport(ctx context.Context, actor desk.Actor, asked retrieval.NewImport) (retrieval.Import, bool, error) {
	return i.Knowledge.AddImport(ctx, actor, "knowledge:import", asked)
}
