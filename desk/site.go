package desk

import "github.com/google/uuid"

// Site is a place where customers are met: a help centre, a portal, a product.
type Site struct {
	ID             uuid.UUID `json:"id"`
	Name           string    `json:"name"`
	PublishableKey string    `json:"publishable_key"`
	AllowedOrigins []string  `json:"allowed_origins"` // empty: any; a courtesy, not authentication
}

// SiteKey verifies the tokens that a site signs for its customers. The algorithm
// is fixed per key, so that a token cannot choose it.
type SiteKey struct {
	SiteID    uuid.UUID
	KeyID     string
	Algorithm string // HS256 or EdDSA
	Secret    []byte // HS256
	PublicKey []byte // EdDSA, 32 bytes
}

// Claims is what a verified token says of a customer.
type Claims struct {
	Subject       string
	Name          string
	Email         string
	EmailVerified bool
	Language      string
}
