package httpapi

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
)

// HeaderSite carries a site's publishable key.
const HeaderSite = "X-Signalbox-Site"

// Keys finds the actor of an API key.
type Keys interface {
	ActorByKey(ctx context.Context, key string) (desk.Actor, error)
}

// Sites finds a site and the keys that sign its customers' tokens.
type Sites interface {
	SiteByPublishableKey(ctx context.Context, key string) (desk.Site, error)
	SiteKey(ctx context.Context, siteID uuid.UUID, keyID string) (desk.SiteKey, error)
}

// Customers finds, or makes, the customer of a verified token.
type Customers interface {
	CustomerByIdentity(ctx context.Context, siteID uuid.UUID, claims desk.Claims) (desk.Customer, error)
}

// authenticate finds out who calls. A wrong credential is refused, never ignored,
// with two exceptions: the routes on the service's own state must answer while
// there is no database to ask, and a hook's Authorization header may be meant for
// a proxy on its way, since its signature decides.
func (s *Server) authenticate(ctx context.Context, action desk.Action, request *http.Request) (desk.Actor, error) {
	token, given := bearer(request)
	site := request.Header.Get(HeaderSite)
	switch {
	case action == desk.ReadStatus:
		return desk.Actor{Kind: desk.Anonymous}, nil
	case strings.HasPrefix(token, "sbx_"):
		return s.stores.Keys.ActorByKey(ctx, token)
	case action == desk.PostHook:
		return desk.Actor{Kind: desk.Anonymous}, nil
	case site != "":
		return s.customer(ctx, request, site, token, given)
	case given:
		return desk.Actor{}, fault.New(fault.Unauthenticated, "this is no API key; a customer's token needs the header %s beside it", HeaderSite)
	case forCustomers(action):
		return desk.Actor{}, fault.Field(fault.Unauthenticated, HeaderSite, "is missing", "send the site's publishable key")
	}
	return desk.Actor{Kind: desk.Anonymous}, nil
}

// customer reads a site's key, its allowed origins and the customer's token, if any.
func (s *Server) customer(ctx context.Context, request *http.Request, publishableKey, token string, given bool) (desk.Actor, error) {
	site, err := s.stores.Sites.SiteByPublishableKey(ctx, publishableKey)
	if err != nil {
		if fault.Is(err, fault.NotFound) {
			return desk.Actor{}, fault.Field(fault.Unauthenticated, HeaderSite, "is no site's publishable key", "copy it from `signalbox site list`")
		}
		return desk.Actor{}, err
	}
	if origin := request.Header.Get("Origin"); origin != "" && len(site.AllowedOrigins) > 0 && !slices.Contains(site.AllowedOrigins, origin) {
		return desk.Actor{}, fault.New(fault.Forbidden, "this origin is not among the site's allowed origins")
	}
	if !given {
		return desk.Actor{Kind: desk.Anonymous, SiteID: site.ID}, nil
	}
	claims, err := s.verify(ctx, site.ID, token)
	if err != nil {
		return desk.Actor{}, err
	}
	customer, err := s.stores.Customers.CustomerByIdentity(ctx, site.ID, claims)
	if err != nil {
		return desk.Actor{}, err
	}
	return desk.Actor{Kind: desk.CustomerActor, ID: customer.ID, CustomerID: customer.ID, SiteID: site.ID, Subject: claims.Subject}, nil
}

// bearer returns the credential of the Authorization header and whether there is
// one at all, of whatever scheme.
func bearer(request *http.Request) (token string, given bool) {
	header := request.Header.Get("Authorization")
	scheme, token, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return "", header != ""
	}
	return strings.TrimSpace(token), true
}

func forCustomers(action desk.Action) bool {
	return action == desk.SearchPublic || action == desk.OpenTicket || action == desk.ReadOwnTickets
}
