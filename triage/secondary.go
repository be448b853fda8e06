package triage

import (
	_ "embed" // the request words
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	// How likely a further intent, and the primary one, must each be in a request of
	// its own. On the sample company's training half weaker bounds found background
	// and no wishes.
	secondaryFloor   = 0.6
	primaryFloor     = 0.4
	secondaryParts   = 12
	shortestPart     = 16 // bytes
	maximumSecondary = 3
)

// addSecondary reads the questions and requests of a ticket one by one and lists the
// intents that one of them speaks for on its own, beside the intent of the whole. It
// needs two requests at least: a story with one wish at its end has one intent.
func (e *Engine) addSecondary(text string, read *reading) error {
	model, intent := e.model.fields[FieldIntent], read.fields[FieldIntent]
	if model == nil || len(intent.scores) < 2 || intent.byPerson {
		return nil
	}
	parts := slices.DeleteFunc(partsOf(text), func(part string) bool { return !asks(part) })
	if len(parts) < 2 {
		return nil
	}
	best := map[string]float64{}
	pooled := readings.Get().(*seen)
	defer readings.Put(pooled)
	for _, part := range parts {
		pooled.vector = e.model.embedder.EmbedInto(pooled.vector, part)
		scores, err := e.readPart(part, pooled.vector, model)
		if err != nil {
			return err
		}
		best[scores[0].Value] = max(best[scores[0].Value], scores[0].Probability)
	}
	if best[intent.value()] < primaryFloor {
		return nil
	}
	for _, candidate := range intent.scores[1:] {
		if probability := best[candidate.Value]; probability >= secondaryFloor {
			read.secondary = append(read.secondary, Score{candidate.Value, fourDigits(min(probability, 1))})
		}
	}
	sortScores(read.secondary)
	read.secondary = read.secondary[:min(len(read.secondary), maximumSecondary)]
	return nil
}

func (e *Engine) readPart(part string, vector []float32, model *fieldModel) ([]Score, error) {
	text, err := e.model.panel.ReadOne(part, vector, model.number)
	if err != nil {
		return nil, err
	}
	defer text.Release()
	scores, _ := model.predict(text, nil)
	return scores, nil
}

// partsOf cuts a text at line ends and after sentences, and joins what is too short
// to its neighbour.
func partsOf(text string) []string {
	var parts []string
	start := 0
	for i, r := range text {
		end := i + utf8.RuneLen(max(r, 0))
		ends := r == '\n' || endsSentence(r) && (end >= len(text) || text[end] <= ' ' || r > utf8.RuneSelf)
		if ends && end-start >= shortestPart {
			parts, start = append(parts, text[start:end]), end
		}
		if len(parts) == secondaryParts {
			return parts
		}
	}
	if rest := strings.TrimSpace(text[min(start, len(text)):]); len(rest) >= shortestPart {
		parts = append(parts, rest)
	}
	return parts
}

func endsSentence(r rune) bool {
	switch r {
	case '.', '!', '?', ';', '。', '！', '？':
		return true
	}
	return false
}

//go:embed requests.txt
var requestList string

// requestWords mark a sentence that wants something.
var requestWords = readPhrases(requestList)

// asks says whether a part of a text is a question or a request.
func asks(part string) bool {
	return strings.IndexByte(part, '?') >= 0 || strings.Contains(part, "？") || len(requestWords.find(part)) > 0
}
