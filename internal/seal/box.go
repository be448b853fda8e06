package seal

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"hash"

	"github.com/signalbox/signalbox/internal/fault"
)

// version is the first byte of every sealed text:
// version, length of the key's ID, ID, nonce, ciphertext with its tag.
const version = 1

// Box seals and opens. It is safe for concurrent use.
type Box struct {
	sealing string
	ciphers map[string]cipher.AEAD
	stable  []byte
}

// NewBox makes a Box: the first key seals, all of them open, and the last one is
// the root of keyed hashes. The error names the faulty key by its place.
func NewBox(keys []Key) (*Box, error) {
	if err := validate(keys); err != nil {
		return nil, err
	}
	box := &Box{sealing: keys[0].ID, ciphers: make(map[string]cipher.AEAD, len(keys))}
	for _, key := range keys {
		aead, err := newCipher(key.Secret)
		if err != nil {
			return nil, err
		}
		box.ciphers[key.ID] = aead
	}
	box.stable = bytes.Clone(keys[len(keys)-1].Secret)
	return box, nil
}

// newCipher derives the encryption key, so that it is never the key of a hash.
func newCipher(secret []byte) (cipher.AEAD, error) {
	derived, err := hkdf.Key(sha256.New, secret, nil, "signalbox seal", KeyBytes)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "derive a sealing key")
	}
	block, err := aes.NewCipher(derived)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "make a cipher")
	}
	aead, err := cipher.NewGCM(block)
	return aead, fault.Wrap(fault.Internal, err, "make a cipher")
}

// Seal encrypts plaintext for a context, such as "connection/" and its ID, which
// is authenticated but not stored. Random 96-bit nonces are safe for 2³² texts a
// key (NIST SP 800-38D, 8.3).
func (b *Box) Seal(plaintext, context []byte) []byte {
	aead := b.ciphers[b.sealing]
	sealed := append([]byte{version, byte(len(b.sealing))}, b.sealing...)
	header := len(sealed)
	nonce := make([]byte, aead.NonceSize())
	_, _ = rand.Read(nonce) // never fails: crypto/rand ends the program instead
	return aead.Seal(append(sealed, nonce...), nonce, plaintext, associated(sealed[:header], context))
}

// Open decrypts what Seal made for the same context. Anything else is refused.
func (b *Box) Open(sealed, context []byte) ([]byte, error) {
	id, header, rest, ok := split(sealed)
	aead := b.ciphers[id]
	if !ok || aead == nil || len(rest) < aead.NonceSize() {
		return nil, fault.New(fault.Internal, "a stored secret is not sealed with a known key; keep the old keys until all is sealed anew")
	}
	nonce, ciphertext := rest[:aead.NonceSize()], rest[aead.NonceSize():]
	plaintext, err := aead.Open(nil, nonce, ciphertext, associated(header, context))
	if err != nil {
		return nil, fault.New(fault.Internal, "a stored secret does not open: it or its row was changed, or the key is another one of the same ID")
	}
	return plaintext, nil
}

// Stale reports whether something should be sealed anew, with the first key.
func (b *Box) Stale(sealed []byte) bool {
	id, _, _, ok := split(sealed)
	return !ok || id != b.sealing
}

// MAC returns a keyed hash (HMAC-SHA-256) for one purpose. Its key derives from
// the stable key and the label, so that hashes of two purposes cannot be compared.
func (b *Box) MAC(label string) hash.Hash {
	key, err := hkdf.Key(sha256.New, b.stable, nil, "signalbox mac "+label, sha256.Size)
	if err != nil {
		panic("seal: HKDF of 32 bytes failed: " + err.Error()) // only for lengths above 255 hashes, or a label in FIPS-only mode
	}
	return hmac.New(sha256.New, key)
}

// split takes a sealed text apart.
func split(sealed []byte) (id string, header, rest []byte, ok bool) {
	if len(sealed) < 2 || sealed[0] != version || len(sealed) < 2+int(sealed[1]) {
		return "", nil, nil, false
	}
	end := 2 + int(sealed[1])
	return string(sealed[2:end]), sealed[:end], sealed[end:], true
}

// associated binds header and context together, with a length between them.
func associated(header, context []byte) []byte {
	data := binary.BigEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(data, header...), context...)
}
