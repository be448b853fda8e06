package triage

import (
	"strings"
	"testing"
)

func TestDetectLanguage(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ text, known, want string }{
		{"The gateway is offline and none of our meters sends data.", "", "en"},
		{"Das Gateway ist seit gestern dunkel und kein Zähler sendet mehr.", "", "de"},
		{"Depuis hier soir, plus aucun compteur n'envoie de données, merci de nous aider.", "", "fr"},
		{"No podemos entrar en el portal desde ayer, ¿qué pasa con las contraseñas?", "", "es"},
		{"Non riesco più a entrare nel portale e la password è sempre sbagliata.", "", "it"},
		{"Não consigo entrar no portal desde ontem, podem ajudar por favor?", "", "pt"},
		{"Wij kunnen sinds gisteren niet meer inloggen, wat is er aan de hand?", "", "nl"},
		{"Vi kan inte logga in på portalen och ingen svarar i telefon hos er.", "", "sv"},
		{"Nie mogę się zalogować do portalu, proszę o pomoc.", "", "pl"},
		{"Με λένε Άννα και ο μετρητής δεν λειτουργεί", "", "el"},
		{"Не могу войти в портал, помогите пожалуйста", "", "ru"},
		{"メーターが動きません。助けてください。", "", "ja"},
		{"水表坏了，请帮忙看看。", "", "zh"},
		{"มิเตอร์ไม่ทำงาน", "", "th"},
		{"E1203", "de-AT", "de"},
		{"ok", "fr", "fr"},
		{"", "", ""},
		{"12345 !!!", "", ""},
		{"ok", "not a tag", ""},
		{"Der Zähler im Bad zeigt seit gestern Abend gar nichts mehr an.", "en", "de"},
	} {
		got := detectLanguage(test.text, test.known)
		if got.code != test.want {
			t.Errorf("%q by a speaker of %q is %q (%.2f), want %q", test.text, test.known, got.code, got.confidence, test.want)
		}
		if got.confidence < 0 || got.confidence > 1 {
			t.Errorf("%q has confidence %v", test.text, got.confidence)
		}
	}
}

func TestDetectLanguageOfTheCorpus(t *testing.T) {
	t.Parallel()
	wrong := 0
	for _, example := range testCorpus(t).examples {
		want := example.Input.Customer.Language
		if got := detectLanguage(newDocument(example.Input).text, ""); got.code != want {
			wrong++
			t.Logf("%s instead of %s: %s", got.code, want, newDocument(example.Input).text)
		}
	}
	if wrong > 6 {
		t.Errorf("%d of 120 languages are wrong without knowing the customer's, want at most 6", wrong)
	}
}

func FuzzDetectLanguage(f *testing.F) {
	f.Add("The meter is dead", "en")
	f.Add("\xff\xfe\x00漢字", "")
	f.Add(strings.Repeat("ö", 50), "de_AT")
	f.Fuzz(func(t *testing.T, text, known string) {
		first, second := detectLanguage(text, known), detectLanguage(text, known)
		if first != second {
			t.Errorf("two looks differ: %+v, %+v", first, second)
		}
		if len(first.code) > 3 {
			t.Errorf("%q is no language code", first.code)
		}
	})
}

func TestALanguageOfWhichNothingWasLearnedIsForAPerson(t *testing.T) {
	t.Parallel()
	model := &Model{languages: map[string]int{"en": 400, "de": 2}}
	for language, want := range map[string]bool{"en": true, "de": false, "tr": false} {
		if got := model.learned(language); got != want {
			t.Errorf("%s: learned %v", language, got)
		}
	}
	if !(&Model{languages: map[string]int{"en": 30}}).learned("tr") {
		t.Error("thirty examples rule out a language")
	}
	decision := &Decision{Fields: map[string]Field{}}
	read := reading{letters: 50, unreadable: true, language: detectedLanguage{code: "tr"}}
	policy := DefaultPolicy()
	if got := policy.reviewReason(decision, read, false); got != ReasonUnsupportedLanguage {
		t.Errorf("the reason is %q", got)
	}
}
