package httpapi

import (
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"github.com/signalbox/signalbox/internal/httpapi/customer"
)

// Config is what a server is made of besides its stores.
type Config struct {
	Version        string
	PublicURL      string   // how the world reaches this service, without a slash at the end; "" makes links relative
	TrustedProxies []string // networks whose X-Forwarded-For is believed
	Limits         Limits
	Redis          *redis.Client         // shared rate limits; nil counts in this process
	Metrics        prometheus.Registerer // nil registers nothing
	Log            *slog.Logger
	Now            func() time.Time // nil is time.Now
}

// Validate names what is missing.
func (c Config) Validate() error {
	if c.Log == nil {
		return errors.New("httpapi: Log is missing; pass a *slog.Logger")
	}
	return nil
}

// Stores is everything that the routes read and write, each as narrow as its use.
type Stores struct {
	Keys        Keys
	Sites       Sites
	Customers   Customers
	Connections Connections
	Intake      Intake
	Events      Events
	Tickets     Tickets
	Decisions   Decisions
	Values      Values
	Search      AgentSearch
	Briefs      Briefs
	Health      Health
	Customer    *customer.Handlers
}

// Server answers HTTP requests.
type Server struct {
	api     huma.API
	engine  *gin.Engine
	config  Config
	stores  Stores
	limits  *limiter
	slots   slots
	metrics *metrics
	log     *slog.Logger
	now     func() time.Time

	document func() ([]byte, error) // the OpenAPI document, made once
}

// New builds the server with all its routes.
func New(config Config, stores Stores) (*Server, error) {
	if err := config.Validate(); err != nil {
		return nil, err
	}
	if config.Limits == (Limits{}) {
		config.Limits = DefaultLimits()
	}
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.HandleMethodNotAllowed = true
	if err := engine.SetTrustedProxies(config.TrustedProxies); err != nil {
		return nil, errors.New("SIGNALBOX_TRUSTED_PROXIES: holds no network; use addresses such as 10.0.0.0/8")
	}
	server := &Server{
		engine: engine, config: config, stores: stores, log: config.Log, now: config.Now,
		limits: newLimiter(config.Limits, config.Redis), slots: newSlots(config.Limits.CustomerAtOnce),
		metrics: newMetrics(config.Metrics),
	}
	if server.now == nil {
		server.now = time.Now
	}
	engine.Use(server.identify, server.observe, server.recover, allowOrigin)
	engine.NoRoute(func(c *gin.Context) {
		server.plainProblem(c, http.StatusNotFound, "there is nothing at this address; see /openapi.json")
	})
	engine.NoMethod(func(c *gin.Context) {
		server.plainProblem(c, http.StatusMethodNotAllowed, "this address does not take this method; see /openapi.json")
	})
	server.api = humagin.New(engine, head(config))
	server.api.UseMiddleware(server.admit)
	server.document = sync.OnceValues(func() ([]byte, error) { return server.api.OpenAPI().MarshalJSON() })
	server.routes()
	return server, nil
}

// head is the OpenAPI 3.1 document's head. huma's own pages are left out: they
// load scripts from elsewhere.
func head(config Config) huma.Config {
	document := huma.DefaultConfig("Signalbox", config.Version)
	document.OpenAPIPath, document.DocsPath, document.SchemasPath = "", "", ""
	document.CreateHooks = nil
	document.Info.Description = "Triage and retrieval for support teams. Errors are problem documents (RFC 9457)."
	document.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"key":       {Type: "http", Scheme: "bearer", Description: "An API key: sbx_agent_…, sbx_admin_… or sbx_hook_…"},
		"customer":  {Type: "http", Scheme: "bearer", BearerFormat: "JWT", Description: "A token that the site signs for its customer: aud signalbox, sub, iat, exp at most 15 minutes later, kid."},
		"site":      {Type: "apiKey", In: "header", Name: HeaderSite, Description: "The site's publishable key."},
		"signature": {Type: "apiKey", In: "header", Name: "X-Signalbox-Signature", Description: "The helpdesk's own signature over the raw body."},
	}
	if config.PublicURL != "" {
		document.Servers = []*huma.Server{{URL: config.PublicURL}}
	}
	return document
}

// Handler returns the HTTP handler.
func (s *Server) Handler() http.Handler { return s.engine }

// HTTPServer wraps a handler with timeouts that no slow client outlasts.
func HTTPServer(handler http.Handler) *http.Server {
	return &http.Server{
		Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout: 2 * time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10,
	}
}
