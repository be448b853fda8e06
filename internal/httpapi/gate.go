package httpapi

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
)

// admit is the one gate: it bounds the call's time, finds out who calls, asks
// whether they may, and counts the call against their limits.
func (s *Server) admit(ctx huma.Context, next func(huma.Context)) {
	route, declared := ctx.Operation().Metadata[routeKey].(route)
	if !declared {
		s.refuse(ctx, fault.New(fault.Internal, "this route declares no action"))
		return
	}
	bounded, cancel := context.WithTimeout(ctx.Context(), route.timeout)
	defer cancel()
	if route.limit == limitCustomer {
		s.admitCustomer(bounded, ctx, route, next)
		return
	}
	actor, err := s.inspect(bounded, ctx, route)
	if err != nil {
		s.refuse(ctx, err)
		return
	}
	if route.limit == limitAgent {
		defer s.door.serveAgent()()
	}
	next(huma.WithContext(ctx, desk.WithActor(bounded, actor)))
}

// admitCustomer has the door before everything that costs: in a flood, finding out
// who asks would be most of the work. A body is read outside; one that is too large to
// be read for anybody, only for those who may ask.
func (s *Server) admitCustomer(bounded context.Context, ctx huma.Context, route route, next func(huma.Context)) {
	outside := hasBody(ctx)
	if outside && isShort(ctx) {
		readAhead(ctx, route.maxBody+1)
		outside = false
	}
	leave, err := s.door.enter(bounded, time.Now().Add(doorPatience))
	if err != nil {
		s.refuse(ctx, err)
		return
	}
	actor, err := s.inspect(bounded, ctx, route)
	if err == nil && outside {
		leave()
		readAhead(ctx, route.maxBody+1)
		if leave, err = s.door.enter(bounded, time.Now().Add(doorPatience)); err != nil {
			s.refuse(ctx, err)
			return
		}
	}
	defer func() { leave() }()
	if err != nil {
		s.refuse(ctx, err)
		return
	}
	next(huma.WithContext(ctx, desk.WithActor(bounded, actor)))
}

// shortBody is the size in bytes up to which a body is read for anybody.
const shortBody = 16 << 10

// isShort says that a body's size is told, and small.
func isShort(ctx huma.Context) bool {
	length := humagin.Unwrap(ctx).Request.ContentLength
	return length > 0 && length <= shortBody
}

func hasBody(ctx huma.Context) bool {
	request := humagin.Unwrap(ctx).Request
	return request.Body != nil && request.Body != http.NoBody
}

// readAhead reads a body, up to a limit, before its sender takes one of the
// customers' places: a few who send byte by byte would hold them all. What goes
// wrong is met again by whoever reads the body.
func readAhead(ctx huma.Context, most int64) {
	request := humagin.Unwrap(ctx).Request
	_ = ctx.SetReadDeadline(time.Now().Add(bodyReadTimeout)) // without it, the server's own holds
	var read bytes.Buffer
	var rest io.Reader = request.Body
	if _, err := io.Copy(&read, io.LimitReader(request.Body, most)); err != nil {
		rest = broken{err}
	}
	request.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(&read, rest), request.Body}
}

// broken is a reader that has failed.
type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }

// inspect decides on everything that is known before the body is read.
func (s *Server) inspect(bounded context.Context, ctx huma.Context, route route) (desk.Actor, error) {
	ginContext := humagin.Unwrap(ctx)
	if ginContext.Request.ContentLength > route.maxBody {
		return desk.Actor{}, fault.New(fault.TooLarge, "the body is larger than %d bytes", route.maxBody)
	}
	if err := s.limits.address(bounded, ginContext.ClientIP(), route.limit); err != nil {
		return desk.Actor{}, err
	}
	actor, err := s.authenticate(bounded, route.action, ginContext.Request)
	if err != nil {
		return desk.Actor{}, err
	}
	if err := permitted(actor, route.action); err != nil {
		return desk.Actor{}, err
	}
	return actor, s.limits.actor(bounded, actor, ctx.Param("connection"), route.limit)
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
	s.problem(ctx.Context(), err).write(ctx)
}
