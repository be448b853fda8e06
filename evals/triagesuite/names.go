package triagesuite

import (
	"context"
	"unicode"

	"github.com/signalbox/signalbox/evals/dataset"
	"github.com/signalbox/signalbox/internal/learn"
)

// fewestNameLetters is what a label's name needs to say anything: "L2" doesn't.
const fewestNameLetters = 3

// readNames makes one text of each label's name. A new desk names its intents
// before it has examples, so with few examples production learns from names, too.
func (r *run) readNames(ctx context.Context) error {
	if r.config.FewShot == 0 || r.config.NoNames {
		return nil
	}
	for field := range r.data.Fields {
		seen := map[string]bool{}
		var rows []dataset.Row
		for _, row := range r.train.rows {
			label := row.Labels[field]
			if text := learn.LabelText(label); label != "" && !seen[label] && !r.engine.outOfScope(label) && letters(text) >= fewestNameLetters {
				seen[label] = true
				named := dataset.Row{Body: text, Labels: make([]string, len(r.data.Fields))}
				named.Labels[field] = label
				rows = append(rows, named)
			}
		}
		names, err := read(ctx, rows, r.embedder, func(int, int) {})
		if err != nil {
			return err
		}
		r.names = append(r.names, names)
	}
	return nil
}

func letters(text string) int {
	count := 0
	for _, letter := range text {
		if unicode.IsLetter(letter) {
			count++
		}
	}
	return count
}

// addNames appends the names to what a trial learns from. Thresholds are not chosen
// on them: nobody writes tickets like that.
func (t *trial) addNames(names []sample) {
	t.tickets = len(t.train.rows)
	for field, of := range names {
		for i := range of.rows {
			t.members[field] = append(t.members[field], len(t.train.rows)+i)
		}
		t.train.rows = append(t.train.rows, of.rows...)
		t.train.texts = append(t.train.texts, of.texts...)
		t.train.vectors = append(t.train.vectors, of.vectors...)
	}
}
