package learn

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// fewExamples of a label make its description worth trying; with more, the examples
// say it better.
const fewExamples = 15

// mostTried members are few enough to learn from their embeddings twice more.
// Among more, a handful of names can't do much harm.
const mostTried = 4_000

// DescribeLabels reads the names of labels as words. Names that look like codes,
// such as "P1" or "b12-7", describe nothing and are left out. A nil embed
// leaves the embeddings unknown.
func DescribeLabels(labels []string, embed func(text string) []float32) map[string]Document {
	descriptions := map[string]Document{}
	for _, label := range labels {
		text := LabelText(label)
		if !readsAsWords(text) {
			continue
		}
		described := Document{Text: text}
		if embed != nil {
			described.Embedding = embed(text)
		}
		descriptions[label] = described
	}
	return descriptions
}

// readsAsWords is true without digits and with a word of three letters or more,
// or of one that stands for a whole word.
func readsAsWords(text string) bool {
	if strings.ContainsFunc(text, unicode.IsDigit) {
		return false
	}
	return slices.ContainsFunc(strings.Fields(text), func(word string) bool {
		letters, lower := 0, false
		for _, r := range word {
			if unicode.IsLetter(r) {
				letters++
			}
			lower = lower || !unicode.IsUpper(r)
			if kindOf(r) == kindUnspaced {
				return true
			}
		}
		return letters >= 3 && (lower || letters > 4)
	})
}

// described is the training with the descriptions of labels with few examples
// among its members, if there are such and they help.
func (t *training) described(ctx context.Context) (*training, error) {
	more, err := t.withDescriptions()
	if err != nil || len(more.members) == len(t.members) || len(t.members) > mostTried || t.corpus.extractor.fourier == nil {
		return more, err
	}
	without, err := t.embeddingLoss(ctx)
	if err != nil {
		return nil, err
	}
	with, err := more.embeddingLoss(ctx)
	if err != nil || with < without {
		return more, err
	}
	return t, nil
}

// withDescriptions gives the descriptions a fold that is never held out.
func (t *training) withDescriptions() (*training, error) {
	counts := make([]int, len(t.labels)+1)
	for _, class := range t.classes {
		counts[class]++
	}
	// Clipped: others learn from these, too.
	corpus := *t.corpus
	corpus.documents, corpus.embeddings = slices.Clip(corpus.documents), slices.Clip(corpus.embeddings)
	more := &training{
		corpus: &corpus, options: t.options, labels: t.labels, evaluated: t.evaluated,
		members: slices.Clip(t.members), classes: slices.Clip(t.classes), folds: slices.Clip(t.folds),
	}
	for class, label := range t.labels {
		described, given := t.options.Descriptions[label]
		if !given || counts[class] > fewExamples {
			continue
		}
		if err := corpus.add(described); err != nil {
			return nil, err
		}
		more.members = append(more.members, len(corpus.documents)-1)
		more.classes, more.folds = append(more.classes, class), append(more.folds, t.evaluated)
	}
	if known := len(t.corpus.documents); len(corpus.documents) > known {
		corpus.squares = squaredLengths(corpus.documents)
		if corpus.kernel != nil {
			corpus.kernel = corpus.kernel.with(corpus.extractor.fourier, corpus.embeddings[known:])
		}
	}
	return more, nil
}

// add weighs a text that the n-grams' frequencies know nothing of.
func (c *Corpus) add(d Document) error {
	space := c.extractor.space
	if n := len(d.Embedding); n != 0 && n != space.Embedding {
		return fmt.Errorf("%w: the description of a label has an embedding of %d dimensions, not %d", ErrSpace, n, space.Embedding)
	}
	c.documents = append(c.documents, c.terms.weigh(weighted{}, space.Hasher.Counts(d.Text)))
	c.embeddings = append(c.embeddings, d.Embedding)
	return nil
}

// embeddingLoss is how unlikely the held-out members are by their embeddings
// alone, the part that is learned fastest.
func (t *training) embeddingLoss(ctx context.Context) (float64, error) {
	held := make([]heldOut, len(t.members))
	if _, err := t.trainFourier(ctx, held); err != nil {
		return 0, err
	}
	nothing := make([]float32, t.columns())
	for i := range held {
		held[i].class, held[i].scores[partTerms] = t.classes[i], nothing
	}
	judged := t.heldOutBut(held, -1)
	loss, _, _ := likelihood(judged, fitWeights(judged, [partCount]bool{partFourier: true}))
	return loss, nil
}
