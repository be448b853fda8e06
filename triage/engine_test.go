package triage

import (
	"reflect"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
)

// autoPolicy lets route and intent act from this confidence on.
func autoPolicy(threshold float64) Policy {
	policy := DefaultPolicy()
	policy.Fields[FieldRoute] = FieldPolicy{Mode: ModeAuto, Threshold: threshold}
	policy.Fields[FieldIntent] = FieldPolicy{Mode: ModeAuto, Threshold: threshold}
	return policy
}

// withState is the model as if it had been calibrated on more labels.
func withState(model *Model, state ConfidenceState) *Model {
	copied := *model
	copied.fields = map[string]*fieldModel{}
	for name, field := range model.fields {
		changed := *field
		changed.state = state
		copied.fields[name] = &changed
	}
	return &copied
}

func engineWith(t testing.TB, state ConfidenceState, policy Policy) *Engine {
	t.Helper()
	return NewEngine(withState(testModel(t), state), policy, EngineOptions{HashKey: []byte("k")})
}

func TestDecideIsRepeatable(t *testing.T) {
	t.Parallel()
	first := decide(t, testEngine(t, DefaultPolicy()), typicalTicket())
	second := decide(t, testEngine(t, DefaultPolicy()), typicalTicket())
	if !reflect.DeepEqual(first, second) {
		t.Errorf("the same ticket is decided as %+v and as %+v", first, second)
	}
}

func TestDecideFillsTheRecord(t *testing.T) {
	t.Parallel()
	input := typicalTicket()
	reply := desk.Message{ID: uuid.New(), Audience: desk.Public, AuthorKind: desk.ByAgent, Sequence: 2, Body: "We are on it."}
	input.Messages = append(input.Messages, reply)
	options := EngineOptions{HashKey: []byte("k"), ModelID: uuid.New(), ModelVersion: 3}
	policy := DefaultPolicy()
	policy.Version = 8
	got := decide(t, NewEngine(testModel(t), policy, options), input)
	want := Versions{
		Features: FeaturesVersion, Model: 3, ModelID: options.ModelID, Taxonomy: testModel(t).TaxonomyHash(), Policy: 8,
		HashKey: keyName([]byte("k")), Detectors: got.Versions.Detectors,
	}
	if got.Versions != want || len(want.Detectors) != 16 {
		t.Errorf("the versions are %+v, want %+v", got.Versions, want)
	}
	if got.TicketID != input.Ticket.ID || got.CauseID != input.Messages[0].ID || got.ThroughSequence != 2 || !got.CreatedAt.Equal(testNow) {
		t.Errorf("ticket %s, cause %s, through %d, at %s", got.TicketID, got.CauseID, got.ThroughSequence, got.CreatedAt)
	}
	for _, name := range policyFields {
		field, decided := got.Fields[name]
		if !decided || field.Outcome == "" || field.State == "" {
			t.Errorf("%s is %+v", name, field)
		}
		if len(field.Scores) > shownScores {
			t.Errorf("%s keeps %d scores", name, len(field.Scores))
		}
	}
	if value := got.Fields[FieldIntent].Value; value != "gateway_offline" {
		t.Errorf("the intent is %s, want gateway_offline", value)
	}
	if len(got.InputHash) != 32 {
		t.Errorf("the input hash has %d bytes, want 32", len(got.InputHash))
	}
}

func TestThresholdsDecideTheOutcome(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name      string
		state     ConfidenceState
		threshold float64
		want      Outcome
	}{
		{"below both confidences", Provisional, 0.5, Auto},
		{"calibrated", Calibrated, 0.5, Auto},
		{"certainty is never reached", Provisional, 1, Suggest},
		{"uncalibrated", Uncalibrated, 0.5, Suggest},
	} {
		got := decide(t, engineWith(t, test.state, autoPolicy(test.threshold)), typicalTicket())
		if got.Outcome != test.want {
			t.Errorf("%s: %s (%s), want %s", test.name, got.Outcome, got.Reason, test.want)
		}
	}
	if got := decide(t, engineWith(t, Calibrated, DefaultPolicy()), typicalTicket()); got.Outcome != Suggest {
		t.Errorf("the default policy gives %s, want suggest", got.Outcome)
	}
	// One acted field below its threshold holds the whole ticket back.
	policy := autoPolicy(0.5)
	policy.Fields[FieldIntent] = FieldPolicy{Mode: ModeAuto, Threshold: 1}
	if got := decide(t, engineWith(t, Calibrated, policy), typicalTicket()); got.Outcome != Suggest {
		t.Errorf("with an unsure intent it is %s, want suggest", got.Outcome)
	}
}

func TestReviewAndItsReasons(t *testing.T) {
	t.Parallel()
	german := autoPolicy(0.5)
	german.Languages = []string{"de"}
	demanding := autoPolicy(0.5)
	demanding.UnsureBelow, demanding.AmbiguousMargin = 1, 1
	for _, test := range []struct {
		name   string
		policy Policy
		input  Input
		reason string
	}{
		{"nothing written", autoPolicy(0.5), ticket("", ""), "too short"},
		{"three letters", autoPolicy(0.5), ticket("hi", "?"), "too short"},
		{"a legal threat", autoPolicy(0.5), ticket("gateway", "The gateway is offline again, you will hear from our lawyers."), "sensitive (legal)"},
		{"a sensitive matter in few letters", autoPolicy(0.5), ticket("GDPR", ""), "sensitive (data protection)"},
		{"a foreign language", german, typicalTicket(), `"en"`},
		{"an outage that nothing confirms", autoPolicy(0.5), ticket("URGENT!!!", "The gateway is offline, nothing works, production down"), "nothing confirms"},
		{"two likely intents", demanding, typicalTicket(), " between "},
	} {
		got := decide(t, engineWith(t, Calibrated, test.policy), test.input)
		if got.Outcome != Review || !strings.Contains(got.Reason, test.reason) {
			t.Errorf("%s: %s, %q; want review and %q", test.name, got.Outcome, got.Reason, test.reason)
		}
	}
}

func TestStrangeTextsAreOutOfScope(t *testing.T) {
	t.Parallel()
	engine, known := engineWith(t, Calibrated, DefaultPolicy()), 0
	for _, example := range testCorpus(t).examples {
		if decide(t, engine, example.Input).Fields[FieldIntent].Reason != ReasonOutOfScope {
			known++
		}
	}
	if known < 114 {
		t.Errorf("%d of 120 known tickets are in scope, want at least 114", known)
	}
	got := decide(t, engine, ticket("zxqv", "Wombats juggle turquoise xylophones; quixotic bishops yodel."))
	if got.Outcome != Review || got.Fields[FieldIntent].Reason != ReasonOutOfScope {
		t.Errorf("nonsense is %s, %q; want out of scope", got.Outcome, got.Reason)
	}
}

func TestShoutingDoesNotMakeATrifleUrgent(t *testing.T) {
	t.Parallel()
	engine := engineWith(t, Calibrated, autoPolicy(0.5))
	for _, example := range testCorpus(t).examples {
		if example.Labels[FieldUrgency] != UrgencyLow {
			continue
		}
		input := example.Input
		input.Messages = append([]desk.Message(nil), input.Messages...)
		input.Messages[0].Body += " URGENT!!! production down"
		got := decide(t, engine, input)
		if got.Fields[FieldPriority].Value == BandUrgent || got.Outcome != Review {
			t.Errorf("%q with shouting is %s at %d, want review and not urgent", example.Input.Ticket.Subject, got.Outcome, got.Priority)
		}
	}
}

func TestWithoutAModelEverythingGoesToAPerson(t *testing.T) {
	t.Parallel()
	got := decide(t, NewEngine(nil, autoPolicy(0.5), EngineOptions{}), typicalTicket())
	if got.Outcome != Review || !strings.Contains(got.Reason, "nothing was learned") {
		t.Errorf("it is %s, %q; want review since nothing was learned", got.Outcome, got.Reason)
	}
	if got.Fields[FieldLanguage].Value != "en" || len(got.Entities) == 0 || got.Priority == 0 {
		t.Errorf("language %q, %d entities, priority %d: all are known without a model",
			got.Fields[FieldLanguage].Value, len(got.Entities), got.Priority)
	}
}

func TestReasonNamesFactsAndNoText(t *testing.T) {
	t.Parallel()
	renews := testNow.AddDate(0, 0, 12)
	input := typicalTicket()
	input.Account.Tier, input.Account.RenewsOn, input.Customer.VIP = "enterprise", &renews, true
	got := decide(t, engineWith(t, Calibrated, autoPolicy(0.5)), input).Reason
	pattern := regexp.MustCompile(`^Gateway offline from an enterprise account, renewal in 12 days, VIP; (intent|route) \d+ % sure, above your 50 %$`)
	if !pattern.MatchString(got) {
		t.Errorf("the reason is %q", got)
	}
	input.Account.Tier = "ticket text in disguise"
	if got := decide(t, engineWith(t, Calibrated, autoPolicy(0.5)), input).Reason; strings.Contains(got, "disguise") {
		t.Errorf("the reason repeats an unknown tier: %q", got)
	}
	uncalibrated := decide(t, testEngine(t, autoPolicy(0.5)), typicalTicket()).Reason
	if strings.Contains(uncalibrated, "99") || !strings.Contains(uncalibrated, "not calibrated") {
		t.Errorf("the uncalibrated reason is %q", uncalibrated)
	}
}

func TestHugeAndBrokenTickets(t *testing.T) {
	t.Parallel()
	engine := testEngine(t, DefaultPolicy())
	for name, text := range map[string]string{
		"100,000 letters":        strings.Repeat("The gateway is offline. ", 4_200),
		"one word":               strings.Repeat("x", 100_000),
		"one line of codes":      strings.Repeat("ERR_1,", 20_000),
		"invalid UTF-8":          strings.Repeat("\xff\xfeabc\xc3", 10_000),
		"only line breaks":       strings.Repeat("\n", 100_000),
		"only frames":            strings.Repeat("\tat a.B(C.java:1)\n", 6_000),
		"Chinese":                strings.Repeat("水表坏了", 8_000),
		"NUL":                    strings.Repeat("\x00", 1_000),
		"combining marks":        "e" + strings.Repeat("\u0301", 20_000),
		"right to left override": "\u202e" + strings.Repeat("abc ", 100),
	} {
		decision := decide(t, engine, ticket(text, text))
		if decision.Priority < 0 || decision.Priority > 100 || !utf8.ValidString(decision.Reason) {
			t.Errorf("%s: priority %d, reason %q", name, decision.Priority, decision.Reason)
		}
	}
}

func FuzzDecide(f *testing.F) {
	f.Add("Gateway", "none of our meters reports \xff", "enterprise", "de", 3, true)
	f.Add("", "", "", "", -5, false)
	f.Add("Re: Re:", "Error: x\n at y (z:1)\n production down, our lawyers", "free", "xx-YY", 1<<40, true)
	policy := autoPolicy(0.6)
	engine := engineWith(f, Provisional, policy)
	f.Fuzz(func(t *testing.T, subject, body, tier, language string, recent int, incident bool) {
		input := ticket(subject, body)
		input.Account, input.Customer = &desk.Account{Tier: tier, RenewsOn: &input.Now}, &desk.Customer{Language: language}
		input.RecentTickets, input.IncidentOpen = recent, incident
		decision := decide(t, engine, input)
		if decision.Priority < 0 || decision.Priority > 100 || strings.Contains(decision.Reason, "\n") && tier != "\n" {
			t.Errorf("priority %d, reason %q", decision.Priority, decision.Reason)
		}
		for name, field := range decision.Fields {
			if !(field.Confidence >= 0 && field.Confidence <= 1+1e-9) {
				t.Errorf("%s has confidence %v", name, field.Confidence)
			}
			if field.Outcome == Auto && stateRank(field.State) < stateRank(Provisional) {
				t.Errorf("%s acts uncalibrated", name)
			}
		}
		decision.Render(input)
		Explain(decision)
	})
}
