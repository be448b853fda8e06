package triage

import (
	"strings"
	"unicode/utf8"
)

const (
	// secondaryShare is how likely the runner-up must be for the parts of a ticket to
	// be read one by one: most tickets have one wish, and cost nothing.
	secondaryShare = 0.05
	// secondaryFloor is how likely an intent must be in its own part of the ticket.
	secondaryFloor   = 0.5
	secondaryParts   = 12
	shortestPart     = 16 // bytes
	maximumSecondary = 3
)

// addSecondary reads the sentences of a ticket one by one and lists the intents that
// one of them speaks for on its own, beside the intent of the whole.
func (e *Engine) addSecondary(text string, read *reading) error {
	model, intent := e.model.fields[FieldIntent], read.fields[FieldIntent]
	if model == nil || len(intent.scores) < 2 || intent.byPerson || intent.scores[1].Probability < secondaryShare {
		return nil
	}
	parts := partsOf(text)
	if len(parts) < 2 {
		return nil
	}
	best := map[string]float64{}
	for _, part := range parts {
		scores, err := e.readPart(part, model)
		if err != nil {
			return err
		}
		if first := scores[0]; first.Probability >= secondaryFloor {
			best[first.Value] = max(best[first.Value], first.Probability)
		}
	}
	for _, candidate := range intent.scores[1:] {
		if probability := best[candidate.Value]; probability > 0 && candidate.Probability >= secondaryShare {
			read.secondary = append(read.secondary, Score{candidate.Value, fourDigits(min(probability, 1))})
		}
	}
	sortScores(read.secondary)
	read.secondary = read.secondary[:min(len(read.secondary), maximumSecondary)]
	return nil
}

func (e *Engine) readPart(part string, model *fieldModel) ([]Score, error) {
	text, err := e.model.read(part)
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
		ends := r == '\n' || strings.ContainsRune(".!?;。！？", r) && (end >= len(text) || text[end] <= ' ' || r > utf8.RuneSelf)
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
