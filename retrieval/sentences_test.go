package retrieval

import (
	"reflect"
	"testing"
	"unicode"
)

func sentencesOf(text string) []string {
	list := []string{}
	for _, s := range sentenceSpans(text, span{0, len(text)}) {
		list = append(list, text[s.start:s.end])
	}
	return list
}

func TestSentences(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text string
		want []string
	}{
		{"One. Two! Three?", []string{"One.", "Two!", "Three?"}},
		{"Use v2.3.1 of example.com. It works.", []string{"Use v2.3.1 of example.com.", "It works."}},
		{"Tools, e.g. Hammers, i.e. Iron. Dr. Weber knows.", []string{"Tools, e.g. Hammers, i.e. Iron.", "Dr. Weber knows."}},
		{"Das gilt z. B. Konten. Am 3. Mai endet es.", []string{"Das gilt z. B. Konten.", "Am 3. Mai endet es."}},
		{"Kosten inkl. MwSt. sind bzw. Gebühren. Ende.", []string{"Kosten inkl. MwSt. sind bzw. Gebühren.", "Ende."}},
		{"M. Dupont et Mme. Roy. Voir p. ex. Nantes. Fin !", []string{"M. Dupont et Mme. Roy.", "Voir p. ex. Nantes.", "Fin !"}},
		{"It costs 500 €. Pay now.", []string{"It costs 500 €.", "Pay now."}},
		{"He said “stop.” Then (he left.) Done.", []string{"He said “stop.”", "Then (he left.)", "Done."}},
		{"wraps over\nlines here. And\n\na paragraph", []string{"wraps over\nlines here.", "And", "a paragraph"}},
		{"設定します。次に保存！", []string{"設定します。", "次に保存！"}},
		{"**Bold end.** Next", []string{"**Bold end.**", "Next"}},
		{"  ", []string{}},
	} {
		if got := sentencesOf(test.text); !reflect.DeepEqual(got, test.want) {
			t.Errorf("%q: %q, want %q", test.text, got, test.want)
		}
	}
}

func TestStatements(t *testing.T) {
	t.Parallel()
	body := "Do this:\n\n1. Open **it**. Wait.\n2. Close it.\n   - a detail\n\n- loose\n\n| a | b |\n|---|---|\n| x | 3 |\n\n```\ncode here.\n```\n\n> Quoted text.\n"
	type brief struct {
		text  string
		list  int
		step  bool
		leads bool
	}
	var got []brief
	for _, s := range statementsOf(body) {
		got = append(got, brief{body[s.start:s.end], s.list, s.step, s.leads})
	}
	want := []brief{
		{"Do this:", 0, false, true}, {"Open **it**. Wait.", 1, true, false}, {"Close it.\n   - a detail", 1, true, false},
		{"loose", 2, false, false}, {"x | 3", 0, false, false}, {"Quoted text.", 0, false, false},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func FuzzStatements(f *testing.F) {
	for _, seed := range []string{"A. B", "1. x\n2. y", "| a |\n|-|\n| b |", "z. B. x", "。", "> a\n> b.", "- \n-", "a:\n1) b", "\u2028.\u00a0A"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		last := 0
		for _, s := range sentenceSpans(text, span{0, len(text)}) {
			for i, r := range text[last:s.start] {
				if !unicode.IsSpace(r) {
					t.Fatalf("byte %d (%q) is in no sentence", last+i, r)
				}
			}
			last = s.end
		}
		passage := Passage{Body: text, StartOffset: 7, EndOffset: 7 + len(text)}
		for _, s := range statementsOf(text) {
			sentence, ok := cite(passage, s.span)
			if !ok || sentence.Text != text[sentence.Citation.StartOffset-7:sentence.Citation.EndOffset-7] {
				t.Fatalf("%+v of %q is no span", s, text)
			}
		}
		BestSteps(passage)
	})
}
