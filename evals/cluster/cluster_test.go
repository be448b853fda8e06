package cluster_test

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/signalbox/signalbox/evals/cluster"
)

// topics are sentences of one matter each, in two languages.
var topics = [][]string{
	{"The invoice for %d shows the wrong amount", "Please send the invoice again, number %d", "Die Rechnung %d ist falsch", "Bitte die Rechnung %d noch einmal schicken", "Our invoice %d lists the old address"},
	{"I forgot my password and cannot log in", "The login page rejects my password %d times", "Ich habe mein Passwort vergessen", "Das Passwort wird beim Anmelden abgelehnt", "Reset my password, the login is locked"},
	{"The parcel %d has not arrived yet", "Where is my parcel? Tracking says nothing", "Das Paket %d ist noch nicht angekommen", "Wo bleibt mein Paket?", "The courier lost the parcel %d"},
}

func sample() (texts, labels []string) {
	for i := range 120 {
		for label, sentences := range topics {
			sentence := sentences[i%len(sentences)]
			texts = append(texts, fmt.Sprintf(sentence+" (%[1]d).", i))
			labels = append(labels, fmt.Sprint(label))
		}
	}
	return texts, labels
}

func TestTextsOfOneMatterLieTogether(t *testing.T) {
	t.Parallel()
	texts, labels := sample()
	found, err := cluster.Texts(t.Context(), texts, cluster.Options{Clusters: 3, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if got := cluster.Agree(found.Of, labels); got.V < 0.5 {
		t.Errorf("V-measure %.3f, want at least 0.5", got.V)
	}
	again, err := cluster.Texts(t.Context(), texts, cluster.Options{Clusters: 3, Seed: 1})
	if err != nil || !slices.Equal(found.Of, again.Of) {
		t.Errorf("the same seed gives other clusters: %v", err)
	}
	for c, names := range cluster.Names(texts, found) {
		if len(names) == 0 {
			t.Errorf("cluster %d has no name", c)
		}
	}
}

func TestFewAndStrangeTexts(t *testing.T) {
	t.Parallel()
	for name, texts := range map[string][]string{
		"equal":   slices.Repeat([]string{"hello"}, 10),
		"empty":   slices.Repeat([]string{""}, 10),
		"few":     {"a", "b"},
		"scripts": {"你好世界 退款", "注文が届きません", "Привет мир", "مرحبا", "สวัสดี", "hello", "🙂", "1 2 3"},
	} {
		found, err := cluster.Texts(t.Context(), texts, cluster.Options{Clusters: 4, Seed: 1})
		if err != nil || len(found.Of) != len(texts) || found.Clusters < 1 {
			t.Errorf("%s: %+v, %v", name, found, err)
		}
		cluster.Names(texts, found)
	}
}

func TestAgree(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		of     []int
		labels []string
		want   float64
	}{
		"the same under other names": {[]int{1, 1, 0, 0}, []string{"a", "a", "b", "b"}, 1},
		"all in one":                 {[]int{0, 0, 0, 0}, []string{"a", "a", "b", "b"}, 0},
		"halves of each":             {[]int{0, 1, 0, 1}, []string{"a", "a", "b", "b"}, 0},
	} {
		if got := cluster.Agree(c.of, c.labels).V; got < c.want-1e-9 || got > c.want+1e-9 {
			t.Errorf("%s: V-measure %f, want %f", name, got, c.want)
		}
	}
}

// TestBanking77 prints the figures of docs/evaluation.md: training texts only.
func TestBanking77(t *testing.T) {
	folder := os.Getenv("SIGNALBOX_BANKING77_DIR")
	if folder == "" {
		t.Skip("SIGNALBOX_BANKING77_DIR names no folder with train.csv")
	}
	file, err := os.Open(filepath.Clean(filepath.Join(folder, "train.csv")))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var texts, labels []string
	for _, row := range rows[1:] {
		texts, labels = append(texts, row[0]), append(labels, row[1])
	}
	options := cluster.Options{Clusters: 77, Seed: 1}
	found, err := cluster.Texts(t.Context(), texts, options)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := cluster.Plain(t.Context(), texts, options)
	if err != nil {
		t.Fatal(err)
	}
	ours, theirs := cluster.Agree(found.Of, labels), cluster.Agree(plain.Of, labels)
	t.Logf("proposed %+v, plain k-means %+v", ours, theirs)
	if ours.V < theirs.V+0.03 {
		t.Errorf("V-measure %.3f is not clearly above plain k-means, %.3f", ours.V, theirs.V)
	}
}
