package httpapi

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
)

// HeaderRequestID names a request in answers, logs and problems.
const HeaderRequestID = "X-Request-Id"

// HeaderIdempotency lets a caller repeat a request safely.
const HeaderIdempotency = "Idempotency-Key"

type requestIDKey struct{}

func requestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

// identify takes the caller's request ID if it is a UUID, or makes one.
func (s *Server) identify(c *gin.Context) {
	id, err := uuid.Parse(c.GetHeader(HeaderRequestID))
	if err != nil {
		id = uuid.Must(uuid.NewV7())
	}
	c.Header(HeaderRequestID, id.String())
	c.Header("X-Content-Type-Options", "nosniff")
	c.Request = c.Request.WithContext(context.WithValue(c.Request.Context(), requestIDKey{}, id.String()))
	c.Next()
}

// observe logs and counts each request by its route, never by its address's parts
// or its body.
func (s *Server) observe(c *gin.Context) {
	start := time.Now()
	c.Next()
	path, took := c.FullPath(), time.Since(start)
	s.metrics.requests.WithLabelValues(c.Request.Method, path, strconv.Itoa(c.Writer.Status())).Inc()
	s.metrics.seconds.WithLabelValues(c.Request.Method, path).Observe(took.Seconds())
	s.log.LogAttrs(c.Request.Context(), slog.LevelDebug, "request",
		slog.String("request_id", requestID(c.Request.Context())), slog.String("method", c.Request.Method),
		slog.String("route", path), slog.Int("status", c.Writer.Status()), slog.Duration("took", took))
}

// recover turns a panic into a 500 and logs its stack without its message, which
// could quote a body.
func (s *Server) recover(c *gin.Context) {
	defer func() {
		if cause := recover(); cause != nil {
			s.log.Error("panic in a handler", "request_id", requestID(c.Request.Context()), "route", c.FullPath(), "stack", string(debug.Stack()))
			if !c.Writer.Written() {
				s.plainProblem(c, http.StatusInternalServerError, "something went wrong on our side")
			}
			c.Abort()
		}
	}()
	c.Next()
}

// allowOrigin lets a browser on another site call the customers' routes. Which
// origins a site allows is checked with its key.
func allowOrigin(c *gin.Context) {
	origin := c.GetHeader("Origin")
	if origin == "" || !strings.HasPrefix(c.Request.URL.Path, "/v1/") || tag(c.Request.URL.Path) != "customers" {
		c.Next()
		return
	}
	c.Header("Vary", "Origin")
	c.Header("Access-Control-Allow-Origin", origin)
	c.Header("Access-Control-Expose-Headers", HeaderRequestID+", Retry-After")
	if c.Request.Method == http.MethodOptions {
		c.Header("Access-Control-Allow-Methods", "GET, POST")
		c.Header("Access-Control-Allow-Headers", "Authorization, Content-Type, Accept, "+HeaderSite+", "+HeaderIdempotency)
		c.Header("Access-Control-Max-Age", "600")
		c.AbortWithStatus(http.StatusNoContent)
		return
	}
	c.Next()
}

// plainProblem answers where no operation was found.
func (s *Server) plainProblem(c *gin.Context, status int, detail string) {
	body, err := json.Marshal(huma.ErrorModel{Status: status, Title: http.StatusText(status), Detail: detail, Instance: instance(c.Request.Context())})
	if err != nil {
		c.AbortWithStatus(status)
		return
	}
	c.Data(status, "application/problem+json", body)
	c.Abort()
}

type metrics struct {
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
}

func newMetrics(registerer prometheus.Registerer) *metrics {
	metrics := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "signalbox_http_requests_total", Help: "Requests by route and status."}, []string{"method", "route", "status"}),
		seconds:  prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "signalbox_http_request_seconds", Help: "Time to answer by route.", Buckets: prometheus.DefBuckets}, []string{"method", "route"}),
	}
	if registerer != nil {
		registerer.MustRegister(metrics.requests, metrics.seconds)
	}
	return metrics
}
