package triage

import (
	"strings"
	"testing"
)

func TestFindPhrases(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ text, topic, phrase string }{
		{"URGENT!!! Production  is\nDOWN", topicOutage, "Production  is\nDOWN"},
		{"Seit heute geht nichts mehr.", topicOutage, "geht nichts mehr"},
		{"Plus rien ne fonctionne ici", topicOutage, "Plus rien ne fonctionne"},
		{"legal name change", "", ""},
		{"please kill the process on the security settings page", "", ""},
		{"production schedule is down the hall", "", ""},
		{"the download is slow", "", ""},
		{"", "", ""},
	} {
		matches := knownPhrases.find(test.text)
		if test.topic == "" {
			if len(matches) > 0 {
				t.Errorf("%q matches %+v, want nothing", test.text, matches)
			}
			continue
		}
		if len(matches) == 0 || matches[0].topic != test.topic || test.text[matches[0].start:matches[0].end] != test.phrase {
			t.Errorf("%q matches %+v, want %s: %q", test.text, matches, test.topic, test.phrase)
		}
	}
}

func TestPhrasesFileIsOfTheDocumentedShape(t *testing.T) {
	t.Parallel()
	topics := map[string]bool{topicOutage: true}
	for line := range strings.Lines(phraseList) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		if topic, _, found := strings.Cut(line, ":"); !found || !topics[topic] {
			t.Errorf("the line %.40q names no topic", line)
		}
	}
}

func FuzzFindPhrases(f *testing.F) {
	f.Add("production is down \xff’’' l’ausfall")
	f.Fuzz(func(t *testing.T, text string) {
		for _, match := range knownPhrases.find(text) {
			if match.start < 0 || match.start >= match.end || match.end > len(text) {
				t.Fatalf("the match %+v lies outside of %d bytes", match, len(text))
			}
		}
	})
}
