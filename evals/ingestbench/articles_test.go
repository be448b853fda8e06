package ingestbench

import (
	"io/fs"
	"testing"

	"github.com/signalbox/signalbox/retrieval"
)

func TestArticlesRepeatAndAreInTheirLanguage(t *testing.T) {
	t.Parallel()
	first, again := article(7, 1), article(7, 1)
	if first != again || article(7, 1) == article(7, 2) || article(7, 1) == article(11, 1) {
		t.Error("an article must be made of its number and the seed alone")
	}
	folder := Articles(40, 1)
	files, err := fs.Glob(folder, "*/*.md")
	if err != nil || len(files) != 40 {
		t.Fatalf("%d files, %v; want 40", len(files), err)
	}
	for i := range 40 {
		text := article(i, 1)
		if words := countWords(text); words < 250 || words > 450 {
			t.Errorf("article %d has %d words, want about 300", i, words)
		}
		if got := retrieval.DetectLanguage(text); got != tongues[i%len(tongues)].code {
			t.Errorf("article %d is taken for %q, want %q", i, got, tongues[i%len(tongues)].code)
		}
		if _, err := retrieval.ParseMarkdown("key", text); err != nil {
			t.Errorf("article %d: %v", i, err)
		}
	}
}
