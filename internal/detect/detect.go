package detect

// The names of the detectors of a first message.
const (
	Kind      = "kind"
	Urgency   = "urgency"
	Impact    = "impact"
	Sentiment = "sentiment"
	Sensitive = "sensitive"
	// Act is that of a further message.
	Act = "act"
)

// Score is a value with its probability, 0–1.
type Score struct {
	Value       string
	Probability float64
}

// Reading is what the detectors say of a text.
type Reading struct {
	// Scores holds by detector all values with probabilities that sum to one, the
	// likeliest first.
	Scores map[string][]Score
	// Sensitive is the likeliest sensitive topic if it is likely enough to be looked
	// at by a person, which is below one half; else "".
	Sensitive string
	// Matches are the places of the text that a phrase of the lexicon matched for a
	// field, in the order of the text.
	Matches []Match
}

// Match is a phrase at bytes [Start, End) of the text that speaks for a value of a
// field.
type Match struct {
	Field, Value string
	Start, End   int
}

// Message is an earlier message of a thread.
type Message struct {
	FromCustomer bool
	Text         string
}
