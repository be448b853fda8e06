package retrievalsuite

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"github.com/signalbox/signalbox/evals"
	"github.com/signalbox/signalbox/internal/learn"
	"github.com/signalbox/signalbox/retrieval"
)

func (r *run) result() Result {
	result := Result{
		Suite: Name, Name: r.suite.Title, Version: r.suite.Version, CreatedAt: now(),
		Modes: map[string]Mode{}, HybridAgainstBM25: r.against(), Languages: r.languages(),
		Queries: len(r.data.Queries), Documents: len(r.data.Documents), Chunks: r.chunks, IngestSeconds: r.ingestSeconds,
		Split: r.suite.Split, Language: r.suite.Language, Embedding: r.embedding(), Parameters: r.engine.Parameters,
		Data: r.data.Files, DataHash: r.data.Hash, Warnings: r.data.Warnings, Gates: []evals.Verdict{},
	}
	if result.Warnings == nil {
		result.Warnings = []string{}
	}
	for _, mode := range Modes {
		mean := func(name string) float64 { return r.mean(mode, name, nil) }
		result.Modes[mode] = Mode{
			NDCG10: mean(nDCG10), Recall10: mean(recall10), Recall100: mean(recall100), MRR10: mean(mrr10), MAP: mean(meanAP),
			P50: quantile(r.times[mode], 0.5), P95: quantile(r.times[mode], 0.95),
		}
	}
	return result
}

// mean of a score over the queries that belong; nil takes all.
func (r *run) mean(mode, name string, belongs func(answer) bool) float64 {
	var sum float64
	count := 0
	for _, answer := range r.answers {
		if belongs == nil || belongs(answer) {
			sum += answer.scores[mode][name]
			count++
		}
	}
	return sum / float64(max(count, 1))
}

// against pairs hybrid with words alone.
func (r *run) against() Against {
	var a Against
	var before, after []float64
	for _, answer := range r.answers {
		words, both := answer.scores[bm25][nDCG10], answer.scores[hybrid][nDCG10]
		before, after = append(before, words), append(after, both)
		switch {
		case both > words:
			a.Better++
		case both < words:
			a.Worse++
		default:
			a.Same++
		}
	}
	difference := learn.PairedBootstrap(before, after, 2_000, 0.95, 1)
	a.Change = difference.Value
	a.Interval = evals.Range{Low: difference.Interval.Low, High: difference.Interval.High}
	return a
}

func (r *run) languages() []Slice {
	counts := map[string]int{}
	for _, answer := range r.answers {
		counts[answer.language]++
	}
	slicesOf := []Slice{}
	for language, count := range counts {
		belongs := func(a answer) bool { return a.language == language }
		slicesOf = append(slicesOf, Slice{
			Dimension: "language", Value: language, Queries: count,
			BM25: r.mean(bm25, nDCG10, belongs), Dense: r.mean(dense, nDCG10, belongs), Hybrid: r.mean(hybrid, nDCG10, belongs),
		})
	}
	slices.SortFunc(slicesOf, func(a, b Slice) int {
		return cmp.Or(cmp.Compare(b.Queries, a.Queries), cmp.Compare(a.Value, b.Value))
	})
	return slicesOf
}

// rows are every query's scores in each mode, for a later run to compare itself with.
func (r *run) rows() []evals.Row {
	var rows []evals.Row
	for i, answer := range r.answers {
		for _, mode := range Modes {
			rows = append(rows, evals.Row{
				Row: r.data.Queries[i].ID, Field: mode, Scores: answer.scores[mode], Language: answer.language,
			})
		}
	}
	return rows
}

// embedding names the model of the vectors.
func (r *run) embedding() string {
	if r.engine.Embedding != "" {
		return r.engine.Embedding
	}
	return r.engine.Embedder.Identity()
}

// modelHash changes with what ranks.
func (r *run) modelHash() string {
	encoded, err := json.Marshal([]any{r.engine.Parameters, r.embedding(), retrieval.AnalysisVersion})
	if err != nil {
		return ""
	}
	digest := sha256.Sum256(encoded)
	return hex.EncodeToString(digest[:])
}

const shownLosses = 25

// losses lists where hybrid did worst, and where it lost most against words alone.
func (r *run) losses() (worst, below []Loss) {
	order := make([]int, len(r.answers))
	for i := range order {
		order[i] = i
	}
	score := func(i int, mode string) float64 { return r.answers[i].scores[mode][nDCG10] }
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(score(a, hybrid), score(b, hybrid)) })
	for _, i := range order[:min(len(order), shownLosses)] {
		if score(i, hybrid) < 1 {
			worst = append(worst, r.loss(i))
		}
	}
	change := func(i int) float64 { return score(i, hybrid) - score(i, bm25) }
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(change(a), change(b)) })
	for _, i := range order[:min(len(order), shownLosses)] {
		if change(i) < 0 {
			below = append(below, r.loss(i))
		}
	}
	return worst, below
}

func (r *run) loss(i int) Loss {
	query, answer := r.data.Queries[i], r.answers[i]
	loss := Loss{
		ID: query.ID, Text: query.Text, Language: answer.language,
		BM25: answer.scores[bm25][nDCG10], Dense: answer.scores[dense][nDCG10], Hybrid: answer.scores[hybrid][nDCG10],
	}
	place := func(number int) Place {
		document := r.data.Documents[number]
		rank := func(mode string) int { return slices.Index(answer.rankings[mode], number) + 1 }
		title := document.Title
		if title == "" {
			title = document.Text
		}
		return Place{ID: document.ID, Title: title, Grade: query.Grades[document.ID], BM25: rank(bm25), Dense: rank(dense), InFused: rank(hybrid)}
	}
	for number, document := range r.data.Documents {
		if query.Grades[document.ID] > 0 && len(loss.Wanted) < 5 {
			loss.Wanted = append(loss.Wanted, place(number))
		}
	}
	found := answer.rankings[hybrid]
	for _, number := range found[:min(len(found), 3)] {
		loss.Found = append(loss.Found, place(number))
	}
	return loss
}
