package history

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/signalbox/signalbox/internal/embedding"
)

const (
	// common is how many of the directions that all texts share are taken out, and
	// wordShare how much of a vector's squared length the words have: what agrees best
	// with labels that clustering never sees (docs/evaluation.md).
	common    = 1
	wordShare = 0.35
	// wordDimensions is the length of the part that tells single words.
	wordDimensions = 512
)

// vectorsOf makes one unit vector a text, for clustering: the built-in embedding without
// the directions that all texts share (Mu and Viswanath 2018, "All-but-the-top"), beside
// rare words and pairs of words, weighed by their rarity and projected at random
// (Achlioptas 2003). Texts without a word have a zero vector.
func vectorsOf(texts []string) ([][]float32, error) {
	model, err := embedding.Default()
	if err != nil {
		return nil, err
	}
	meanings := make([][]float32, len(texts))
	for i, text := range texts {
		meanings[i] = slices.Clone(model.Embed(text))
	}
	withoutCommon(meanings, common)
	words := projected(texts)
	vectors := make([][]float32, len(texts))
	for i := range vectors {
		vector := make([]float32, 0, len(meanings[i])+wordDimensions)
		for _, x := range meanings[i] {
			vector = append(vector, x*float32(math.Sqrt(1-wordShare)))
		}
		for _, x := range words[i] {
			vector = append(vector, x*float32(math.Sqrt(wordShare)))
		}
		vectors[i] = unit(vector)
	}
	return vectors, nil
}

// withoutCommon takes the mean and the strongest directions out, in place.
func withoutCommon(vectors [][]float32, directions int) {
	if len(vectors) == 0 || len(vectors[0]) == 0 {
		return
	}
	mean := make([]float32, len(vectors[0]))
	for _, v := range vectors {
		addTo(mean, v, 1/float32(len(vectors)))
	}
	for _, v := range vectors {
		if dot(v, v) > 0 {
			addTo(v, mean, -1)
		}
	}
	sample := vectors[:min(len(vectors), 20_000)]
	random := rand.New(rand.NewPCG(7, 7))
	for range directions {
		direction := make([]float32, len(mean))
		for i := range direction {
			direction[i] = float32(random.NormFloat64())
		}
		for range 15 { // power iteration
			next := make([]float32, len(mean))
			for _, v := range sample {
				addTo(next, v, dot(v, direction))
			}
			direction = unit(next)
		}
		for _, v := range vectors {
			addTo(v, direction, -dot(v, direction))
		}
	}
	for i, v := range vectors {
		vectors[i] = unit(v)
	}
}

// projected are the texts' words and pairs of words as unit vectors.
func projected(texts []string) [][]float32 {
	terms := make([][]uint64, len(texts))
	documents := map[uint64]int{}
	for i, text := range texts {
		terms[i] = termsOf(text)
		for _, term := range terms[i] {
			documents[term]++
		}
	}
	vectors := make([][]float32, len(texts))
	for i := range vectors {
		vector := make([]float32, wordDimensions)
		for _, term := range terms[i] {
			count := documents[term]
			if count < 2 {
				continue // nothing to share
			}
			weight := float32(math.Log(float64(len(texts)) / float64(count)))
			bits := term
			for range 4 { // a sparse projection: four places, each with a sign
				bits = (bits ^ bits>>29) * 0xbf58476d1ce4e5b9
				sign := float32(1)
				if bits>>63 == 1 {
					sign = -1
				}
				vector[bits%wordDimensions] += sign * weight
			}
		}
		vectors[i] = unit(vector)
	}
	return vectors
}

// termsOf hashes the different words and pairs of words of a text, in order.
func termsOf(text string) []uint64 {
	words := plainWords(text)
	var terms []uint64
	for i := range words {
		terms = append(terms, hashOf(words[i]))
		if i > 0 {
			terms = append(terms, hashOf(words[i-1]+" "+words[i]))
		}
	}
	slices.Sort(terms)
	return slices.Compact(terms)
}

func hashOf(text string) uint64 {
	hash := uint64(14695981039346656037)
	for _, b := range []byte(text) {
		hash = (hash ^ uint64(b)) * 1099511628211
	}
	return hash
}

func dot(a, b []float32) float32 {
	var s0, s1, s2, s3 float32
	i := 0
	for ; i+4 <= len(a); i += 4 {
		s0 += a[i] * b[i]
		s1 += a[i+1] * b[i+1]
		s2 += a[i+2] * b[i+2]
		s3 += a[i+3] * b[i+3]
	}
	for ; i < len(a); i++ {
		s0 += a[i] * b[i]
	}
	return s0 + s1 + s2 + s3
}

func addTo(to, from []float32, factor float32) {
	for i, x := range from {
		to[i] += factor * x
	}
}

// unit scales to length one; a zero vector stays.
func unit(v []float32) []float32 {
	if norm := dot(v, v); norm > 0 {
		scale := 1 / float32(math.Sqrt(float64(norm)))
		for i := range v {
			v[i] *= scale
		}
	}
	return v
}
