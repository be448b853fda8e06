package retrieval_test

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/retrieval"
)

// noted is an article with three notes, whose words stand nowhere else.
const noted = `---
title: Refunds
product_area: Billing
---
A yearly plan is refunded within 14 days.

<!-- internal: never -->
## Quagmire limits

Zorblatt approves refunds over 900.
<!-- /internal -->

Ask us by mail.<!-- internal -->Fimbulate the ledger first.<!-- /internal --> We answer soon.

::: internal may_tell
The grommetry takes two days.
:::

## Credits

After an outage you get a credit.
`

func TestNotesAreCutOutOfPublicArticles(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	files := fstest.MapFS{"refunds.md": {Data: []byte(noted)}}
	report, err := r.ingester.IngestDir(t.Context(), files, desk.Public, retrieval.Options{})
	must(t, err)
	if len(report.Created) != 1 || len(report.Skipped)+len(report.Warnings) > 0 {
		t.Fatalf("%+v, want the article taken without complaint", report)
	}
	nothingPublic(t, r, "quagmire", "zorblatt", "fimbulate", "grommetry", "internal -->", ":::")
	public, err := r.customer.Articles(t.Context(), "", 10)
	must(t, err)
	notes, err := r.store.About(t.Context(), public[0].ID)
	must(t, err)
	want := []struct {
		key, title string
		disclosure retrieval.Disclosure
	}{{"refunds#internal-1", "Quagmire limits", retrieval.Never}, {"refunds#internal-2", "Refunds (internal note 2)", retrieval.Paraphrase},
		{"refunds#internal-3", "Refunds (internal note 3)", retrieval.MayTell}}
	if len(notes) != len(want) {
		t.Fatalf("notes %+v, want three", notes)
	}
	for i, note := range notes {
		if note.SourceKey != want[i].key || note.Disclosure != want[i].disclosure || note.ProductArea != "Billing" {
			t.Errorf("note %d is %+v, want %+v", i, note, want[i])
		}
	}

	// An edit and a removal follow; the second note becomes the first.
	files["refunds.md"].Data = []byte(strings.NewReplacer("Zorblatt approves refunds over 900.", "Zorblatt approves all refunds.", "::: internal may_tell\nThe grommetry takes two days.\n:::\n", "").Replace(noted))
	report, err = r.ingester.IngestDir(t.Context(), files, desk.Public, retrieval.Options{})
	must(t, err)
	if notes, err = r.store.About(t.Context(), public[0].ID); err != nil || len(notes) != 2 || notes[0].Version != 2 {
		t.Errorf("after an edit: %+v (%v), want two notes, the first in version 2", notes, err)
	}
	report, err = r.ingester.IngestDir(t.Context(), files, desk.Public, retrieval.Options{})
	must(t, err)
	if report.Unchanged != 1 {
		t.Errorf("again: %+v, want nothing to do", report)
	}
	// An internal folder's run does not archive notes of public articles.
	_, err = r.ingester.IngestDir(t.Context(), fstest.MapFS{"other.md": {Data: []byte("Other.")}}, desk.Internal, retrieval.Options{})
	must(t, err)
	if notes, err = r.store.About(t.Context(), public[0].ID); err != nil || len(notes) != 2 {
		t.Errorf("after an internal run: %+v (%v), want both notes kept", notes, err)
	}
	// Without markers they are gone.
	files["refunds.md"].Data = []byte("# Refunds\n\nA yearly plan is refunded within 14 days.\n")
	_, err = r.ingester.IngestDir(t.Context(), files, desk.Public, retrieval.Options{})
	must(t, err)
	if notes, err = r.store.About(t.Context(), public[0].ID); err != nil || len(notes) != 0 {
		t.Errorf("without markers: %+v (%v), want no notes", notes, err)
	}
}

func TestMarkingWhatWasPublicForgetsTheVersionsThatHoldIt(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	files := fstest.MapFS{"a.md": {Data: []byte("# Topic\n\nThe first text.\n")}}
	ingest := func(text string) {
		t.Helper()
		files["a.md"].Data = []byte(text)
		_, err := r.ingester.IngestDir(t.Context(), files, desk.Public, retrieval.Options{})
		must(t, err)
	}
	ingest("# Topic\n\nThe first text.\n")
	ingest("# Topic\n\nThe first text.\n\nThe zorblatt code is 4711.\n")
	ingest("# Topic\n\nThe first text.\n\n<!-- internal -->\nThe zorblatt code is 4711.\n<!-- /internal -->\n")
	nothingPublic(t, r, "zorblatt")
	public, err := r.customer.Articles(t.Context(), "", 10)
	must(t, err)
	if _, err := r.customer.Article(t.Context(), public[0].ID, 1); err == nil {
		t.Error("version 1 is kept: nobody can tell what of the note it holds in other words")
	}
	ingest("# Topic\n\nThe second text.\n\n<!-- internal -->\nThe zorblatt code is 4711.\n<!-- /internal -->\n")
	if old, err := r.customer.Article(t.Context(), public[0].ID, 3); err != nil || !strings.Contains(old.Body, "first text") {
		t.Errorf("version 3: %v, want it kept: the note was cut out of it", err)
	}
}

func TestSlipsInMarkersPublishNothing(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	files := fstest.MapFS{}
	for name, text := range map[string]string{
		"unclosed":     "# T\n\nOpen.\n\n<!-- internal -->\nZorblatt.\n",
		"unopened":     "# T\n\nZorblatt.\n<!-- /internal -->\nOpen.\n",
		"slip":         "# T\n\nOpen.\n\n<!-- internl -->\nZorblatt.\n<!-- /internal -->\n",
		"typing":       "# T\n\nOpen.\n\n<!-- internal: nevr -->\nZorblatt.\n<!-- /internal -->\n",
		"nested":       "# T\n\nOpen.\n\n<!-- internal -->\nA.\n<!-- internal -->\nZorblatt.\n<!-- /internal -->\n<!-- /internal -->\n",
		"dashes":       "# T\n\nOpen.\n\n<!--- internal --->\nZorblatt.\n<!--- /internal --->\n",
		"blank":        "# T\n\nOpen.\n\n<!--\u00a0internal -->\nZorblatt.\n<!--\u00a0/internal -->\n",
		"typographic":  "# T\n\nOpen.\n\n‹!— internal —›\nZorblatt.\n",
		"listed":       "# T\n\n- ::: internal\n- Zorblatt\n- :::\n",
		"bold":         "# T\n\n**::: internal**\nZorblatt.\n:::\n",
		"classes":      "# T\n\n:::{.note .internal}\nZorblatt.\n:::\n",
		"early":        "# T\n\n::: internal\nA\n```\n:::\n```\nZorblatt.\n:::\n",
		"half":         "# T\n\nOpen.\n\n<!-- internal\nZorblatt.\n",
		"container":    "# T\n\nOpen.\n\n::: internal\nZorblatt.\n",
		"inner":        "# T\n\nOpen.\n\n::: internal\n::: note\nZorblatt.\n:::\n",
		"crossed":      "# T\n\n::: internal\nA <!-- internal -->\n:::\nZorblatt <!-- /internal -->\n",
		"front":        "---\ntitle: T <!-- internal -->Zorblatt<!-- /internal -->\n---\nOpen.\n",
		"only":         "<!-- internal -->\nZorblatt.\n<!-- /internal -->\n",
		"joined":       "# T\n\n<!-- inter<!-- internal -->x<!-- /internal -->nal -->\nZorblatt.\n",
		"x#internal-1": "# T\n\nOpen.\n",
	} {
		files[name+".md"] = &fstest.MapFile{Data: []byte(text)}
	}
	report, err := r.ingester.IngestDir(t.Context(), files, desk.Public, retrieval.Options{})
	must(t, err)
	if len(report.Skipped) != len(files) {
		t.Errorf("skipped %+v of %d, created %v; want all skipped", report.Skipped, len(files), report.Created)
	}
	nothingPublic(t, r, "zorblatt")
}

// nothingPublic looks for words in every public row as the database's superuser would
// see it, and in every lexeme.
func nothingPublic(t *testing.T, r rig, words ...string) {
	t.Helper()
	for _, table := range []string{"articles_public", "article_versions_public", "chunks_public", "vocabulary_public", "suggestions_public"} {
		var text string
		must(t, r.admin.QueryRow(context.Background(), "select coalesce(string_agg(lower(x::text), ' '), '') from signalbox."+table+" x").Scan(&text))
		for _, word := range words {
			if strings.Contains(text, word) {
				t.Errorf("%s holds %q", table, word)
			}
		}
	}
	for _, word := range words {
		var found int
		must(t, r.admin.QueryRow(context.Background(), "select count(*) from signalbox.lexeme_frequencies_public where lexeme = $1 and documents > 0", retrieval.Lexeme(word)).Scan(&found))
		if found > 0 {
			t.Errorf("the public frequencies count %q", word)
		}
		passages, err := r.searcher.Search(t.Context(), word, 10, retrieval.Filter{})
		must(t, err)
		for _, passage := range passages {
			if strings.Contains(strings.ToLower(passage.Body), word) {
				t.Errorf("a customer's search for %q finds it", word)
			}
		}
	}
}
