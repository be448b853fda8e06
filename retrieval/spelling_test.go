package retrieval

import (
	"slices"
	"testing"
)

func TestEdits(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		from, to string
		want     int
	}{{"invoice", "invoice", 0}, {"inovice", "invoice", 1}, {"invoce", "invoice", 1}, {"invoiice", "invoice", 1}, {"imvoise", "invoice", 2}, {"", "ab", 2}, {"über", "uber", 1}} {
		if got := Edits(test.from, test.to); got != test.want || Edits(test.to, test.from) != got {
			t.Errorf("from %q to %q: %d edits, want %d both ways", test.from, test.to, got, test.want)
		}
	}
}

// TestNearWordsShareAKey tries every single edit, and pairs of them in long words.
func TestNearWordsShareAKey(t *testing.T) {
	t.Parallel()
	share := func(a, b string) bool {
		keys := SpellingKeys(b)
		return slices.ContainsFunc(SpellingKeys(a), func(key int32) bool { return slices.Contains(keys, key) })
	}
	for _, word := range []string{"refund", "invoice", "subscription", "kündigung", "accounting"} {
		for _, once := range edited(word) {
			if !share(word, once) {
				t.Errorf("%q and %q share no key", word, once)
			}
			if len([]rune(word)) < shortestTwice || len([]rune(once)) < shortestTwice {
				continue
			}
			for _, twice := range edited(once) {
				if len([]rune(twice)) >= shortestTwice && !share(word, twice) {
					t.Errorf("%q and %q share no key", word, twice)
				}
			}
		}
	}
	if got := len(SpellingKeys("subscription")); got > 29 {
		t.Errorf("%d keys of a long word, want at most 29", got)
	}
}

// edited makes every deletion, swap, insertion and replacement by one letter.
func edited(word string) (list []string) {
	letters := []rune(word)
	for i := range letters {
		list = append(list, string(slices.Concat(letters[:i], letters[i+1:])), string(slices.Concat(letters[:i], []rune{'q'}, letters[i:])),
			string(slices.Concat(letters[:i], []rune{'q'}, letters[i+1:])))
		if i > 0 {
			swapped := slices.Clone(letters)
			swapped[i-1], swapped[i] = swapped[i], swapped[i-1]
			list = append(list, string(swapped))
		}
	}
	return list
}

func TestSuggestionKeys(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"Rechnungs-Adresse ändern": {"rechnungs adresse andern", "adresse andern", "andern"},
		"設定を変更":                    {"設定を変更", "定を変更", "を変更", "変更", "更"},
		"":                         nil,
	} {
		if got := suggestionKeys(text); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
