package httpapi_test

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// signed is a token with the site's Ed25519 key.
func (s site) signed(t testing.TB, claims jwt.Claims) string {
	t.Helper()
	return token(t, jwt.SigningMethodEdDSA, s.asymmetric.KeyID, claims, s.private)
}

// changed are right claims but for one; nil leaves it out.
func changed(name string, value any) jwt.MapClaims {
	claims := claims("customer")
	if claims[name] = value; value == nil {
		delete(claims, name)
	}
	return claims
}

// badTokens are wrong in one respect each.
func (s scene) badTokens() []map[string]string {
	s.t.Helper()
	now, hs256 := time.Now(), jwt.SigningMethodHS256
	other := s.world.site()
	mine := func(claims jwt.Claims) string {
		return token(s.t, hs256, s.site.shared.KeyID, claims, s.site.shared.Secret)
	}
	good := mine(claims("customer"))
	tokens := []string{
		mine(changed("exp", now.Add(-time.Minute).Unix())), // expired
		mine(changed("exp", nil)),
		mine(changed("exp", now.Add(16*time.Minute).Unix())), // lives too long
		mine(changed("iat", nil)),
		mine(changed("iat", now.Add(time.Minute).Unix())), // from the future
		mine(changed("nbf", now.Add(time.Minute).Unix())), // not yet
		mine(changed("aud", "another")),
		mine(changed("aud", nil)),
		mine(changed("sub", nil)),
		mine(changed("sub", "")),
		mine(changed("sub", strings.Repeat("s", 201))),
		mine(changed("email_verified", "true")),                                                                              // a text is no boolean
		token(s.t, hs256, other.shared.KeyID, claims("customer"), other.shared.Secret),                                       // another site's
		token(s.t, hs256, s.site.shared.KeyID, claims("customer"), other.shared.Secret),                                      // forged
		token(s.t, hs256, "", claims("customer"), s.site.shared.Secret),                                                      // no key named
		token(s.t, hs256, "\x00", claims("customer"), s.site.shared.Secret),                                                  // no key's name
		token(s.t, hs256, s.site.asymmetric.KeyID, claims("customer"), s.site.asymmetric.PublicKey),                          // the public key as a secret
		token(s.t, jwt.SigningMethodHS512, s.site.shared.KeyID, claims("customer"), s.site.shared.Secret),                    // another algorithm
		token(s.t, jwt.SigningMethodEdDSA, s.site.shared.KeyID, claims("customer"), s.site.private),                          // another kind of key
		token(s.t, jwt.SigningMethodNone, s.site.shared.KeyID, claims("customer"), jwt.UnsafeAllowNoneSignatureType),         // none
		token(s.t, hs256, s.site.shared.KeyID, claims("customer"), s.site.shared.Secret, map[string]any{"crit": []any{"x"}}), // an unknown extension
		good[:len(good)-4] + "AAAA",                                                                                          // another signature
		good[:strings.LastIndex(good, ".")],                                                                                  // no signature
		raised(good),                                                                                                         // other claims under the same signature
		"not.a.token", "x", "",
	}
	headers := []map[string]string{merged(s.site.visitor(), map[string]string{"Authorization": "Basic abc"})}
	for _, token := range tokens {
		headers = append(headers, s.site.bearing(token))
	}
	return append(headers,
		map[string]string{"Authorization": "Bearer " + good}, // no site named
		other.bearing(good), // at another site
		map[string]string{"Authorization": "Bearer " + good, "X-Signalbox-Site": "sbp_" + strings.Repeat("A", 43)}, // at none
	)
}

// raised replaces a token's subject and keeps its signature.
func raised(signed string) string {
	parts := strings.Split(signed, ".")
	payload, _ := base64.RawURLEncoding.DecodeString(parts[1])
	parts[1] = base64.RawURLEncoding.EncodeToString([]byte(strings.ReplaceAll(string(payload), "customer", "boss")))
	return strings.Join(parts, ".")
}

func TestARetiredKeySignsNobodyIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	site := w.site()
	customer := site.customer(t, "customer")
	if got := w.get("/v1/customer/tickets", customer); got.status != http.StatusOK {
		t.Fatalf("before: status %d, want 200: %s", got.status, got.body)
	}
	must(t, w.sites.RetireSiteKey(t.Context(), operator, site.ID, site.shared.KeyID))
	problemOf(t, w.get("/v1/customer/tickets", customer), http.StatusUnauthorized)
	if got := w.get("/v1/customer/tickets", site.bearing(site.signed(t, claims("customer")))); got.status != http.StatusOK {
		t.Errorf("with the other key: status %d, want 200: %s", got.status, got.body)
	}
}

func TestOnlyAVerifiedAddressLinksEarlierTickets(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	site := w.site()
	w.ticket(w.hook(""), "E-1", "From the helpdesk", "text") // of E-1@example.org
	for subject, verified := range map[string]bool{"liar": false, "owner": true} {
		said := claims(subject)
		said["email"], said["email_verified"] = "e-1@example.org", verified
		got := w.get("/v1/customer/tickets", site.bearing(site.signed(t, said)))
		if sees := strings.Contains(got.body, "From the helpdesk"); got.status != http.StatusOK || sees != verified {
			t.Errorf("verified %v: sees the earlier ticket: %v (status %d)", verified, sees, got.status)
		}
	}
}
