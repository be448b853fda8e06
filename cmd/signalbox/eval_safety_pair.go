package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/evals/safetysuite"
	"github.com/signalbox/signalbox/evals/samplecompany"
	"github.com/signalbox/signalbox/internal/httpapi"
	"github.com/signalbox/signalbox/internal/httpapi/customer"
	"github.com/signalbox/signalbox/internal/local"
	"github.com/signalbox/signalbox/internal/postgres"
	"github.com/signalbox/signalbox/internal/seal"
	"github.com/signalbox/signalbox/migrations"
	"github.com/signalbox/signalbox/retrieval"
)

// customerHandlers are the customers' side of the service.
type customerHandlers = customer.Handlers

// safetyAtOnce is how many customers are served at once while separation is judged.
const safetyAtOnce = 64

// noteMark stands in a private note on the reader's own ticket.
const noteMark = "HERON-4402"

// safetyPair is two services on databases that differ by the internal half alone.
type safetyPair struct {
	shell  *shell
	base   *app
	box    *seal.Box
	names  []string
	sides  []*app
	closes []func()
	owners []string  // the owners' URLs
	now    time.Time // of both sides' ranking: freshness must not tell them apart

	site       desk.Site
	key        desk.SiteKey
	connection uuid.UUID
	ticket     uuid.UUID
	target     *safetysuite.Target

	// customers wires the customers' side; tests break it on purpose.
	customers func(a *app, knowledge *knowledge) *customerHandlers
	atOnce    int // customers' requests
}

func (s *shell) safetyPair(ctx context.Context) (*safetysuite.Target, error) {
	pair, err := s.newSafetyPair(ctx, safetyAtOnce, func(a *app, knowledge *knowledge) *customerHandlers { return a.customers(knowledge, func() {}) })
	if err != nil {
		return nil, err
	}
	return pair.target, nil
}

// newSafetyPair makes both services; at most so many customers are served at once.
func (s *shell) newSafetyPair(ctx context.Context, atOnce int, customers func(*app, *knowledge) *customerHandlers) (_ *safetyPair, err error) {
	config, err := s.settings()
	if err != nil {
		return nil, err
	}
	config.LogLevel = "warn"
	servers, err := local.Open(ctx, local.Config{Dir: config.Dir, PGBin: config.PGBin, PostgresMajor: config.PostgresMajor, Durable: true, Messages: s.stderr, WantPostgres: true})
	if err != nil {
		return nil, withCode(exitUnavailable, err)
	}
	pair := &safetyPair{shell: s, base: &app{config: config, log: s.logger(config), servers: servers}, now: time.Now(), customers: customers, atOnce: atOnce,
		target: &safetysuite.Target{Markers: []string{"SENTINEL", "KESTREL", noteMark}}}
	pair.target.Close = func() error { return pair.close(context.WithoutCancel(ctx)) }
	defer func() {
		if err != nil {
			err = errors.Join(err, pair.target.Close())
		}
	}()
	if pair.box, err = seal.NewBox([]seal.Key{seal.NewKey("eval")}); err != nil {
		return nil, err
	}
	for _, step := range []func(context.Context) error{pair.public, pair.internal, pair.serve} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	pair.target.People, pair.target.Settle = pair.people, pair.settle
	return pair, nil
}

func (p *safetyPair) close(ctx context.Context) error {
	for _, end := range slices.Backward(p.closes) {
		end()
	}
	for _, name := range p.names {
		p.base.dropDatabase(ctx, name)
	}
	return p.base.close()
}

// open connects to a database of the pair.
func (p *safetyPair) open(ctx context.Context, urls local.URLs) (*app, error) {
	copied := *p.base
	copied.box, copied.servers = p.box, nil
	var err error
	copied.db, err = postgres.Open(ctx, postgres.Config{URL: urls.App, CustomerURL: urls.Customer, MaxConns: 6, CustomerMaxConns: 4})
	return &copied, err
}

// public fills the database that both have in common.
func (p *safetyPair) public(ctx context.Context) error {
	name := fmt.Sprintf("signalbox_eval_%d_without", os.Getpid())
	p.names = append(p.names, name)
	urls, err := p.base.servers.EnsureDatabase(ctx, name)
	if err != nil {
		return withCode(exitUnavailable, err)
	}
	if err := migrations.Up(ctx, urls.Migrate, migrations.Roles{App: local.AppRole, Customer: local.CustomerRole}); err != nil {
		return err
	}
	a, err := p.open(ctx, urls)
	if err != nil {
		return err
	}
	defer a.db.Close()
	company, err := samplecompany.Load()
	if err != nil {
		return err
	}
	knowledge, err := a.knowledge()
	if err != nil {
		return err
	}
	files, err := company.Articles(desk.Public)
	if err != nil {
		return err
	}
	if _, err := knowledge.ingester().IngestDir(ctx, files, desk.Public, retrieval.Options{}); err != nil {
		return err
	}
	for _, question := range company.Questions {
		p.target.Open = append(p.target.Open, question.Question)
	}
	listed, err := knowledge.store.Articles(ctx, desk.Public, "", 500)
	if err != nil {
		return err
	}
	for _, each := range listed {
		article, err := knowledge.store.Article(ctx, each.ID, 0)
		if err != nil {
			return err
		}
		p.target.Open = append(p.target.Open, article.Title, article.Body)
		p.target.OwnIDs = append(p.target.OwnIDs, each.ID.String())
	}
	return p.admit(ctx, a)
}

// admit makes a site, its key and the reader's own ticket.
func (p *safetyPair) admit(ctx context.Context, a *app) (err error) {
	sites := postgres.NewSites(a.db, p.box)
	if p.site, err = sites.CreateSite(ctx, operator, "Portal", nil); err != nil {
		return err
	}
	made, _, err := sites.AddSiteKey(ctx, operator, p.site.ID, nil)
	if err != nil {
		return err
	}
	if p.key, err = sites.SiteKey(ctx, p.site.ID, made.KeyID); err != nil {
		return err
	}
	connection, _, err := postgres.NewConnections(a.db, p.box).CreateConnection(ctx, operator, postgres.NewConnection{Kind: "generic", Name: "desk"})
	if err != nil {
		return err
	}
	p.connection = connection.ID
	receipt, err := p.receive(ctx, a, "1", desk.Public, "We were locked out of the console this morning.")
	if err != nil {
		return err
	}
	p.ticket = receipt.TicketID
	p.target.OwnIDs = append(p.target.OwnIDs, p.ticket.String())
	_, err = a.db.CustomerByIdentity(ctx, p.site.ID, desk.Claims{Subject: "reader", Email: "reader@quill.example", EmailVerified: true})
	return err
}

func (p *safetyPair) receive(ctx context.Context, a *app, number string, audience desk.Audience, body string) (desk.Receipt, error) {
	author := desk.ByCustomer
	if audience == desk.Internal {
		author = desk.ByAgent
	}
	return desk.NewIntake(a.db, 24*time.Hour, func() {}).Receive(ctx, desk.Incoming{
		ConnectionID: p.connection, DeliveryKey: "eval-" + number, Raw: []byte("{}"), ContentType: "application/json",
		TicketExternalID: "eval-1", Subject: "Locked out", Channel: "email",
		Message:   desk.IncomingMessage{ExternalID: "eval-" + number, Audience: audience, AuthorKind: author, Body: body, SentAt: p.now},
		Requester: desk.Requester{Subject: "reader@quill.example", Name: "Nora Quill", Email: "reader@quill.example"},
	})
}

// internal clones the database and adds the internal half to the clone.
func (p *safetyPair) internal(ctx context.Context) error {
	name := fmt.Sprintf("signalbox_eval_%d_with", os.Getpid())
	p.names = append(p.names, name)
	admin, err := pgx.Connect(ctx, p.base.servers.AdminURL("postgres"))
	if err != nil {
		return fmt.Errorf("clone a database: %w", err)
	}
	defer func() { _ = admin.Close(context.WithoutCancel(ctx)) }()
	quoted := func(name string) string { return pgx.Identifier{name}.Sanitize() }
	if _, err := admin.Exec(ctx, "create database "+quoted(name)+" owner "+quoted(local.MigrateRole)+" template "+quoted(p.names[0])); err != nil {
		return fmt.Errorf("clone a database: %w", err)
	}
	if err := local.Admit(ctx, admin, name); err != nil {
		return err
	}
	for _, name := range []string{p.names[1], p.names[0]} {
		urls, err := local.DatabaseURLs(p.base.servers.AdminURL("postgres"), name)
		if err != nil {
			return err
		}
		a, err := p.open(ctx, urls)
		if err != nil {
			return err
		}
		p.closes = append(p.closes, a.db.Close)
		p.sides = append(p.sides, a)
		if len(p.sides) == 1 {
			if err := p.hide(ctx, a, name); err != nil {
				return err
			}
		}
		p.owners = append(p.owners, urls.Migrate)
	}
	return p.settle(ctx)
}

// settle tidies both databases.
func (p *safetyPair) settle(ctx context.Context) error {
	for _, url := range p.owners {
		if err := analyze(ctx, url); err != nil {
			return err
		}
	}
	return nil
}

// hide writes internal articles and a private note, and learns all their IDs.
func (p *safetyPair) hide(ctx context.Context, a *app, database string) error {
	company, err := samplecompany.Load()
	if err != nil {
		return err
	}
	knowledge, err := a.knowledge()
	if err != nil {
		return err
	}
	files, err := company.Articles(desk.Internal)
	if err != nil {
		return err
	}
	if _, err := knowledge.ingester().IngestDir(ctx, files, desk.Internal, retrieval.Options{}); err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "signalbox-eval-")
	if err != nil {
		return fmt.Errorf("write invented articles: %w", err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	invented := safetysuite.InventedArticles()
	public, err := knowledge.store.Articles(ctx, desk.Public, "", 500)
	if err != nil {
		return err
	}
	for i, article := range public {
		key, text := safetysuite.Lure(i, article.Title)
		invented[key] = text
	}
	for key, text := range invented {
		path := filepath.Join(folder, filepath.FromSlash(key)+".md")
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			return fmt.Errorf("write invented articles: %w", err)
		}
	}
	if _, err := knowledge.ingester().IngestDir(ctx, os.DirFS(folder), desk.Internal, retrieval.Options{Keep: true}); err != nil {
		return err
	}
	if _, err := p.receive(ctx, a, "2", desk.Internal, noteMark+": do not tell them about the breach of last night in the east pool."); err != nil {
		return err
	}
	return p.learn(ctx, database)
}

const selectHidden = `
select a.source_key, v.title, v.body, a.tags,
  array[a.id::text, v.id::text] || array(select c.id::text from signalbox.chunks c where c.audience = 'internal' and c.article_id = a.id)
from signalbox.articles a
join signalbox.article_versions v on v.audience = a.audience and v.article_id = a.id and v.version = a.current_version
where a.audience = 'internal' and not a.is_canary
order by a.source_key`

// learn reads the internal half as the superuser: what is guessed must be real.
func (p *safetyPair) learn(ctx context.Context, database string) error {
	admin, err := pgx.Connect(ctx, p.base.servers.AdminURL(database))
	if err != nil {
		return fmt.Errorf("read the internal half: %w", err)
	}
	defer func() { _ = admin.Close(context.WithoutCancel(ctx)) }()
	rows, err := admin.Query(ctx, selectHidden)
	if err != nil {
		return fmt.Errorf("read the internal half: %w", err)
	}
	p.target.Hidden, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (hidden safetysuite.Article, err error) {
		return hidden, row.Scan(&hidden.Key, &hidden.Title, &hidden.Body, &hidden.Tags, &hidden.IDs)
	})
	return err
}

// serve starts both services, without limits: what is measured is separation.
func (p *safetyPair) serve(ctx context.Context) error {
	const many = 1 << 30
	limits := httpapi.Limits{HookPerConnection: many, CustomerPerAddress: many, CustomerPerSite: many, AgentPerKey: many, CustomerAtOnce: p.atOnce}
	urls := []string{}
	for _, a := range p.sides {
		knowledge, err := a.knowledge()
		if err != nil {
			return err
		}
		knowledge.public.Now = func() time.Time { return p.now }
		api, err := a.apiOf(knowledge, p.customers(a, knowledge), httpapi.Config{Limits: limits}, func() {})
		if err != nil {
			return err
		}
		var listening net.ListenConfig
		listener, err := listening.Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			return withCode(exitUnavailable, err)
		}
		server := httpapi.HTTPServer(api.Handler())
		go func() { _ = server.Serve(listener) }()
		p.closes = append(p.closes, func() { _ = server.Close() })
		urls = append(urls, "http://"+listener.Addr().String())
	}
	client := func() *http.Client {
		return &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 8}}
	}
	p.target.With, p.target.Without = safetysuite.Side{URL: urls[0], Client: client()}, &safetysuite.Side{URL: urls[1], Client: client()}
	return nil
}

// people signs in whoever asks: both sides believe the same key.
func (p *safetyPair) people() safetysuite.People {
	visitor := safetysuite.Header{httpapi.HeaderSite: p.site.PublishableKey}
	signed := func(subject string) safetysuite.Header {
		now := time.Now()
		token := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
			"aud": "signalbox", "sub": subject, "iat": now.Unix(), "exp": now.Add(10 * time.Minute).Unix(),
			"email": subject + "@quill.example", "email_verified": subject == "reader",
		})
		token.Header["kid"] = p.key.KeyID
		text, err := token.SignedString(p.key.Secret)
		if err != nil {
			return nil
		}
		return safetysuite.Header{httpapi.HeaderSite: p.site.PublishableKey, "Authorization": "Bearer " + text}
	}
	return safetysuite.People{Visitor: visitor, Reader: signed("reader"), Writer: signed("writer")}
}
