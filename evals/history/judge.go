package history

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"

	"github.com/signalbox/signalbox/evals/dataset"
	"github.com/signalbox/signalbox/internal/embedding"
	"github.com/signalbox/signalbox/internal/learn"
)

// judgement is what models say of tickets that they did not see.
type judgement struct {
	rows []learn.Judgement
	of   map[string]*judgedValue // by label
}

// judgedValue is what became of a label's tickets.
type judgedValue struct {
	all, right int
	instead    map[string]int // taken for
}

const judgedFolds = 4

// judge trains on a sample of a field's tickets and holds each out in turn. It is nil
// for too few of them.
func (a *audit) judge(ctx context.Context, field string, seed uint64, progress func(done, total int)) (*judgement, error) {
	rows := a.h.Rows
	members := sampleOf(rows, a.copies, field, seed)
	if len(members) < leastJudged {
		return nil, nil
	}
	model, err := embedding.Default()
	if err != nil {
		return nil, err
	}
	documents, lesson, texts := make([]learn.Document, len(members)), learn.Lesson{HeldOut: judgedFolds}, make([]string, len(members))
	for i, member := range members {
		if texts[i] = rows[member].Text(); a.tagged {
			texts[i] = withoutTags(texts[i])
		}
		documents[i] = learn.Document{Text: texts[i], Embedding: slices.Clone(model.Embed(texts[i]))}
		lesson.Members, lesson.Labels = append(lesson.Members, i), append(lesson.Labels, squashed(rows[member].Labels[field]))
	}
	lesson.Folds = dataset.Folds(texts, lesson.Labels, judgedFolds, seed)
	corpus, err := learn.NewCorpus(ctx, documents, learn.CorpusOptions{Space: learn.DefaultSpace(model.Dimension()), Labels: learn.MaximumLabels})
	if err != nil {
		return nil, err
	}
	trained, err := corpus.Train(ctx, lesson, learn.Options{Seed: seed, Progress: progress})
	if errors.Is(err, learn.ErrExamples) {
		return nil, nil // one label alone, or none with examples enough: nothing to tell
	}
	if err != nil {
		return nil, err
	}
	return newJudgement(trained.Judgements), nil
}

// sampleOf lists tickets with a label that enough others have, one of each text.
func sampleOf(rows []Row, copies []int, field string, seed uint64) []int {
	counts := map[string]int{}
	var members []int
	for i, row := range rows {
		if label := squashed(row.Labels[field]); label != "" && copies[i] == i {
			members = append(members, i)
			counts[label]++
		}
	}
	random := rand.New(rand.NewPCG(seed, 0x6a756467))
	random.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
	members = members[:min(len(members), judgedRows)]
	members = slices.DeleteFunc(members, func(i int) bool { return counts[squashed(rows[i].Labels[field])] < 2*judgedFolds })
	slices.Sort(members)
	return members
}

func newJudgement(rows []learn.Judgement) *judgement {
	j := &judgement{rows: rows, of: map[string]*judgedValue{}}
	for _, row := range rows {
		if j.of[row.Label] == nil {
			j.of[row.Label] = &judgedValue{instead: map[string]int{}}
		}
		of := j.of[row.Label]
		of.all++
		if row.Predicted == row.Label {
			of.right++
		} else {
			of.instead[row.Predicted]++
		}
	}
	return j
}

func (j *judgement) right() (count int) {
	for _, of := range j.of {
		count += of.right
	}
	return count
}

// suspects counts tickets whose label is contradicted with more confidence than the
// model usually has in what it says instead.
func (j *judgement) suspects() (count int) {
	sums, counts := map[string]float64{}, map[string]float64{}
	for _, row := range j.rows {
		if row.Predicted == row.Label {
			sums[row.Predicted] += row.Confidence
			counts[row.Predicted]++
		}
	}
	for _, row := range j.rows {
		if row.Predicted != row.Label && counts[row.Predicted] > 0 && row.Confidence >= sums[row.Predicted]/counts[row.Predicted] {
			count++
		}
	}
	return count
}
