package detect

// The names of the detectors of a first message.
const (
	Kind      = "kind"
	Urgency   = "urgency"
	Impact    = "impact"
	Sentiment = "sentiment"
	Sensitive = "sensitive"
)

// Score is a value with its probability, 0–1.
type Score struct {
	Value       string
	Probability float64
}

// Reading is what the detectors say of a text: by detector, all values with
// probabilities that sum to one, the likeliest first.
type Reading map[string][]Score

// Message is an earlier message of a thread.
type Message struct {
	FromCustomer bool
	Text         string
}
