package triage

import "github.com/signalbox/signalbox/desk"

// exampleWeight is below that of a label from a real ticket: an example phrase
// may teach, but never judge.
const exampleWeight = 0.5

// Intent returns the intent of this key.
func (t Taxonomy) Intent(key string) (Intent, bool) {
	for _, intent := range t.Intents {
		if intent.Key == key {
			return intent, true
		}
	}
	return Intent{}, false
}

// Route returns the route of this key.
func (t Taxonomy) Route(key string) (Route, bool) {
	for _, route := range t.Routes {
		if route.Key == key {
			return route, true
		}
	}
	return Route{}, false
}

// Examples turns the intents' phrases into examples to train from, which is all
// that a new installation has. They don't count as independent labels.
func (t Taxonomy) Examples() []Example {
	var examples []Example
	for _, intent := range t.Intents {
		labels := map[string]string{FieldIntent: intent.Key}
		if intent.DefaultRoute != "" {
			labels[FieldRoute] = intent.DefaultRoute
		}
		for _, phrase := range append([]string{intent.Description}, intent.Examples...) {
			if phrase == "" {
				continue
			}
			message := desk.Message{Audience: desk.Public, Sequence: 1, AuthorKind: desk.ByCustomer, Body: phrase}
			input := Input{Messages: []desk.Message{message}}
			examples = append(examples, Example{Input: input, Labels: labels, Weight: exampleWeight})
		}
	}
	return examples
}
