package httpapi

import (
	"context"
	"crypto/ed25519"
	"errors"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
)

const (
	maxTokenLife = 15 * time.Minute // after iat
	clockSkew    = 5 * time.Second  // between a site's clock and ours
)

// tokenClaims are the registered claims and, beside them, OpenID Connect's names.
type tokenClaims struct {
	jwt.RegisteredClaims
	Name          string `json:"name"`
	Email         string `json:"email"`
	EmailVerified bool   `json:"email_verified"`
	Language      string `json:"locale"`
}

// verify checks a customer's JWT (RFC 7519, RFC 8725): the algorithm that the key
// fixes, audience, subject, and a life of at most fifteen minutes.
func (s *Server) verify(ctx context.Context, siteID uuid.UUID, token string) (desk.Claims, error) {
	var claims tokenClaims
	var unavailable error
	parser := jwt.NewParser(jwt.WithAudience("signalbox"), jwt.WithExpirationRequired(), jwt.WithIssuedAt(),
		jwt.WithLeeway(clockSkew), jwt.WithTimeFunc(s.now), jwt.WithStrictDecoding())
	_, err := parser.ParseWithClaims(token, &claims, func(token *jwt.Token) (any, error) {
		keyID, _ := token.Header["kid"].(string)
		key, err := s.stores.Sites.SiteKey(ctx, siteID, keyID)
		if err != nil {
			if !fault.Is(err, fault.NotFound) {
				unavailable = err
			}
			return nil, err
		}
		return verificationKey(token, key)
	})
	switch {
	case unavailable != nil:
		return desk.Claims{}, unavailable
	case err != nil:
		return desk.Claims{}, invalidToken("is not a valid token of this site: check kid, algorithm, signature, aud and exp", err)
	case claims.Subject == "" || len(claims.Subject) > desk.MaxExternalIDBytes:
		return desk.Claims{}, invalidToken("names no subject (sub), or too long a one", nil)
	case claims.IssuedAt == nil || claims.ExpiresAt.Sub(claims.IssuedAt.Time) > maxTokenLife:
		return desk.Claims{}, invalidToken("must have iat, and exp at most fifteen minutes after it", nil)
	}
	return desk.Claims{Subject: claims.Subject, Name: claims.Name, Email: claims.Email, EmailVerified: claims.EmailVerified, Language: claims.Language}, nil
}

// verificationKey returns the key for the algorithm that it was made for: a token
// that names another one, or none, is refused before any signature is looked at.
func verificationKey(token *jwt.Token, key desk.SiteKey) (any, error) {
	if token.Method.Alg() != key.Algorithm {
		return nil, errors.New("the key is for another algorithm")
	}
	if _, critical := token.Header["crit"]; critical {
		return nil, errors.New("no critical extension is understood") // RFC 7515, 4.1.11
	}
	if key.Algorithm == jwt.SigningMethodEdDSA.Alg() {
		return ed25519.PublicKey(key.PublicKey), nil
	}
	return key.Secret, nil
}

func invalidToken(message string, cause error) error {
	problem := fault.Field(fault.Unauthenticated, "Authorization", message, "sign a new one")
	problem.Cause = cause
	return problem
}
