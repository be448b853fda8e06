package triagesuite

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

// counting embeds a text as its length, and counts the texts.
type counting struct {
	asked  int
	length int
}

func (c *counting) Name() string { return "counting" }

func (c *counting) Embed(_ context.Context, texts []string) ([][]float32, error) {
	vectors := make([][]float32, len(texts))
	for i, text := range texts {
		if text == "fail" {
			return nil, errors.New("the server is down")
		}
		c.asked++
		if text != "" {
			vectors[i] = make([]float32, max(c.length, 2))
			vectors[i][0] = float32(len(text))
		}
	}
	return vectors, nil
}

func TestCacheAsksOnce(t *testing.T) {
	t.Parallel()
	folder, inner := t.TempDir(), &counting{}
	cached, err := NewCached(inner, folder)
	must(t, err)
	texts := []string{"a", "bb", ""}
	one, err := cached.Embed(t.Context(), texts)
	must(t, err)
	two, err := cached.Embed(t.Context(), texts[:2])
	must(t, err)
	again, err := NewCached(inner, folder)
	must(t, err)
	three, err := again.Embed(t.Context(), texts[:2])
	must(t, err)
	if inner.asked != 3 || one[1][0] != 2 || one[2] != nil || !reflect.DeepEqual(one[:2], two) || !reflect.DeepEqual(two, three) {
		t.Errorf("asked %d times; %v, %v, %v", inner.asked, one, two, three)
	}
	if _, err := cached.Embed(t.Context(), []string{"fail"}); err == nil {
		t.Error("a failure was swallowed")
	}
	other, err := NewCached(&counting{length: 3}, folder)
	must(t, err)
	if _, err := other.Embed(t.Context(), []string{"new"}); err == nil {
		t.Error("vectors of two lengths stand in one cache")
	}
}

func TestCacheSurvivesHalfARecord(t *testing.T) {
	t.Parallel()
	folder, inner := t.TempDir(), &counting{}
	cached, err := NewCached(inner, folder)
	must(t, err)
	_, err = cached.Embed(t.Context(), []string{"a", "bb"})
	must(t, err)
	files, err := filepath.Glob(folder + "/*.vectors")
	must(t, err)
	text, err := os.ReadFile(files[0])
	must(t, err)
	must(t, os.WriteFile(files[0], text[:len(text)-5], 0o600))
	again, err := NewCached(inner, folder)
	must(t, err)
	for range 2 {
		vectors, err := again.Embed(t.Context(), []string{"a", "bb"})
		must(t, err)
		if vectors[0][0] != 1 || vectors[1][0] != 2 {
			t.Errorf("got %v", vectors)
		}
		again, err = NewCached(inner, folder)
		must(t, err)
	}
	if inner.asked != 3 {
		t.Errorf("asked %d times, want 3", inner.asked)
	}
}

func FuzzCache(f *testing.F) {
	f.Add([]byte(cacheMagic + "\x02\x00\x00\x00"))
	f.Add([]byte(cacheMagic + "\xff\xff\xff\xff"))
	f.Add(append([]byte(cacheMagic+"\x01\x00\x00\x00"), bytes.Repeat([]byte{7}, 80)...))
	f.Fuzz(func(t *testing.T, text []byte) {
		cached := &Cached{known: map[cacheKey][]float32{}}
		if whole := cached.parse(text); whole < 0 || whole > len(text) {
			t.Errorf("%d of %d bytes are whole", whole, len(text))
		}
	})
}
