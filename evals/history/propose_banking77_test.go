package history

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/signalbox/signalbox/evals/dataset"
	"github.com/signalbox/signalbox/internal/embedding"
)

// TestClustersOfBanking77 prints how far clusters of the unlabelled training texts agree
// with the labels, beside plain k-means on the same embeddings.
func TestClustersOfBanking77(t *testing.T) {
	folder := os.Getenv("SIGNALBOX_BANKING77_DIR")
	if folder == "" {
		t.Skip("SIGNALBOX_BANKING77_DIR names no folder with train.csv")
	}
	table, err := dataset.Read(t.Context(), dataset.Source{Flag: "train", Path: filepath.Join(folder, "train.csv"), Columns: dataset.Columns{Text: []string{"text"}, Labels: []string{"category"}}})
	if err != nil {
		t.Fatal(err)
	}
	var texts, labels []string
	for _, row := range table.Rows {
		texts, labels = append(texts, row.Body), append(labels, row.Labels[0])
	}
	model, err := embedding.Default()
	if err != nil {
		t.Fatal(err)
	}
	plain := make([][]float32, len(texts))
	for i, text := range texts {
		plain[i] = unit(append([]float32{}, model.Embed(text)...))
	}
	ours, err := vectorsOf(texts)
	if err != nil {
		t.Fatal(err)
	}
	var scores [2]float64
	for seed := range uint64(3) {
		for i, vectors := range [][][]float32{plain, ours} {
			started := time.Now()
			assigned, _, err := cluster(t.Context(), vectors, 77, seed, nil)
			if err != nil {
				t.Fatal(err)
			}
			homogeneity, completeness, v := VMeasure(assigned, labels)
			scores[i] += v / 3
			t.Logf("seed %d, %s: homogeneity %.3f, completeness %.3f, V %.3f (%.1f s)", seed, []string{"plain", "ours"}[i], homogeneity, completeness, v, time.Since(started).Seconds())
		}
	}
	t.Logf("V-measure: plain k-means %.3f, ours %.3f", scores[0], scores[1])
	if scores[1] <= scores[0] {
		t.Errorf("the clusters are no better than plain ones: %.3f, %.3f", scores[1], scores[0])
	}
}
