package cluster

import (
	"cmp"
	"context"
	"math/rand/v2"
	"slices"

	"github.com/signalbox/signalbox/internal/embedding"
)

// Chosen on the training texts of Banking77 by V-measure; docs/evaluation.md has the
// figures.
const (
	sampleSize = 12_000
	rank       = 128 // directions of words
	wordWeight = 0.6 // length of the words' part beside the embedding's of one
	neighbours = 15
	rounds     = 2   // of drawing texts towards their neighbours
	pull       = 2.0 // weight of the neighbours' middle beside the text's own place
	finer      = 4   // clusters that are merged into one
	restarts   = 2
)

// Options say how to cluster.
type Options struct {
	Clusters int
	Seed     uint64
	// Languages of the texts, if known: what a language's texts have in common says
	// nothing of what they are about and is taken away.
	Languages []string
}

// Result is a cluster for every text; number 0 is the largest.
type Result struct {
	Of       []int
	Likeness []float32 // of a text to its cluster's middle
	Clusters int
}

// Texts clusters texts. Equal texts come to lie together.
func Texts(ctx context.Context, texts []string, options Options) (Result, error) {
	model, err := embedding.Default()
	if err != nil {
		return Result{}, err
	}
	random := rand.New(rand.NewPCG(options.Seed, 0x636c7573746572)) //nolint:gosec // no secret
	sample := choose(len(texts), sampleSize, random)
	space := fitSpace(model, texts, sample, options, random)
	vectors, err := space.embed(ctx, texts, options.Languages)
	if err != nil {
		return Result{}, err
	}
	chosen := newTable(len(sample), vectors.width)
	for to, from := range sample {
		copy(chosen.row(to), vectors.row(from))
	}
	centres, joined, err := fitCentres(ctx, chosen, min(options.Clusters, len(sample)), random)
	if err != nil {
		return Result{}, err
	}
	result := Result{Of: make([]int, len(texts)), Likeness: make([]float32, len(texts))}
	if err := assign(ctx, vectors, centres, result.Of, result.Likeness); err != nil {
		return Result{}, err
	}
	for i, c := range result.Of {
		result.Of[i] = joined[c]
	}
	result.Clusters = largestFirst(result.Of, centres.rows())
	return result, nil
}

// Plain is spherical k-means on the built-in embedding alone, to compare with.
func Plain(ctx context.Context, texts []string, options Options) (Result, error) {
	model, err := embedding.Default()
	if err != nil {
		return Result{}, err
	}
	random := rand.New(rand.NewPCG(options.Seed, 0x706c61696e)) //nolint:gosec // no secret
	vectors := newTable(len(texts), model.Dimension())
	err = parallel(ctx, len(texts), func(from, to int) {
		for i := from; i < to; i++ {
			model.EmbedInto(vectors.row(i), texts[i])
		}
	})
	if err != nil {
		return Result{}, err
	}
	clusters := min(options.Clusters, len(texts))
	of, _, err := kmeans(ctx, vectors, clusters, 2*restarts, random)
	return Result{Of: of, Clusters: largestFirst(of, clusters)}, err
}

// choose takes numbers below n, in ascending order.
func choose(n, most int, random *rand.Rand) []int {
	chosen := random.Perm(n)
	chosen = chosen[:min(n, most)]
	slices.Sort(chosen)
	return chosen
}

// fitCentres finds the middles of fine clusters, and the cluster that each belongs to: a
// wanted cluster need not be round.
func fitCentres(ctx context.Context, vectors table, clusters int, random *rand.Rand) (centres table, joined []int, err error) {
	drawn := vectors
	for range rounds {
		near, err := neighboursOf(ctx, drawn, min(neighbours, vectors.rows()-1))
		if err != nil {
			return table{}, nil, err
		}
		if drawn, err = draw(ctx, drawn, near, pull); err != nil {
			return table{}, nil, err
		}
	}
	fine := min(finer*clusters, vectors.rows())
	of, _, err := kmeans(ctx, drawn, fine, restarts, random)
	if err != nil {
		return table{}, nil, err
	}
	joined = ward(drawn, of, fine, clusters)
	centres = newTable(fine, vectors.width)
	move(vectors, centres, of, make([]float32, len(of)))
	return centres, joined, nil
}

// largestFirst numbers clusters by their size and returns how many there are.
func largestFirst(of []int, clusters int) int {
	counts := make([]int, clusters)
	for _, c := range of {
		counts[c]++
	}
	order := make([]int, clusters)
	for c := range order {
		order[c] = c
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(counts[b], counts[a]) })
	numbers, filled := make([]int, clusters), 0
	for number, c := range order {
		numbers[c] = number
		if counts[c] > 0 {
			filled++
		}
	}
	for i, c := range of {
		of[i] = numbers[c]
	}
	return filled
}
