package embedding

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
)

func builtInModel(t testing.TB) *Model {
	t.Helper()
	model, err := Default()
	if err != nil {
		t.Fatalf("load the built-in model: %v", err)
	}
	return model
}

// The expected tokens come from the reference in distil/vocabulary.py, which
// also split the texts that the table was learned on.
func TestTokenizeAgreesWithTheReference(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/tokens.json")
	if err != nil {
		t.Fatalf("read the reference's tokens: %v", err)
	}
	var cases []struct {
		Text   string   `json:"text"`
		Tokens []string `json:"tokens"`
	}
	if err := json.Unmarshal(raw, &cases); err != nil || len(cases) < 30 {
		t.Fatalf("the reference has %d cases (%v), want 30 or more", len(cases), err)
	}
	model := builtInModel(t)
	for _, c := range cases {
		got := make([]string, 0, len(c.Tokens))
		for _, row := range model.Tokenize(c.Text) {
			got = append(got, model.Token(row))
		}
		if !slices.Equal(got, c.Tokens) {
			t.Errorf("Tokenize(%q) = %q, want %q", c.Text, got, c.Tokens)
		}
	}
}

func TestAccentsAndWidthMakeNoDifference(t *testing.T) {
	t.Parallel()
	model := builtInModel(t)
	for a, b := range map[string]string{
		"Müller reçu Łódź":   "muller recu lodz",
		"STRASSE":            "straße",
		"ｐａｓｓｗｏｒｄ！":          "password!",
		"e\u0301te\u0301":    "\u00e9t\u00e9",
		"ﬁle":                "file",
		"re\xfffund":         "refund",
		"na\u00efve\u200bly": "naively",
	} {
		if got, want := model.Tokenize(a), model.Tokenize(b); !slices.Equal(got, want) {
			t.Errorf("Tokenize(%q) = %v, but Tokenize(%q) = %v", a, got, b, want)
		}
	}
}

func TestLongestWordIsStillSpelled(t *testing.T) {
	t.Parallel()
	model := builtInModel(t)
	if got := model.Tokenize(strings.Repeat("a", maximumWordLength)); slices.Contains(got, model.unknown) {
		t.Errorf("a word of %d letters became [UNK]: %v", maximumWordLength, got)
	}
	endless := strings.Repeat("ä", 1<<20)
	if got := model.Tokenize(endless); !slices.Equal(got, []int{model.unknown}) {
		t.Errorf("an endless word gave %d tokens, want one [UNK]", len(got))
	}
}

func TestTokenSpellsEveryRow(t *testing.T) {
	t.Parallel()
	model := builtInModel(t)
	for row, want := range map[int]string{0: "[UNK]", -1: "", 1 << 30: ""} {
		if got := model.Token(row); got != want {
			t.Errorf("Token(%d) = %q, want %q", row, got, want)
		}
	}
	for row := range model.table.rows {
		token := model.Token(row)
		found, ok := model.vocabulary.find(hashBytes(fnvOffset, token), "", []byte(token))
		if !ok || found != row {
			t.Fatalf("token %q of row %d is found at row %d (%v)", token, row, found, ok)
		}
	}
}

func FuzzTokenize(f *testing.F) {
	for _, seed := range []string{"", "Where is my order #12?", "caf\u00e9\u0301", "\xff\xfe", "退款ก็ไม่ได้", "##und [UNK]"} {
		f.Add(seed)
	}
	model := builtInModel(f)
	f.Fuzz(func(t *testing.T, text string) {
		for _, row := range model.Tokenize(text) {
			if row < 0 || row >= model.table.rows {
				t.Fatalf("row %d of %q is outside the table", row, text)
			}
		}
	})
}
