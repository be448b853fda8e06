package httpapi

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"github.com/signalbox/signalbox/internal/fault"
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
		return fault.Field(fault.Invalid, "Log", "is missing", "pass a *slog.Logger")
	}
	for _, network := range c.TrustedProxies {
		_, errPrefix := netip.ParsePrefix(network)
		if _, err := netip.ParseAddr(network); err != nil && errPrefix != nil {
			return fault.Field(fault.Invalid, "TrustedProxies", "holds what is no network", "use addresses such as 10.0.0.0/8")
		}
	}
	return nil
}

// Stores is everything that the routes read and write, each as narrow as its use.
type Stores struct {
	Keys         Keys
	Sites        Sites
	Customers    Customers
	Connections  Connections
	Intake       Intake
	Events       Events
	Tickets      Tickets
	Decisions    Decisions
	Explanations Explanations
	Values       Values
	Search       AgentSearch
	Briefs       Briefs
	Reports      SystemReports
	Policies     Policies
	Reviews      Reviews
	Promises     Promises
	Imports      Imports
	Health       Health
	Customer     *customer.Handlers
}

// Server answers HTTP requests.
type Server struct {
	api     huma.API
	engine  *gin.Engine
	config  Config
	stores  Stores
	limits  *limiter
	door    *door
	metrics *metrics
	log     *slog.Logger
	now     func() time.Time

	document func() ([]byte, error) // the OpenAPI document, made once
}

// New builds the server with all its routes. It panics on a route that declares
// no action, so that none is ever served.
func New(config Config, stores Stores) (*Server, error) {
	if err := config.Validate(); err != nil {
		return nil, err
	}
	if config.Limits == (Limits{}) {
		config.Limits = DefaultLimits()
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	server := &Server{
		config: config, stores: stores, log: config.Log, now: config.Now,
		limits: newLimiter(config.Limits, config.Redis), door: newDoor(config.Limits.CustomerAtOnce),
		metrics: newMetrics(config.Metrics),
	}
	if err := server.newEngine(); err != nil {
		return nil, err
	}
	server.api = humagin.New(server.engine, head(config))
	server.api.UseMiddleware(server.admit)
	server.document = sync.OnceValues(func() ([]byte, error) { return server.api.OpenAPI().MarshalJSON() })
	server.routes()
	return server, nil
}

// newEngine makes gin carry the requests, with problems for what no route answers.
func (s *Server) newEngine() error {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.HandleMethodNotAllowed = true
	engine.RedirectTrailingSlash = false // a redirected POST is a surprise; a 404 says what is wrong
	if err := engine.SetTrustedProxies(s.config.TrustedProxies); err != nil {
		return fmt.Errorf("trust proxies: %w", err)
	}
	engine.Use(s.identify, s.observe, s.recover, allowOrigin)
	engine.NoRoute(func(c *gin.Context) {
		s.plainProblem(c, http.StatusNotFound, "there is nothing at this address; see /openapi.json")
	})
	engine.NoMethod(func(c *gin.Context) {
		s.plainProblem(c, http.StatusMethodNotAllowed, "this address does not take this method; see /openapi.json")
	})
	s.engine = engine
	return nil
}

// Handler returns the HTTP handler. HEAD is answered as GET, whose body net/http
// leaves out. Customers who find the door full are refused here, before the router.
func (s *Server) Handler() http.Handler {
	return http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) {
		if s.door.full() && request.Method != http.MethodOptions && tag(request.URL.Path) == customersTag {
			s.shed(writer, request)
			return
		}
		if request.Method == http.MethodHead {
			get := *request
			get.Method = http.MethodGet
			request = &get
		}
		s.engine.ServeHTTP(writer, request)
	})
}

// HTTPServer wraps a handler with timeouts that no slow client outlasts.
func HTTPServer(handler http.Handler) *http.Server {
	return &http.Server{
		Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout: 2 * time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10,
	}
}
