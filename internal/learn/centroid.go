package learn

import "math"

// centroids are the mean directions of the labels' examples in the space of the
// embedding, label-major and of length one; none without embeddings. A text far from
// all of them resembles no label (the nearest class mean, as in Lee et al. 2018, with
// the identity for the covariance).
type centroids struct {
	width   int
	weights []float32
}

// distance is the negative of the highest cosine, times the length of the embedding;
// 0 where nothing is known.
func (c *centroids) distance(embedding []float32) float64 {
	if c.width == 0 || len(embedding) != c.width {
		return 0
	}
	nearest := float32(math.Inf(-1))
	for from := 0; from < len(c.weights); from += c.width {
		var sum float32
		for i, w := range c.weights[from:][:c.width] {
			sum += w * embedding[i]
		}
		nearest = max(nearest, sum)
	}
	return -float64(nearest)
}

// newCentroids leaves out one fold; −1 leaves out none. Embeddings that are not known
// have no part in it.
func (t *training) newCentroids(embeddings [][]float32, fold int) centroids {
	c := centroids{width: t.corpus.extractor.space.Embedding}
	if c.width == 0 {
		return centroids{}
	}
	c.weights = make([]float32, len(t.labels)*c.width)
	for i, embedding := range embeddings {
		if class := t.classes[i]; class < len(t.labels) && len(embedding) == c.width && t.folds[i] != fold {
			row := c.weights[class*c.width:][:c.width]
			for k, x := range embedding {
				row[k] += x
			}
		}
	}
	for from := 0; from < len(c.weights); from += c.width {
		row := c.weights[from:][:c.width]
		var square float64
		for _, x := range row {
			square += float64(x) * float64(x)
		}
		for k := range row {
			row[k] /= float32(math.Sqrt(max(square, 1e-12)))
		}
	}
	return c
}

// heldOutDistances are those of the held-out members, to centroids without their fold.
func (t *training) heldOutDistances() []float64 {
	embeddings := t.corpus.pick(t.members)
	distances := make([]float64, len(t.members))
	scaled := make([]float32, t.corpus.extractor.space.Embedding)
	for fold := range t.evaluated {
		c := t.newCentroids(embeddings, fold)
		for i, f := range t.folds {
			if f == fold && len(embeddings[i]) > 0 {
				for k, x := range embeddings[i] {
					scaled[k] = linearScale * x
				}
				distances[i] = c.distance(scaled)
			}
		}
	}
	return distances
}
