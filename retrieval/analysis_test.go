package retrieval

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/signalbox/signalbox/internal/fault"
)

func newAnalyser(t testing.TB) *Analyser {
	t.Helper()
	analyser, err := NewAnalyser(DefaultParameters(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return analyser
}

// termsOf lists terms, with "~form" after those that have an unstemmed form.
func termsOf(language, text string) string {
	var list []string
	eachTerm(language, text, func(term, form string) {
		if form != "" {
			term += "~" + form
		}
		list = append(list, term)
	})
	return strings.Join(list, " ")
}

func TestTerms(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ language, text, want string }{
		{"en", "The invoices were refunded", "invoic~invoices refund~refunded"},
		{"en", "ERR_42-7", "err 42 7 err_42_7"},
		{"en", "ERR42-7", "err 42 7 err_42_7"},
		{"en", "v2.3.1", "2 3 1 v_2_3_1"},
		{"en", "max_connections=10", "max connect~connections max_connections 10"},
		{"en", "SYNC_409.", "sync 409 sync_409"},
		{"en", "see example.com. Then", "see exampl~example com example_com"},
		{"en", "don't", ""},
		{"en", "deadbeef1a2b3c4d5e6f7a8b", "deadbeef1a2b3c4d5e6f7a8b"},
		{"de", "Häuser", "haus~hauser"},
		{"de", "Haeuser Dauer neue Quelle", "haus~haeuser dau~dauer neu~neue quell~quelle"},
		{"de", "Straße", "strass~strasse"},
		{"fr", "L'adresse modifiée", "adress~adresse modifi~modifiee"},
		{"fr", "œuvre", "oeuvr~oeuvre"},
		{"xx", "Invoices", "invoices"},
		{"ja", "設定を変更", "設定 定を を変 変更"},
		{"zh", "中", "中"},
		{"th", "สวัสดี", "สว วั ัส สด ดี"},
		{"en", "ﬁle Ａｐｐ", "file app"},
		{"en", "\xff\xfe", ""},
	} {
		if got := termsOf(test.language, test.text); got != test.want {
			t.Errorf("%s %q: %q, want %q", test.language, test.text, got, test.want)
		}
	}
}

func TestDocumentWeights(t *testing.T) {
	t.Parallel()
	analyser := newAnalyser(t)
	terms := analyser.Document("en", "Refund", []string{"Card"}, "refund a card")
	if terms.Length != 6 || len(terms.Lexemes) != 2 || !slices.IsSorted(terms.Lexemes) {
		t.Fatalf("%+v, want a length of 2·title + 2·heading + 2 over two sorted lexemes", terms)
	}
	slowness := 1.2 * (0.25 + 0.75*6/120)
	want := float32(3 * 2.2 / (3 + slowness))
	for i, weight := range terms.Weights {
		if math.Abs(float64(weight-want)) > 1e-6 {
			t.Errorf("weight %d is %v, want %v for a term that occurs three times", i, weight, want)
		}
	}
	if empty := analyser.Document("en", "", nil, "the"); len(empty.Lexemes) != 0 || empty.Length != 0 {
		t.Errorf("%+v, want no terms in a stop word", empty)
	}
}

func TestQueryFactors(t *testing.T) {
	t.Parallel()
	query := newAnalyser(t).Query("the invoices and the invoice")
	if query.Language != "en" || len(query.Lexemes) != 3 {
		t.Fatalf("%+v, want the stem and two forms", query)
	}
	for i, want := range []struct {
		term   string
		factor float32
	}{{"invoic", 1}, {"invoices", 0.2}, {"invoice", 0.2}} {
		if query.Lexemes[i] != Lexeme(want.term) || query.Factors[i] != want.factor {
			t.Errorf("lexeme %d has factor %v, want %s with %v", i, query.Factors[i], want.term, want.factor)
		}
	}
	if long := newAnalyser(t).Query(strings.Repeat("a1b2 ", 5000) + "x"); len(long.Text) > maximumQuestionBytes || len(long.Lexemes) > maximumQueryLexemes {
		t.Errorf("a long question has %d bytes and %d lexemes, want it bounded", len(long.Text), len(long.Lexemes))
	}
}

func TestLexemeIsStable(t *testing.T) {
	t.Parallel()
	// Stored lexemes depend on these numbers: a change of them needs a new AnalysisVersion.
	for term, want := range map[string]int32{"refund": 333401731, "": 528514343, "sync_409": 484830924} {
		if got := Lexeme(term); got != want || got < 1 || got > Lexemes {
			t.Errorf("Lexeme(%q) = %d, want %d within 1…10⁹", term, got, want)
		}
	}
	seen := map[int32]bool{}
	for i := range 20000 {
		seen[Lexeme(strings.Repeat("x", i%40)+string(rune('a'+i%26))+string(rune(0x4e00+i)))] = true
	}
	if len(seen) < 19990 {
		t.Errorf("20,000 terms have %d lexemes, want hardly a collision", len(seen))
	}
}

func TestDetectLanguage(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"How do I change my address?":                "en",
		"Wie lange ist die Kündigungsfrist?":         "de",
		"ich hab das Kennwort vergessen":             "de",
		"Comment changer l'adresse sur vos factures": "fr",
		"¿Cómo puedo cambiar la dirección?":          "es",
		"Come posso cambiare il mio indirizzo":       "it",
		"Hoe kan ik mijn adres veranderen":           "nl",
		"Como posso mudar o meu endereço, não vejo":  "pt",
		"住所を変更したい":                                   "ja",
		"更改地址":                                       "zh",
		"Как изменить адрес":                         "ru",
		"주소 변경":                                      "ko",
		"เปลี่ยนที่อยู่":                             "th",
		"SYNC_409": "",
		"":         "",
	} {
		if got := DetectLanguage(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

func TestParametersValidate(t *testing.T) {
	t.Parallel()
	if err := DefaultParameters().Validate(); err != nil {
		t.Errorf("the defaults: %v", err)
	}
	for field, spoil := range map[string]func(*Parameters){
		"Saturation":    func(p *Parameters) { p.Saturation = math.NaN() },
		"LengthPenalty": func(p *Parameters) { p.LengthPenalty = 2 },
		"FormFactor":    func(p *Parameters) { p.FormFactor = 0 },
		"DenseWeight":   func(p *Parameters) { p.DenseWeight = 0.5 },
		"MaximumBoost":  func(p *Parameters) { p.MaximumBoost = 0.5 },
	} {
		parameters := DefaultParameters()
		spoil(&parameters)
		_, err := NewAnalyser(parameters, nil)
		var refusal *fault.Error
		if !errors.As(err, &refusal) || refusal.Field != field || refusal.Remedy == "" {
			t.Errorf("%s: %v, want a fault that names the field and the remedy", field, err)
		}
	}
}

func FuzzAnalyser(f *testing.F) {
	analyser := newAnalyser(f)
	for _, seed := range []string{"ERR_42-7", "Häuser ueber", "設定を", "a\u0301b", "\xff", "____", "1a2b3c", "İıſ", "ไทย-x"} {
		f.Add("de", seed)
	}
	f.Fuzz(func(t *testing.T, language, text string) {
		for _, language := range []string{language, "en", "de", "fr", "es", "ru"} {
			terms := analyser.Document(language, text, []string{text}, text)
			if !slices.IsSorted(terms.Lexemes) || len(terms.Lexemes) != len(terms.Weights) {
				t.Fatalf("%d sorted lexemes with %d weights", len(terms.Lexemes), len(terms.Weights))
			}
			for i, lexeme := range terms.Lexemes {
				if lexeme < 1 || lexeme > Lexemes || !(terms.Weights[i] > 0 && terms.Weights[i] < 2.2001) {
					t.Fatalf("lexeme %d with weight %v", lexeme, terms.Weights[i])
				}
			}
		}
		query := analyser.Query(text)
		if len(query.Lexemes) != len(query.Factors) {
			t.Fatalf("%d lexemes, %d factors", len(query.Lexemes), len(query.Factors))
		}
	})
}

// TestArabicWordsMeet expects the written forms of a word to share a lexeme: with the
// article, with vowel signs and with another seat of the hamza.
func TestArabicWordsMeet(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]string{{"الفاتورة", "فاتورة"}, {"الطَّلَب", "الطلب"}, {"إلغاء", "الغاء"}} {
		if first, second := stemmed("ar", pair[0]), stemmed("ar", pair[1]); first != second {
			t.Errorf("%s gives %s, %s gives %s", pair[0], first, pair[1], second)
		}
	}
}
