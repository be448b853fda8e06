package httpapi

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/signalbox/signalbox/desk"
)

// route declares one operation: who may call it, how often, and how much it reads.
type route struct {
	method, path string
	summary      string
	action       desk.Action
	limit        limitClass
	maxBody      int64         // bytes; 0 is defaultMaxBody
	timeout      time.Duration // from the head of the request to the end of the answer; 0 is defaultTimeout
	status       int           // 0 is 200
	raw          bool          // the handler reads the body itself: its bytes are signed
	refuses      []int         // statuses beside those that follow from the rest
	// document adds what the Go types don't say to the OpenAPI document.
	document func(*huma.Operation, huma.Registry)
}

const (
	defaultMaxBody  = 64 << 10
	defaultTimeout  = 10 * time.Second
	bodyReadTimeout = 20 * time.Second
	routeKey        = "route"
)

// register adds a route with its handler. Faults become problems here.
func register[Input, Output any](s *Server, route route, handler func(context.Context, *Input) (*Output, error)) {
	if route.action == "" {
		panic("route " + route.path + " declares no action") // at start, never in a request
	}
	if route.maxBody == 0 {
		route.maxBody = defaultMaxBody
	}
	if route.timeout == 0 {
		route.timeout = defaultTimeout
	}
	operation := huma.Operation{
		OperationID:      operationID(route),
		Method:           route.method,
		Path:             route.path,
		Summary:          route.summary,
		Tags:             []string{tag(route.path)},
		DefaultStatus:    route.status,
		MaxBodyBytes:     route.maxBody + 1, // huma refuses a body of exactly this size
		BodyReadTimeout:  bodyReadTimeout,
		SkipValidateBody: route.raw,
		Security:         security[route.action],
		Errors:           refusals(route),
		Metadata:         map[string]any{routeKey: route},
	}
	if route.document != nil {
		route.document(&operation, s.api.OpenAPI().Components.Schemas)
	}
	huma.Register(s.api, operation, func(ctx context.Context, input *Input) (*Output, error) {
		output, err := handler(ctx, input)
		if err != nil {
			return nil, s.problem(ctx, err)
		}
		return output, nil
	})
}

// refusals lists the statuses with which a route may refuse.
func refusals(route route) []int {
	var statuses []int
	add := func(when bool, more ...int) {
		if when {
			statuses = append(statuses, more...)
		}
	}
	add(route.action != desk.ReadStatus, http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden)
	add(route.limit != limitNone, http.StatusTooManyRequests)
	add(strings.Contains(route.path, "{"), http.StatusNotFound)
	add(route.action == desk.ReadTickets && strings.Contains(route.path, "{"), http.StatusGone)
	writes := route.method == http.MethodPost || route.method == http.MethodPut
	add(writes, http.StatusRequestTimeout, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity)
	add(writes && !route.raw, http.StatusUnsupportedMediaType)
	add(route.path != "/healthz" && route.path != "/openapi.json", http.StatusServiceUnavailable)
	statuses = append(statuses, route.refuses...)
	slices.Sort(statuses)
	return statuses
}

// operationID is stable and readable: get-v1-tickets-id.
func operationID(route route) string {
	path := strings.NewReplacer("{", "", "}", "", "/", "-", ":", "-", ".", "-").Replace(strings.TrimPrefix(route.path, "/"))
	return strings.ToLower(route.method) + "-" + path
}

// customersTag groups the routes that stand behind the customers' door.
const customersTag = "customers"

func tag(path string) string {
	switch {
	case strings.HasPrefix(path, "/v1/hooks"):
		return "hooks"
	case strings.HasPrefix(path, "/v1/agent"), strings.HasPrefix(path, "/v1/tickets"), strings.HasPrefix(path, "/v1/decisions"):
		return "agents"
	case strings.HasPrefix(path, "/v1/admin"):
		return "admins"
	case strings.HasPrefix(path, "/v1/"):
		return customersTag
	default:
		return "service"
	}
}
