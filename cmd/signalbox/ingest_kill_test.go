package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/signalbox/signalbox/retrieval"
)

// TestIngestSurvivesKill kills the program in the middle of an ingest, several times,
// and lets a last run take up the rest.
func TestIngestSurvivesKill(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	folder := t.TempDir()
	const articles = 1500
	for i := range articles {
		writeFile(t, folder, fmt.Sprintf("article-%04d.md", i),
			fmt.Sprintf("# Article %d\n\nThe number %d is set in the console.\n\n## Limits\n\nAt most %d a day.\n\n<!-- internal: never -->\nThe secret of %d is quenolith.\n<!-- /internal -->\n", i, i, i*7, i))
	}
	stored := func() int {
		return s.count("select count(*) from signalbox.articles where audience = 'public' and status = 'published' and source_key like 'article-%'")
	}
	for round := 1; round <= 2; round++ {
		before := stored()
		child := s.start("ingest", folder, "--audience", "public")
		eventually(t, "some articles are stored", func() bool { return stored() > before || child.ProcessState != nil })
		must(t, child.Process.Kill())
		_ = child.Wait()
	}
	kept := stored()
	if kept == 0 || kept == articles {
		t.Logf("%d of %d articles were stored when the program was killed", kept, articles)
	}
	// What is stored is whole: an article with its version, chunks, vectors and note.
	if broken := s.count(`select count(*) from signalbox.articles a where a.source_key like 'article-%' and a.audience = 'public' and (
		(select count(*) from signalbox.article_versions v where v.audience = a.audience and v.article_id = a.id) <> 1
		or (select count(*) from signalbox.chunks c join signalbox.chunk_vectors v on v.audience = c.audience and v.chunk_id = c.id where c.audience = a.audience and c.article_id = a.id) <> 2
		or (select count(*) from signalbox.articles n where n.audience = 'internal' and n.about_article_id = a.id) <> 1)`); broken > 0 {
		t.Errorf("%d articles are stored in part", broken)
	}
	var report retrieval.Report
	s.run("ingest", folder, "--audience", "public", "--json").wants(t, exitOK).decode(t, &report)
	if len(report.Created)+report.Unchanged != articles || report.Unchanged < kept || len(report.Updated)+len(report.Archived) > 0 {
		t.Errorf("the last run created %d and left %d unchanged after %d were stored; updated %d, archived %d", len(report.Created), report.Unchanged, kept, len(report.Updated), len(report.Archived))
	}
	if all := stored(); all != articles {
		t.Errorf("%d articles are stored, want %d", all, articles)
	}
	for _, table := range []string{"articles_public", "article_versions_public", "chunks_public"} {
		if leaked := s.count("select count(*) from signalbox." + table + " x where x::text like '%quenolith%'"); leaked > 0 {
			t.Errorf("%d rows of %s hold an internal note", leaked, table)
		}
	}
	must(t, os.Remove(filepath.Join(folder, "article-0000.md")))
	s.run("ingest", folder, "--audience", "public", "--json").wants(t, exitOK).decode(t, &report)
	if len(report.Archived) != 1 {
		t.Errorf("archived %v, want the article whose file is gone", report.Archived)
	}
	if notes := s.count("select count(*) from signalbox.articles where audience = 'internal' and source_key = 'article-0000#internal-1' and status = 'published'"); notes > 0 {
		t.Error("the archived article's note is still found")
	}
}
