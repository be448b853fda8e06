package retrievalsuite

import (
	"math"
	"slices"
)

// Names of the scores of one query, which are also the figures of a mode.
const (
	nDCG10    = "ndcg@10"
	recall10  = "recall@10"
	recall100 = "recall@100"
	mrr10     = "mrr@10"
	meanAP    = "map"
)

var scoreNames = []string{nDCG10, recall10, recall100, mrr10, meanAP}

// scoresOf judges a ranking of documents as trec_eval does: linear gain, a discount
// of log2(rank+1), the ideal over everything judged, in the corpus or not.
func scoresOf(ranking []string, query Query) map[string]float64 {
	relevant := float64(query.relevant())
	scores := map[string]float64{}
	var gain, precisions, found float64
	for i, document := range ranking {
		grade := query.Grades[document]
		if grade <= 0 {
			continue
		}
		rank := float64(i + 1)
		found++
		precisions += found / rank
		if i < 10 {
			gain += float64(grade) / math.Log2(rank+1)
			if scores[mrr10] == 0 {
				scores[mrr10] = 1 / rank
			}
			scores[recall10] = found / relevant
		}
		if i < 100 {
			scores[recall100] = found / relevant
		}
	}
	scores[nDCG10] = gain / idealGain(query, 10)
	scores[meanAP] = precisions / relevant
	for _, name := range scoreNames {
		scores[name] += 0 // every name has a value
	}
	return scores
}

func idealGain(query Query, depth int) float64 {
	var grades []int
	for _, grade := range query.Grades {
		if grade > 0 {
			grades = append(grades, grade)
		}
	}
	slices.Sort(grades)
	slices.Reverse(grades)
	var gain float64
	for i, grade := range grades[:min(len(grades), depth)] {
		gain += float64(grade) / math.Log2(float64(i+2))
	}
	return gain
}

// quantile of times, by nearest rank.
func quantile(values []float64, share float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[max(int(math.Ceil(share*float64(len(sorted))))-1, 0)]
}
