package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/signalbox/signalbox/internal/helpdesk"
)

// call is one request; answer is what came back.
type call struct {
	method, path, body string
	header             map[string]string
}

type answer struct {
	status int
	header http.Header
	body   string
}

func (a answer) decode(t testing.TB, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(a.body), into); err != nil {
		t.Fatalf("the answer is no JSON: %v\n%s", err, a.body)
	}
}

// wants expects a status.
func (a answer) wants(t testing.TB, status int) answer {
	t.Helper()
	if a.status != status {
		t.Fatalf("status %d, want %d: %s", a.status, status, a.body)
	}
	return a
}

// try sends a request from an address of its own, so that no limit for one
// address is met, and again when a limit for all is.
func try(url string, call call) (answer, error) {
	for {
		answer, err := tryOnce(url, call)
		if err != nil || answer.status != http.StatusTooManyRequests {
			return answer, err
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func tryOnce(url string, call call) (answer, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, call.method, url+call.path, strings.NewReader(call.body))
	if err != nil {
		return answer{}, err
	}
	if call.body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	request.Header.Set("X-Forwarded-For", fmt.Sprintf("10.%d.%d.%d", rand.IntN(256), rand.IntN(256), rand.IntN(256)))
	for name, value := range call.header {
		request.Header.Set(name, value)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return answer{response.StatusCode, response.Header, string(body)}, err
}

func (s *server) do(t testing.TB, call call) answer {
	t.Helper()
	answer, err := try(s.url, call)
	must(t, err)
	return answer
}

func (s *server) get(t testing.TB, path string, header map[string]string) answer {
	t.Helper()
	return s.do(t, call{method: http.MethodGet, path: path, header: header})
}

// hook posts an event with the signature of the generic protocol.
func (s *server) hook(t testing.TB, connection, secret, event string) answer {
	t.Helper()
	timestamp, signature := helpdesk.SignGeneric([]byte(secret), []byte(event), time.Now())
	return s.do(t, call{http.MethodPost, "/v1/hooks/" + connection, event, map[string]string{
		helpdesk.HeaderTimestamp: timestamp, helpdesk.HeaderSignature: signature,
	}})
}

func bearing(token string) map[string]string {
	return map[string]string{"Authorization": "Bearer " + token}
}

// visitor is an anonymous customer of a site.
func visitor(publishableKey string) map[string]string {
	return map[string]string{"X-Signalbox-Site": publishableKey}
}

// signedIn is a customer whom the site vouches for.
func signedIn(t testing.TB, publishableKey, keyID, secret string, claims jwt.MapClaims) map[string]string {
	t.Helper()
	claims["aud"], claims["iat"], claims["exp"] = "signalbox", time.Now().Unix(), time.Now().Add(14*time.Minute).Unix()
	token := jwt.NewWithClaims(jwt.SigningMethodHS256, claims)
	token.Header["kid"] = keyID
	signed, err := token.SignedString([]byte(secret))
	must(t, err)
	header := visitor(publishableKey)
	header["Authorization"] = "Bearer " + signed
	return header
}

// text is a JSON document of what a test sends.
func text(value any) string {
	encoded, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(encoded)
}
