package httpapi

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"
)

// HeaderRequestID names a request in answers, logs and problems.
const HeaderRequestID = "X-Request-Id"

// HeaderIdempotency lets a caller repeat a request safely; HeaderReplayed marks the
// answer to a repeated one.
const (
	HeaderIdempotency = "Idempotency-Key"
	HeaderReplayed    = "Signalbox-Replayed"
)

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
	c.Header("Cache-Control", "no-store") // nearly every answer is somebody's own
	c.Request = c.Request.WithContext(context.WithValue(c.Request.Context(), requestIDKey{}, id.String()))
	c.Next()
}

// observe logs and counts each request by its route, never by its address's parts
// or its body.
func (s *Server) observe(c *gin.Context) {
	start := time.Now()
	c.Next()
	path, method, took := c.FullPath(), knownMethod(c.Request.Method), time.Since(start)
	s.metrics.requests.WithLabelValues(method, path, strconv.Itoa(c.Writer.Status())).Inc()
	s.metrics.seconds.WithLabelValues(method, path).Observe(took.Seconds())
	s.log.LogAttrs(c.Request.Context(), slog.LevelDebug, "request",
		slog.String("request_id", requestID(c.Request.Context())), slog.String("method", method),
		slog.String("route", path), slog.Int("status", c.Writer.Status()), slog.Duration("took", took))
}

// knownMethod keeps a caller's own words out of the metrics' labels.
func knownMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodPost, http.MethodOptions, http.MethodPut, http.MethodPatch, http.MethodDelete:
		return method
	}
	return "other"
}

// recover turns a panic into a 500 and logs its stack without its message, which
// could quote a body. An answer that had begun is cut off, so that nobody takes it
// for a whole one.
func (s *Server) recover(c *gin.Context) {
	defer func() {
		cause := recover()
		if cause == nil {
			return
		}
		if c.Request.Context().Err() == nil { // else the caller left while the answer was written
			s.log.Error("panic in a handler", "request_id", requestID(c.Request.Context()), "route", c.FullPath(), "stack", string(debug.Stack()))
		}
		if c.Writer.Written() {
			panic(http.ErrAbortHandler)
		}
		s.plainProblem(c, http.StatusInternalServerError, "something went wrong on our side")
	}()
	c.Next()
}

// allowOrigin lets a browser on another site call the customers' routes. Which
// origins a site allows is checked with its key.
func allowOrigin(c *gin.Context) {
	if tag(c.Request.URL.Path) != "customers" {
		c.Next()
		return
	}
	c.Header("Vary", "Origin")
	origin := c.GetHeader("Origin")
	if origin == "" {
		c.Next()
		return
	}
	c.Header("Access-Control-Allow-Origin", origin)
	c.Header("Access-Control-Expose-Headers", HeaderRequestID+", "+HeaderReplayed+", Retry-After")
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
	body, err := json.Marshal(newProblem(c.Request.Context(), status, detail))
	if err != nil {
		c.AbortWithStatus(status)
		return
	}
	c.Data(status, problemContentType, body)
	c.Abort()
}
