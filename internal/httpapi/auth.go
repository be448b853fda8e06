package httpapi

import (
	"context"
	"crypto/ed25519"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
)

// HeaderSite carries a site's publishable key.
const HeaderSite = "X-Signalbox-Site"

// maxTokenLife is how long after iat a customer's token may live.
const maxTokenLife = 15 * time.Minute

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

// authenticate finds out who calls. A wrong credential is refused, never ignored.
func (s *Server) authenticate(ctx context.Context, action desk.Action, request *http.Request) (desk.Actor, error) {
	token, given := bearer(request)
	if strings.HasPrefix(token, "sbx_") {
		return s.stores.Keys.ActorByKey(ctx, token)
	}
	site := request.Header.Get(HeaderSite)
	if site == "" {
		if given {
			return desk.Actor{}, fault.New(fault.Unauthenticated, "this is no API key; a customer's token needs the header %s beside it", HeaderSite)
		}
		if forCustomers(action) {
			return desk.Actor{}, fault.Field(fault.Unauthenticated, HeaderSite, "is missing", "send the site's publishable key")
		}
		return desk.Actor{Kind: desk.Anonymous}, nil
	}
	return s.customer(ctx, request, site, token)
}

// customer reads a site's key, its allowed origins and the customer's token, if any.
func (s *Server) customer(ctx context.Context, request *http.Request, publishableKey, token string) (desk.Actor, error) {
	site, err := s.stores.Sites.SiteByPublishableKey(ctx, publishableKey)
	if err != nil {
		if fault.Is(err, fault.NotFound) {
			return desk.Actor{}, fault.Field(fault.Unauthenticated, HeaderSite, "is no site's publishable key", "copy it from `signalbox connection list`")
		}
		return desk.Actor{}, err
	}
	if origin := request.Header.Get("Origin"); origin != "" && len(site.AllowedOrigins) > 0 && !slices.Contains(site.AllowedOrigins, origin) {
		return desk.Actor{}, fault.New(fault.Forbidden, "this origin is not among the site's allowed origins")
	}
	if token == "" {
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
	return desk.Actor{Kind: desk.CustomerActor, ID: customer.ID, CustomerID: customer.ID, SiteID: site.ID}, nil
}

type tokenClaims struct {
	jwt.RegisteredClaims
	Name          string `json:"name"`
	Email         string `json:"email"`
	EmailVerified bool   `json:"email_verified"`
	Language      string `json:"locale"`
}

// verify checks a customer's JWT: the algorithm that the key fixes, audience,
// subject, and a life of at most fifteen minutes.
func (s *Server) verify(ctx context.Context, siteID uuid.UUID, token string) (desk.Claims, error) {
	var claims tokenClaims
	var unavailable error
	parser := jwt.NewParser(jwt.WithAudience("signalbox"), jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithLeeway(5*time.Second))
	_, err := parser.ParseWithClaims(token, &claims, func(token *jwt.Token) (any, error) {
		keyID, _ := token.Header["kid"].(string)
		key, err := s.stores.Sites.SiteKey(ctx, siteID, keyID)
		if err != nil {
			if !fault.Is(err, fault.NotFound) {
				unavailable = err
			}
			return nil, err
		}
		if token.Method.Alg() != key.Algorithm {
			return nil, errors.New("the key is for another algorithm")
		}
		if key.Algorithm == "EdDSA" {
			return ed25519.PublicKey(key.PublicKey), nil
		}
		return key.Secret, nil
	})
	switch {
	case unavailable != nil:
		return desk.Claims{}, unavailable
	case err != nil:
		return desk.Claims{}, invalidToken("is not a valid token of this site: check kid, algorithm, signature, aud and exp", err)
	case claims.Subject == "" || len(claims.Subject) > desk.MaxExternalIDBytes:
		return desk.Claims{}, invalidToken("names no subject (sub)", nil)
	case claims.IssuedAt == nil || claims.ExpiresAt.Sub(claims.IssuedAt.Time) > maxTokenLife:
		return desk.Claims{}, invalidToken("must have iat, and exp at most fifteen minutes after it", nil)
	}
	return desk.Claims{Subject: claims.Subject, Name: claims.Name, Email: claims.Email, EmailVerified: claims.EmailVerified, Language: claims.Language}, nil
}

func invalidToken(message string, cause error) error {
	problem := fault.Field(fault.Unauthenticated, "Authorization", message, "sign a new one")
	problem.Cause = cause
	return problem
}

func bearer(request *http.Request) (token string, given bool) {
	scheme, token, found := strings.Cut(request.Header.Get("Authorization"), " ")
	if !found || !strings.EqualFold(scheme, "Bearer") {
		return "", false
	}
	return strings.TrimSpace(token), true
}

func forCustomers(action desk.Action) bool {
	return action == desk.SearchPublic || action == desk.OpenTicket || action == desk.ReadOwnTickets
}
