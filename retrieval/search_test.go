package retrieval_test

import (
	"math"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/retrieval"
)

func TestSearchLimits(t *testing.T) {
	t.Parallel()
	r := withArticles(t)
	for _, limit := range []int{0, -1, retrieval.MaximumResults + 1} {
		if _, err := r.searcher.Search(t.Context(), "link", limit, retrieval.Filter{}); !fault.Is(err, fault.Unprocessable) {
			t.Errorf("limit %d: %v, want unprocessable", limit, err)
		}
	}
	passages, err := r.searcher.Search(t.Context(), "link", 3, retrieval.Filter{})
	must(t, err)
	if len(passages) != 3 {
		t.Errorf("%d passages, want 3", len(passages))
	}
}

// TestBoostsAreBounded stores one text under articles that differ only in what boosts.
func TestBoostsAreBounded(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	save := func(key, title string, votes int, updated time.Time) {
		document, err := retrieval.ParseMarkdown(key, "The widget is blue.")
		must(t, err)
		document.Article.Audience, document.Article.Language, document.Article.Title = desk.Public, "en", title
		document.Article.Votes, document.Article.UpdatedAt = votes, updated
		chunk := &document.Chunks[0]
		chunk.Terms = r.ingester.Analyser.Document("en", "", nil, chunk.Body)
		chunk.Embedding = r.ingester.Embedder.Embed(chunk.Body)
		saved, err := r.store.Save(t.Context(), document.Article, document.Chunks)
		must(t, err)
		if saved.ID == uuid.Nil || saved.Version != 1 {
			t.Errorf("saved %+v, want an ID and version 1", saved)
		}
	}
	now := fixedNow()
	save("plain", "Thing", 0, now)
	save("loved", "Thing", 1000, now)
	save("hated", "Thing", -1000, now)
	save("old", "Thing", 0, now.AddDate(-20, 0, 0))
	save("titled", "Widget blue", 0, now)
	passages, err := r.searcher.Search(t.Context(), "blue widget", 10, retrieval.Filter{})
	must(t, err)
	var order []string
	for _, p := range passages {
		order = append(order, p.SourceKey)
		if base := p.Why.Lexical + p.Why.Dense; math.Abs(p.Why.Boost) > 0.1*base+1e-9 {
			t.Errorf("%s: a boost of %v on %v, want at most a tenth", p.SourceKey, p.Why.Boost, base)
		}
	}
	// Scores end at 1, so what is lifted past it ties in the order of keys.
	if len(order) != 5 || order[3] != "old" || order[4] != "hated" {
		t.Errorf("order %v, want the old one and the disliked one last", order)
	}
}
