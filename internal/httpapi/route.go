package httpapi

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
)

// route declares one operation: who may call it, how often, and how much it reads.
type route struct {
	method, path string
	summary      string
	action       desk.Action
	limit        limitClass
	maxBody      int64         // bytes; 0 is defaultMaxBody
	timeout      time.Duration // 0 is defaultTimeout
	status       int           // 0 is 200
}

const (
	defaultMaxBody = 64 << 10
	defaultTimeout = 10 * time.Second
	routeKey       = "route"
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
	huma.Register(s.api, huma.Operation{
		OperationID:   operationID(route),
		Method:        route.method,
		Path:          route.path,
		Summary:       route.summary,
		Tags:          []string{tag(route.path)},
		DefaultStatus: route.status,
		MaxBodyBytes:  route.maxBody,
		Security:      security[route.action],
		Errors:        []int{400, 401, 403, 404, 422, 429, 503},
		Metadata:      map[string]any{routeKey: route},
	}, func(ctx context.Context, input *Input) (*Output, error) {
		ctx, cancel := context.WithTimeout(ctx, route.timeout)
		output, err := handler(ctx, input)
		if _, streams := any(output).(*huma.StreamResponse); !streams || err != nil {
			cancel()
		} else {
			context.AfterFunc(ctx, cancel)
		}
		if err != nil {
			return nil, s.problem(ctx, err)
		}
		return output, nil
	})
}

// security is what the OpenAPI document says about credentials.
var security = map[desk.Action][]map[string][]string{
	desk.PostHook:         {{"signature": {}}, {"key": {}}},
	desk.SearchPublic:     {{"site": {}}, {"site": {}, "customer": {}}},
	desk.OpenTicket:       {{"site": {}}, {"site": {}, "customer": {}}},
	desk.ReadOwnTickets:   {{"site": {}, "customer": {}}},
	desk.ReadTickets:      {{"key": {}}},
	desk.SearchInternal:   {{"key": {}}},
	desk.OverrideDecision: {{"key": {}}},
	desk.ManageKnowledge:  {{"key": {}}},
	desk.ManageService:    {{"key": {}}},
}

// admit is the one gate: it limits the body, finds out who calls, asks whether
// they may, and counts the call against their limits.
func (s *Server) admit(ctx huma.Context, next func(huma.Context)) {
	route, declared := ctx.Operation().Metadata[routeKey].(route)
	if !declared {
		s.refuse(ctx, fault.New(fault.Internal, "this route declares no action"))
		return
	}
	ginContext := humagin.Unwrap(ctx)
	if length := ginContext.Request.ContentLength; length > route.maxBody {
		s.refuse(ctx, fault.New(fault.TooLarge, "the body has %d bytes; the limit here is %d", length, route.maxBody))
		return
	}
	ginContext.Request.Body = http.MaxBytesReader(ginContext.Writer, ginContext.Request.Body, route.maxBody)
	address := ginContext.ClientIP()
	if err := s.limits.address(ctx.Context(), address, route.limit); err != nil {
		s.refuse(ctx, err)
		return
	}
	actor, err := s.authenticate(ctx.Context(), route.action, ginContext.Request)
	if err == nil {
		err = permitted(actor, route.action)
	}
	if err == nil {
		err = s.limits.actor(ctx.Context(), actor, ctx.Param("connection"), route.limit)
	}
	if err != nil {
		s.refuse(ctx, err)
		return
	}
	release, err := s.slots.take(route.limit)
	if err != nil {
		s.refuse(ctx, err)
		return
	}
	defer release()
	next(huma.WithContext(ctx, desk.WithActor(ctx.Context(), actor)))
}

// permitted lets an unknown sender reach a hook, whose handler asks for the
// signature; everything else is decided by desk.
func permitted(actor desk.Actor, action desk.Action) error {
	if action == desk.PostHook && actor.Kind == desk.Anonymous {
		return nil
	}
	return actor.May(action)
}

// refuse writes a problem before any handler runs.
func (s *Server) refuse(ctx huma.Context, err error) {
	problem := s.problem(ctx.Context(), err)
	if withHeaders, ok := problem.(huma.HeadersError); ok {
		for name, values := range withHeaders.GetHeaders() {
			for _, value := range values {
				ctx.SetHeader(name, value)
			}
		}
	}
	model := unwrapModel(problem)
	var details []error
	for _, detail := range model.Errors {
		details = append(details, detail)
	}
	ctx.SetHeader("Cache-Control", "no-store")
	if err := huma.WriteErr(s.api, ctx, model.Status, model.Detail, details...); err != nil {
		s.log.Warn("write a refusal", "error", err)
	}
}

func unwrapModel(err error) *huma.ErrorModel {
	for {
		if model, ok := err.(*huma.ErrorModel); ok {
			return model
		}
		wrapped, ok := err.(interface{ Unwrap() error })
		if !ok {
			return &huma.ErrorModel{Status: http.StatusInternalServerError}
		}
		err = wrapped.Unwrap()
	}
}

// operationID is stable and readable: get-v1-tickets-id.
func operationID(route route) string {
	path := strings.NewReplacer("{", "", "}", "", "/", "-", ":", "-", ".", "-").Replace(strings.TrimPrefix(route.path, "/"))
	return strings.ToLower(route.method) + "-" + path
}

func tag(path string) string {
	switch {
	case strings.HasPrefix(path, "/v1/hooks"):
		return "hooks"
	case strings.HasPrefix(path, "/v1/agent"), strings.HasPrefix(path, "/v1/tickets"), strings.HasPrefix(path, "/v1/decisions"):
		return "agents"
	case strings.HasPrefix(path, "/v1/"):
		return "customers"
	default:
		return "service"
	}
}
