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
	c.Request = named(c.Writer.Header(), c.Request)
	c.Next()
}

// named gives a request its ID, and an answer the headers that all have.
func named(header http.Header, request *http.Request) *http.Request {
	id, err := uuid.Parse(request.Header.Get(HeaderRequestID))
	if err != nil {
		id = uuid.Must(uuid.NewV7())
	}
	header.Set(HeaderRequestID, id.String())
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", "no-store") // nearly every answer is somebody's own
	return request.WithContext(context.WithValue(request.Context(), requestIDKey{}, id.String()))
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
	if tag(c.Request.URL.Path) != customersTag {
		c.Next()
		return
	}
	if readableFrom(c.Writer.Header(), c.GetHeader("Origin")) && c.Request.Method == http.MethodOptions {
		c.Header("Access-Control-Allow-Methods", "GET, POST")
		c.Header("Access-Control-Allow-Headers", "Authorization, Content-Type, Accept, "+HeaderSite+", "+HeaderIdempotency)
		c.Header("Access-Control-Max-Age", "600")
		c.AbortWithStatus(http.StatusNoContent)
		return
	}
	c.Next()
}

// readableFrom lets the pages of an origin read an answer, if there is one.
func readableFrom(header http.Header, origin string) bool {
	header.Set("Vary", "Origin")
	if origin == "" {
		return false
	}
	header.Set("Access-Control-Allow-Origin", origin)
	header.Set("Access-Control-Expose-Headers", HeaderRequestID+", "+HeaderReplayed+", Retry-After")
	return true
}

// doorRoute stands for all routes behind the customers' door in the metrics.
const doorRoute = "(door)"

// shed refuses a customer for whom there is no place, at the least cost: neither the
// router nor a limit is asked, and only the metrics tell of it.
func (s *Server) shed(writer http.ResponseWriter, request *http.Request) {
	header := writer.Header()
	request = named(header, request)
	readableFrom(header, request.Header.Get("Origin"))
	refusal := s.problem(request.Context(), tooMany())
	for name, values := range refusal.header {
		header[name] = values
	}
	header.Set("Content-Type", problemContentType)
	s.metrics.requests.WithLabelValues(knownMethod(request.Method), doorRoute, strconv.Itoa(refusal.Status)).Inc()
	writer.WriteHeader(refusal.Status)
	_ = json.NewEncoder(writer).Encode(refusal.ErrorModel) // fails only if the caller has left
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
