package retrieval_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/retrieval"
)

func TestIngestNamesBrokenFiles(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	directory := fstest.MapFS{
		"good.md":                        {Data: []byte("# Good\n\nText.")},
		"deep/er/good.md":                {Data: []byte("Text.")},
		"latin.md":                       {Data: []byte("caf\xe9")},
		"empty.md":                       {Data: nil},
		"huge.md":                        {Data: make([]byte, retrieval.MaximumArticleBytes+1)},
		"front.md":                       {Data: []byte("---\nvotes: x\n---\nText.")},
		"odd.md":                         {Data: []byte("---\ncolour: red\n---\nText.")},
		"about.md":                       {Data: []byte("---\nabout: nowhere\n---\nText.")},
		"plan.png":                       {Data: []byte("no article")},
		".git/hidden.md":                 {Data: []byte("no article")},
		strings.Repeat("x", 600) + ".md": {Data: []byte("Text.")},
	}
	var steps []retrieval.Progress
	report, err := r.ingester.IngestDir(t.Context(), directory, desk.Internal, retrieval.Options{Progress: func(p retrieval.Progress) { steps = append(steps, p) }})
	must(t, err)
	if want := []string{"about", "deep/er/good", "good", "odd"}; !reflect.DeepEqual(report.Created, want) {
		t.Errorf("created %v, want %v", report.Created, want)
	}
	reasons := map[string]string{}
	for _, problem := range report.Skipped {
		reasons[problem.File[:min(8, len(problem.File))]] = problem.Reason
	}
	if want := map[string]string{"latin.md": "is not UTF-8 text", "empty.md": "is empty", "huge.md": "is larger than 5 MB",
		"front.md": "front matter: votes: use a whole number", "xxxxxxxx": "has a name that is too long or is not text"}; !reflect.DeepEqual(reasons, want) {
		t.Errorf("skipped %v, want %v", reasons, want)
	}
	if want := []retrieval.Problem{{File: "about.md", Reason: "about: no public article has this source key"},
		{File: "odd.md", Reason: `unknown key in front matter: "colour"`}}; !reflect.DeepEqual(report.Warnings, want) {
		t.Errorf("warnings %v, want %v", report.Warnings, want)
	}
	if last := steps[len(steps)-1]; len(steps) != 10 || last.Done != 10 || last.Total != 10 || last.Left != 0 || last.PerSecond <= 0 {
		t.Errorf("%d steps of progress, the last %+v, want 10 of 10", len(steps), last)
	}
	again, err := r.ingester.IngestDir(t.Context(), directory, desk.Internal, retrieval.Options{})
	must(t, err)
	if again.Unchanged != 4 || len(again.Created)+len(again.Updated)+len(again.Archived) > 0 {
		t.Errorf("the second run %+v, want it to change nothing", again)
	}
}

func TestIngestPublishesNothingThatMayNeverBeTold(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	directory := fstest.MapFS{
		"good.md":    {Data: []byte("# Good\n\nText.")},
		"all.md":     {Data: []byte("---\ndisclosure: never\n---\n# All\n\nText.")},
		"section.md": {Data: []byte("# Section\n\nText.\n\n## Cause\n<!-- disclosure: never -->\nText.")},
		"typing.md":  {Data: []byte("# Typing\n\n## Cause\n<!-- disclosure: nevr -->\nText.")},
	}
	report, err := r.ingester.IngestDir(t.Context(), directory, desk.Public, retrieval.Options{})
	must(t, err)
	if len(report.Skipped) != 3 || !reflect.DeepEqual(report.Created, []string{"good"}) {
		t.Errorf("public: %+v, want the three articles with such a part skipped", report)
	}
	report, err = r.ingester.IngestDir(t.Context(), fstest.MapFS{"all.md": directory["all.md"], "section.md": directory["section.md"]}, desk.Internal, retrieval.Options{})
	must(t, err)
	if len(report.Skipped) != 0 || len(report.Created) != 2 {
		t.Errorf("internal: %+v, want them taken in", report)
	}
}

func TestIngestLinksNotesToTheirPublicArticle(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	notes := fstest.MapFS{"note.md": {Data: []byte("---\nabout: topic.md\n---\nText.")}}
	first, err := r.ingester.IngestDir(t.Context(), notes, desk.Internal, retrieval.Options{})
	must(t, err)
	_, err = r.ingester.IngestDir(t.Context(), fstest.MapFS{"topic.md": {Data: []byte("Topic.")}}, desk.Public, retrieval.Options{})
	must(t, err)
	second, err := r.ingester.IngestDir(t.Context(), notes, desk.Internal, retrieval.Options{})
	must(t, err)
	if len(first.Warnings) != 1 || len(second.Warnings) != 0 || len(second.Updated) != 1 {
		t.Errorf("first %+v, second %+v, want the note linked once its article is there", first, second)
	}
	public, err := r.customer.Articles(t.Context(), "", 10)
	must(t, err)
	if about, err := r.store.About(t.Context(), public[0].ID); err != nil || len(about) != 1 || about[0].SourceKey != "note" {
		t.Errorf("about the topic: %+v (%v), want the note", about, err)
	}
}

func TestIngestKeepsAndStops(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	two := fstest.MapFS{"a.md": {Data: []byte("Text.")}, "b.md": {Data: []byte("Text.")}}
	_, err := r.ingester.IngestDir(t.Context(), two, desk.Public, retrieval.Options{})
	must(t, err)
	delete(two, "b.md")
	report, err := r.ingester.IngestDir(t.Context(), two, desk.Public, retrieval.Options{Keep: true})
	must(t, err)
	if len(report.Archived) != 0 {
		t.Errorf("archived %v although told to keep", report.Archived)
	}
	if _, err := r.ingester.IngestDir(t.Context(), os.DirFS(filepath.Join(t.TempDir(), "missing")), desk.Public, retrieval.Options{}); !fault.Is(err, fault.Invalid) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing directory: %v, want an invalid fault: it must not archive everything", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.ingester.IngestDir(ctx, two, desk.Public, retrieval.Options{}); err == nil {
		t.Error("a cancelled ingest reports success")
	}
	articles, err := r.customer.Articles(t.Context(), "", 10)
	must(t, err)
	if len(articles) != 2 {
		t.Errorf("%d articles are left, want both", len(articles))
	}
}

// shut refuses to list one directory.
type shut struct{ fstest.MapFS }

func (s shut) ReadDir(name string) ([]fs.DirEntry, error) {
	if name == "deep" {
		return nil, fs.ErrPermission
	}
	return s.MapFS.ReadDir(name)
}

func TestIngestArchivesNothingItCannotSee(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	files := fstest.MapFS{"a.md": {Data: []byte("Text.")}, "deep/b.md": {Data: []byte("Text.")}}
	_, err := r.ingester.IngestDir(t.Context(), files, desk.Public, retrieval.Options{})
	must(t, err)
	report, err := r.ingester.IngestDir(t.Context(), shut{files}, desk.Public, retrieval.Options{})
	must(t, err)
	if len(report.Archived) != 0 || !reflect.DeepEqual(report.Skipped, []retrieval.Problem{{File: "deep", Reason: "cannot be read"}}) {
		t.Errorf("%+v, want the directory named and nothing archived", report)
	}
}
