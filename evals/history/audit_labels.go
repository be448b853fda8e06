package history

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/signalbox/signalbox/internal/embedding"
)

// squashed writes a label without case, spaces and punctuation: spellings of one are
// equal.
func squashed(label string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, label)
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// spellings finds labels that differ by their spelling alone.
func (a *audit) spellings(field string, counts map[string]int, labelled int) {
	bySpelling := map[string][]string{}
	for _, label := range slices.Sorted(maps.Keys(counts)) {
		bySpelling[squashed(label)] = append(bySpelling[squashed(label)], label)
	}
	for _, spelling := range slices.Sorted(maps.Keys(bySpelling)) {
		labels := bySpelling[spelling]
		if len(labels) > 1 && spelling != "" {
			a.renamed(field, labels, labelled, fmt.Sprintf("%s are one label in different spellings", quotedList(labels)))
		}
	}
}

func (a *audit) renamed(field string, labels []string, labelled int, detail string) {
	var rows []int
	for i, row := range a.h.Rows {
		if slices.Contains(labels, row.Labels[field]) {
			rows = append(rows, i)
		}
	}
	a.add(Finding{
		Kind: KindRenamed, Field: field, Value: labels[0], Tickets: len(rows), Share: share(len(rows), labelled), Detail: detail,
		Remedy: "merge them before training",
	}, rows)
}

func quotedList(labels []string) string {
	quoted := make([]string, len(labels))
	for i, label := range labels {
		quoted[i] = fmt.Sprintf("%q", label)
	}
	return strings.Join(quoted, " and ")
}

const (
	// leastSuccession is how many tickets each of two labels must have.
	leastSuccession = 15
	// successor is how alike the texts of a label and of the one that follows it are.
	successor = 0.75
)

// lifetime is when a label was used, and what its texts are like.
type lifetime struct {
	label  string
	times  []time.Time
	centre []float32
}

// successions finds a label that stops where another one begins with the same kind of
// texts: it was renamed.
func (a *audit) successions(field string, counts map[string]int, labelled int) {
	lives := a.lifetimes(field, counts)
	for i := range lives {
		for j := range lives {
			before, after := lives[i], lives[j]
			if i == j || !follows(before.times, after.times) || squashed(before.label) == squashed(after.label) {
				continue
			}
			if dot(before.centre, after.centre) < successor || nearest(lives, i) != j || nearest(lives, j) != i {
				continue
			}
			a.renamed(field, []string{before.label, after.label}, labelled,
				fmt.Sprintf("%q stops where %q begins (%s), with the same kind of texts", before.label, after.label, after.times[0].Format("2 January 2006")))
		}
	}
}

// lifetimes are those of labels with tickets enough. Without times there are none.
func (a *audit) lifetimes(field string, counts map[string]int) []lifetime {
	model, err := embedding.Default()
	if err != nil || a.h.Rows[0].Time.IsZero() {
		return nil
	}
	number, lives := map[string]int{}, []lifetime{}
	var texts []string
	var of []int
	for _, row := range a.h.Rows {
		label := row.Labels[field]
		if counts[label] < leastSuccession || label == "" || row.Time.IsZero() {
			continue
		}
		if _, known := number[label]; !known {
			number[label] = len(lives)
			lives = append(lives, lifetime{label: label})
		}
		life := &lives[number[label]]
		life.times = append(life.times, row.Time)
		if len(life.times) <= 200 {
			texts, of = append(texts, row.Text()), append(of, number[label])
		}
	}
	vectors := make([][]float32, len(texts))
	for i, text := range texts {
		vectors[i] = slices.Clone(model.Embed(text))
	}
	withoutCommon(vectors, 0)
	for i := range lives {
		lives[i].centre = make([]float32, model.Dimension())
	}
	for i, vector := range vectors {
		addTo(lives[of[i]].centre, vector, 1)
	}
	for i := range lives {
		slices.SortFunc(lives[i].times, time.Time.Compare)
		unit(lives[i].centre)
	}
	return lives
}

// follows says that all but a fiftieth of the first come before all but a fiftieth of
// the second, which begin within a tenth of the whole time.
func follows(first, second []time.Time) bool {
	last, begins := first[len(first)*49/50], second[len(second)/50]
	whole := second[len(second)-1].Sub(first[0])
	return !begins.Before(last) && begins.Sub(last) < whole/10
}

// nearest is the label whose texts are most like those of another.
func nearest(lives []lifetime, i int) int {
	best, likeness := -1, float32(-2)
	for j := range lives {
		if l := dot(lives[i].centre, lives[j].centre); j != i && l > likeness {
			best, likeness = j, l
		}
	}
	return best
}

// markers finds words of the texts that name the label: a bracketed tag that a rule or
// an agent put there.
func (a *audit) markers() {
	for _, field := range []string{"intent", "route"} {
		marked, labelled := []int{}, 0
		labels := map[string]bool{}
		for i, row := range a.h.Rows {
			label := squashed(row.Labels[field])
			if label == "" {
				continue
			}
			labelled++
			for _, tag := range tagsOf(row.Subject + " " + firstRunes(row.Body, 400)) {
				if squashed(tag) == label {
					marked, labels[label] = append(marked, i), true
					break
				}
			}
		}
		if len(labels) >= 2 && len(marked) >= 20 && float64(len(marked)) >= 0.05*float64(labelled) {
			a.tagged = true
			a.add(Finding{
				Kind: KindTells, Field: field, Value: "text", Tickets: len(marked), Share: share(len(marked), labelled),
				Detail: fmt.Sprintf("%d tickets hold their own label as a tag in the text", len(marked)),
				Remedy: "export the text as the customer wrote it: a model would learn to read the tag",
			}, marked)
		}
	}
}

// withoutTags is what a model may read of a text that holds its label as a tag.
func withoutTags(text string) string {
	for _, tag := range tagsOf(text) {
		text = strings.ReplaceAll(text, tag, "")
	}
	return text
}

// tagsOf lists what stands in brackets or behind a number sign.
func tagsOf(text string) (tags []string) {
	for {
		open := strings.IndexAny(text, "[{#")
		if open < 0 {
			return tags
		}
		rest := text[open+1:]
		end := strings.IndexAny(rest, "]}")
		if text[open] == '#' {
			end = strings.IndexFunc(rest, func(r rune) bool { return unicode.IsSpace(r) || r == ',' || r == '.' })
			if end < 0 {
				end = len(rest)
			}
		}
		if end < 0 {
			return tags
		}
		tags = append(tags, rest[:end])
		text = rest[end:]
	}
}
