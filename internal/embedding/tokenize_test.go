package embedding

import (
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

// The expected rows were produced by the reference tokenizer (Hugging Face
// tokenizers 0.23, BertNormalizer with BertPreTokenizer) on the same vocabulary.
func TestTokenizeAgreesWithTheReference(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		text string
		want []int
	}{
		"plain":               {"I am still waiting on my card?", []int{1045, 2572, 2145, 3403, 2006, 2026, 4003, 1029}},
		"accents":             {"Müller's café, Ångström", []int{12304, 1005, 1055, 7668, 1010, 17076, 15687}},
		"combining accents":   {"e\u0301te\u0301 ﬁne ½", []int{3802, 2063, 1984, 2638, 1092}},
		"ideographs":          {"退款 status 請求", []int{100, 100, 3570, 100, 100}},
		"emoji":               {"refund 😀 please 🙏", []int{25416, 8630, 100, 3531, 100}},
		"long known pieces":   {"unaffable antidisestablishmentarianism", []int{14477, 20961, 3468, 3424, 10521, 4355, 7875, 13602, 3672, 12199, 2964}},
		"too long":            {strings.Repeat("a", 101) + " ok", []int{100, 7929}},
		"format and controls": {"naïve\u200bzero\u00a0width\u0000x", []int{15743, 6290, 2080, 9381, 2595}},
		"symbols":             {"cost €5 + $3.50", []int{3465, 1574, 2629, 1009, 1002, 1017, 1012, 2753}},
		"hangul and kana":     {"한국어 テスト ですか", []int{1469, 30006, 30021, 29991, 30014, 30020, 29999, 30008, 1713, 30233, 30240, 1665, 30184, 30177}},
		"cyrillic":            {"Привет, Ёлка", []int{1194, 16856, 10325, 25529, 15290, 22919, 1010, 1185, 29436, 28598}},
		"special casing":      {"İstanbul STRASSE ß", []int{9960, 2358, 8180, 3366, 1096}},
		"thai":                {"สวัสดีครับ", []int{100}},
		"nothing":             {" \t\r\n", nil},
		"invalid bytes":       {"re\xfffund", []int{25416, 8630}},
	}
	model := builtInModel(t)
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := model.Tokenize(c.text); !slices.Equal(got, c.want) {
				t.Errorf("Tokenize(%q) = %v, want %v", c.text, got, c.want)
			}
		})
	}
}

func TestLongestWordIsStillSpelled(t *testing.T) {
	t.Parallel()
	model := builtInModel(t)
	if got := model.Tokenize(strings.Repeat("a", maximumWordLength)); slices.Contains(got, 100) {
		t.Errorf("a word of %d letters became [UNK]: %v", maximumWordLength, got)
	}
	endless := strings.Repeat("ä", 1<<20)
	if got := model.Tokenize(endless); !slices.Equal(got, []int{100}) {
		t.Errorf("an endless word gave %d tokens, want one [UNK]", len(got))
	}
}

func TestTokenSpellsEveryRow(t *testing.T) {
	t.Parallel()
	model := builtInModel(t)
	for row, want := range map[int]string{100: "[UNK]", 4003: "card", 8630: "##und", -1: "", 1 << 30: ""} {
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
