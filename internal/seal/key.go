package seal

import (
	"crypto/rand"
	"encoding/base64"
	"strings"

	"github.com/signalbox/signalbox/internal/fault"
)

// KeyBytes is the length of a key: AES-256.
const KeyBytes = 32

const maxIDBytes = 32

// Key is a sealing key. Its ID is stored with what it sealed.
type Key struct {
	ID     string // 1–32 letters, digits, - and _
	Secret []byte // KeyBytes random bytes
}

// NewKey makes a random key.
func NewKey(id string) Key {
	secret := make([]byte, KeyBytes)
	_, _ = rand.Read(secret) // never fails: crypto/rand ends the program instead
	return Key{ID: id, Secret: secret}
}

// String is the form that ParseKeys reads. It holds the secret.
func (k Key) String() string { return k.ID + ":" + base64.StdEncoding.EncodeToString(k.Secret) }

// ParseKeys reads "id:base64,id2:base64", the sealing key first and the stable
// one last. The error names the faulty entry by its place, never by its content.
func ParseKeys(text string) ([]Key, error) {
	var keys []Key
	for i, entry := range strings.Split(text, ",") {
		id, encoded, found := strings.Cut(strings.TrimSpace(entry), ":")
		secret, err := base64.StdEncoding.DecodeString(encoded)
		if !found || err != nil {
			return nil, invalid("entry %d is not id:base64", i+1)
		}
		keys = append(keys, Key{ID: id, Secret: secret})
	}
	return keys, validate(keys)
}

// validate names the first key that cannot be used, by its place.
func validate(keys []Key) error {
	if len(keys) == 0 {
		return invalid("there is no key")
	}
	seen := map[string]bool{}
	for i, key := range keys {
		switch {
		case !validID(key.ID):
			return invalid("the ID of key %d is not 1 to 32 letters, digits, - and _", i+1)
		case seen[key.ID]:
			return invalid("the ID of key %d is taken", i+1)
		case len(key.Secret) != KeyBytes:
			return invalid("key %d does not have %d bytes", i+1, KeyBytes)
		}
		seen[key.ID] = true
	}
	return nil
}

func validID(id string) bool {
	for _, r := range id {
		if !strings.ContainsRune("-_", r) && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') {
			return false
		}
	}
	return id != "" && len(id) <= maxIDBytes
}

func invalid(format string, args ...any) error {
	err := fault.New(fault.Invalid, format, args...)
	err.Remedy = "list id:base64 of 32 random bytes, separated by commas, such as k1:$(openssl rand -base64 32)"
	return err
}
