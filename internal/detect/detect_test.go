package detect

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/signalbox/signalbox/internal/embedding"
)

const ticketText = "Customers charged again and again\nSince the plug-in update last night our checkout takes the card, shows a white page, and people press pay again. I count 61 double charges so far this morning and more are coming in as I type. I have six people on the phone and the shop is full. Could somebody please look at this and tell us what to do about it until then"

func loaded(t testing.TB) *Detectors {
	t.Helper()
	d, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func read(t testing.TB, text string) Reading {
	t.Helper()
	embedder, err := embedding.Default()
	if err != nil {
		t.Fatal(err)
	}
	vector, classes := embedder.Read(nil, nil, text)
	reading, err := loaded(t).Read(text, vector, classes)
	if err != nil {
		t.Fatal(err)
	}
	return reading
}

// checkScores holds what every answer promises.
func checkScores(t *testing.T, name string, scores []Score, values []string) {
	t.Helper()
	sum := 0.0
	for i, score := range scores {
		sum += score.Probability
		if i > 0 && scores[i-1].Probability < score.Probability {
			t.Errorf("%s: %v is out of order", name, scores)
		}
	}
	if len(scores) != len(values) || math.Abs(sum-1) > 1e-9 {
		t.Errorf("%s: %v sums to %v", name, scores, sum)
	}
}

func TestReadAnswersForEveryField(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "?", ticketText, strings.Repeat("x", 1<<17), "停电了，所有门店都无法营业"} {
		reading := read(t, text)
		for _, name := range textDetectors {
			checkScores(t, name, reading.Scores[name], loaded(t).Values(name))
		}
	}
	if got := read(t, ticketText).Scores[Kind][0].Value; got != "break_fix" {
		t.Errorf("the kind is %s", got)
	}
	if loaded(t).Values("colour") != nil || len(loaded(t).Version()) != 16 {
		t.Error("an unknown detector has values, or there is no version")
	}
	if _, err := loaded(t).Read("hello", make([]float32, 3), nil); err == nil {
		t.Error("an embedding of three dimensions is taken")
	}
}

func TestSensitiveTopics(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"GDPR": "data_protection",
		"hi ?": "",
		"My solicitor will write to you, and then we meet in court.":                        "legal",
		"Please send me all personal data that you hold about me and delete it afterwards.": "data_protection",
		"Kill the process, then open the security settings page.":                           "",
		"Legal name change: we are a limited company now.":                                  "",
		"": "",
	} {
		if got := read(t, text).Sensitive; got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

func TestMatchesPointIntoTheText(t *testing.T) {
	t.Parallel()
	text := "Überall Störung: nobody can work. My lawyer will sue you, you clowns!"
	found := map[string]string{}
	for _, match := range read(t, text).Matches {
		found[match.Field+" "+match.Value] += text[match.Start:match.End] + "|"
	}
	for key, want := range map[string]string{"urgency critical": "nobody can", "sensitive legal": "My lawyer", "sentiment angry": "clowns"} {
		if !strings.Contains(found[key], want) {
			t.Errorf("%s: %q, want %q", key, found[key], want)
		}
	}
}

func TestAct(t *testing.T) {
	t.Parallel()
	earlier := []Message{{true, "The label printer doesn't print."}, {false, "We restarted the service, please try again."}}
	for text, want := range map[string]string{
		"Still the same, no change at all.": "still_broken",
		"Works again, thank you!":           "thanks",
		"I am out of the office until 4 May. In urgent cases please contact Mr Brown.": "auto_reply",
		"Now the whole team can't print, it is getting worse.":                         "worse",
	} {
		scores := loaded(t).Act(earlier, text)
		checkScores(t, Act, scores, loaded(t).Values(Act))
		if scores[0].Value != want {
			t.Errorf("%q is %v, want %s", text, scores[0], want)
		}
	}
	if floor := loaded(t).ThanksFloor(); floor < 0.5 || floor > 1 {
		t.Errorf("thanks are believed from %v on", floor)
	}
	checkScores(t, Act, loaded(t).Act(nil, ""), loaded(t).Values(Act))
}

func TestFileKeepsEverything(t *testing.T) {
	t.Parallel()
	var trained Trained
	if err := trained.UnmarshalBinary(shipped); err != nil {
		t.Fatal(err)
	}
	again, err := trained.MarshalBinary()
	if err != nil || !bytes.Equal(again, shipped) {
		t.Errorf("decoded and encoded again it is another file (%v)", err)
	}
}

func TestUnusableFiles(t *testing.T) {
	t.Parallel()
	other := bytes.Replace(shipped, []byte(`"features":"`), []byte(`"features":"0`), 1)
	binary.LittleEndian.PutUint32(other[5:], binary.LittleEndian.Uint32(other[5:])+1)
	for name, encoded := range map[string][]byte{
		"nothing": nil, "magic": []byte("SBDX\x01\x00\x00\x00\x00"), "length": []byte("SBDT\x01\xff\xff\xff\xff{}"),
		"cut": shipped[:len(shipped)-1], "more": append(bytes.Clone(shipped), 0), "other features": other, "null": []byte("SBDT\x01\x04\x00\x00\x00null"),
	} {
		if _, err := New(encoded); !errors.Is(err, ErrFile) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLexiconRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"word", "[a]\nb: ", "[a]\nb: ~", "[a]\nb: c\nrule d: e", "[a]\nb: c\nrule d: !b", "[a]\nb: " + strings.Repeat("w ", 40)} {
		if _, err := parseLexicon(text); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}

func TestLexiconFinds(t *testing.T) {
	t.Parallel()
	l, err := parseLexicon("[general]\nnegation: not | nicht\n[x]\nguard: red herring\nfish: herring | salmon* | *fisch | big ~ carp | # eels\nstop-: down\nrule both: fish stop\nrule any/text: fish stop")
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"Herring": "x.fish", "a red herring": "", "salmons": "x.fish", "Thunfisch": "x.fish", "a big old fat carp": "x.fish",
		"big one two three four carp": "", "12 eels": "x.fish", "ten eels": "", "it is not down": "", "it is down": "x.stop",
		"big. carp": "", "fish": "",
	} {
		var s scratch
		s.tokens.read(text)
		s.finder.find(l, &s.tokens)
		var names []string
		for _, x := range s.finder.found {
			if c := l.concepts[x.concept]; !x.negated && !c.negation {
				names = append(names, c.name)
			}
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%q holds %q, want %q", text, got, want)
		}
	}
	space := newFlagSpace(l)
	for text, want := range map[string][]bool{"herring down": {true, true}, "herring. down": {false, true}, "herring": {false, false}} {
		var s scratch
		s.read(l, space, text, nil)
		got := []bool{s.held[0]&1 != 0, s.held[0]&2 != 0}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%q: the rules hold as %v, want %v", text, got, want)
		}
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Don't l'avocat we're": "dont l avocat were", "Straße Łódź œuvre": "strasse lodz oeuvre", "12,5 x509": "00 0 x000",
		"停电 now": "停 电 now", "’’' a": "a", "\xff\xfe": "", "e-mail": "e mail", "I'M O'Neill's": "im o neills",
	} {
		var read tokens
		read.read(text)
		var words []string
		for _, token := range read.list {
			words = append(words, string(read.folded[token.from:token.to]))
			if token.start >= token.end || int(token.end) > len(text) {
				t.Errorf("%q: a token stands at %d to %d", text, token.start, token.end)
			}
		}
		if got := strings.Join(words, " "); got != want {
			t.Errorf("%q is read as %q, want %q", text, got, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, text := range []string{"", ticketText, "l’\xff’s :-) ！？", "GDPR\x00停电了"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		reading := read(t, text)
		for _, name := range textDetectors {
			checkScores(t, name, reading.Scores[name], loaded(t).Values(name))
		}
		for _, match := range reading.Matches {
			if match.Start < 0 || match.Start >= match.End || match.End > len(text) {
				t.Fatalf("%+v lies outside of %d bytes", match, len(text))
			}
		}
	})
}

func FuzzAct(f *testing.F) {
	f.Add("It fails.", "Please try again.", "Thanks, \xffworks now")
	f.Fuzz(func(t *testing.T, first, second, text string) {
		checkScores(t, Act, loaded(t).Act([]Message{{true, first}, {false, second}}, text), loaded(t).Values(Act))
	})
}

func FuzzNew(f *testing.F) {
	f.Add([]byte("SBDT\x01\x02\x00\x00\x00{}"))
	f.Fuzz(func(t *testing.T, encoded []byte) {
		if _, err := New(encoded); err != nil && !errors.Is(err, ErrFile) {
			t.Fatal(err)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	embedder, err := embedding.Default()
	if err != nil {
		b.Fatal(err)
	}
	d := loaded(b)
	vector, classes := embedder.Read(nil, nil, ticketText)
	for b.Loop() {
		if _, err := d.Read(ticketText, vector, classes); err != nil {
			b.Fatal(err)
		}
	}
}
