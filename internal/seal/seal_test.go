package seal

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/signalbox/signalbox/internal/fault"
)

func box(t testing.TB, keys ...Key) *Box {
	t.Helper()
	made, err := NewBox(keys)
	if err != nil {
		t.Fatalf("NewBox: %v", err)
	}
	return made
}

func TestSealedTextOpensOnlyInItsContext(t *testing.T) {
	t.Parallel()
	b := box(t, NewKey("k1"))
	sealed := b.Seal([]byte("hush"), []byte("connection/1"))
	opened, err := b.Open(sealed, []byte("connection/1"))
	if err != nil || string(opened) != "hush" {
		t.Fatalf("opened %q, %v; want the plaintext", opened, err)
	}
	if _, err := b.Open(sealed, []byte("connection/2")); !fault.Is(err, fault.Internal) {
		t.Errorf("another context: error %v, want a refusal", err)
	}
	if bytes.Contains(sealed, []byte("hush")) {
		t.Error("the sealed text shows the plaintext")
	}
	if bytes.Equal(sealed, b.Seal([]byte("hush"), []byte("connection/1"))) {
		t.Error("two seals of one text are equal: the nonce repeats")
	}
}

func TestEveryChangedByteIsRefused(t *testing.T) {
	t.Parallel()
	b := box(t, NewKey("k1"))
	sealed := b.Seal([]byte("hush"), nil)
	for i := range sealed {
		changed := bytes.Clone(sealed)
		changed[i] ^= 1
		if _, err := b.Open(changed, nil); err == nil {
			t.Errorf("byte %d changed, and it opens", i)
		}
		if _, err := b.Open(sealed[:i], nil); err == nil {
			t.Errorf("cut to %d bytes, and it opens", i)
		}
	}
}

func TestRotation(t *testing.T) {
	t.Parallel()
	old, fresh := NewKey("2025"), NewKey("2026")
	sealed := box(t, old).Seal([]byte("hush"), nil)
	rotated := box(t, fresh, old)
	if opened, err := rotated.Open(sealed, nil); err != nil || string(opened) != "hush" {
		t.Errorf("after rotation: %q, %v; want the plaintext", opened, err)
	}
	if !rotated.Stale(sealed) || rotated.Stale(rotated.Seal(nil, nil)) {
		t.Error("Stale: want true for the old key's text and false for the new one's")
	}
	if _, err := box(t, fresh).Open(sealed, nil); err == nil {
		t.Error("without the old key it opens")
	}
	before, after := box(t, old).MAC("input"), rotated.MAC("input")
	before.Write([]byte("text"))
	after.Write([]byte("text"))
	if !bytes.Equal(before.Sum(nil), after.Sum(nil)) {
		t.Error("a keyed hash changed with the rotation")
	}
}

func TestMACSeparatesPurposes(t *testing.T) {
	t.Parallel()
	b := box(t, NewKey("k1"))
	if bytes.Equal(b.MAC("a").Sum(nil), b.MAC("b").Sum(nil)) {
		t.Error("two labels give one hash")
	}
	if bytes.Equal(b.MAC("a").Sum(nil), box(t, NewKey("k1")).MAC("a").Sum(nil)) {
		t.Error("two keys give one hash")
	}
}

func TestParseKeys(t *testing.T) {
	t.Parallel()
	first, second := NewKey("new"), NewKey("old")
	keys, err := ParseKeys(first.String() + " , " + second.String())
	if err != nil || len(keys) != 2 || keys[0].ID != "new" || !bytes.Equal(keys[1].Secret, second.Secret) {
		t.Fatalf("ParseKeys gave %d keys, %v; want the two in order", len(keys), err)
	}
	short := base64.StdEncoding.EncodeToString([]byte("short-secret"))
	for name, text := range map[string]string{
		"empty": "", "no colon": "abc", "not base64": "k1:***", "short": "k1:" + short,
		"bad ID": "k 1:" + base64.StdEncoding.EncodeToString(first.Secret), "doubled": first.String() + "," + first.String(),
		"no ID": ":" + base64.StdEncoding.EncodeToString(first.Secret),
	} {
		_, err := ParseKeys(text)
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: error %v, want Invalid", name, err)
		} else if strings.Contains(err.Error(), short) {
			t.Errorf("%s: the error shows the secret", name)
		}
	}
	if _, err := NewBox(nil); !fault.Is(err, fault.Invalid) {
		t.Errorf("no keys: error %v, want Invalid", err)
	}
}

func FuzzOpen(f *testing.F) {
	b := box(f, Key{ID: "k1", Secret: make([]byte, KeyBytes)})
	f.Add([]byte{}, []byte{})
	f.Add([]byte{1, 2, 'k', '1'}, []byte("x"))
	f.Add([]byte{1, 255}, []byte{})
	f.Fuzz(func(t *testing.T, data, context []byte) {
		if _, err := b.Open(data, context); err == nil {
			t.Error("a text that nobody sealed opens")
		}
		if opened, err := b.Open(b.Seal(data, context), context); err != nil || !bytes.Equal(opened, data) {
			t.Errorf("opened %q, %v; want what was sealed", opened, err)
		}
	})
}

func FuzzParseKeys(f *testing.F) {
	f.Add("k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
	f.Add(",:,")
	f.Fuzz(func(t *testing.T, text string) {
		keys, err := ParseKeys(text)
		if err == nil {
			box(t, keys...)
		}
	})
}

func TestSealsOfEverySize(t *testing.T) {
	t.Parallel()
	b := box(t, NewKey(strings.Repeat("k", 32)))
	for _, size := range []int{0, 1, 15, 16, 17, 1 << 20} {
		text := bytes.Repeat([]byte{7}, size)
		opened, err := b.Open(b.Seal(text, nil), nil)
		if err != nil || !bytes.Equal(opened, text) {
			t.Errorf("%d bytes: got %d, %v; want them back", size, len(opened), err)
		}
	}
}

func TestContextAndHeaderCannotTradeBytes(t *testing.T) {
	t.Parallel()
	key := NewKey("k")
	longer := Key{ID: "kx", Secret: key.Secret}
	sealed := box(t, key).Seal([]byte("hush"), []byte("xcontext"))
	renamed := append([]byte{version, 2}, append([]byte("kx"), sealed[3:]...)...)
	if _, err := box(t, longer).Open(renamed, []byte("context")); err == nil {
		t.Error("a byte moved from the context to the key's ID, and it opens")
	}
}
