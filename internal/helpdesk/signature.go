package helpdesk

import (
	"crypto/hmac"
	"crypto/sha256"
	"time"

	"github.com/signalbox/signalbox/internal/fault"
)

// signedBy reports whether any secret signs the parts, joined, with HMAC-SHA256.
// It compares in constant time and tries every secret, so that its duration tells
// nothing of which one matched.
func signedBy(secrets [][]byte, signature []byte, parts ...[]byte) bool {
	matched := false
	for _, secret := range secrets {
		if len(secret) == 0 {
			continue
		}
		mac := hmac.New(sha256.New, secret)
		for _, part := range parts {
			mac.Write(part)
		}
		if hmac.Equal(mac.Sum(nil), signature) {
			matched = true
		}
	}
	return matched
}

// errSignature says the same of every wrong signature, unknown secret and missing header.
func errSignature(header, how string) error {
	return fault.Field(fault.Unauthenticated, header, "does not fit the body", how)
}

// withinWindow checks a signed timestamp against the time of receipt.
func withinWindow(header string, signed, received time.Time) error {
	if distance := received.Sub(signed).Abs(); distance > Window {
		return fault.Field(fault.Unauthenticated, header, "is more than five minutes from our clock",
			"sign each request when it is sent, and check the sender's clock")
	}
	return nil
}
