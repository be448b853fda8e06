package retrieval_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/retrieval"
)

// TestIngestReadsEveryFormat reads one folder of all of them, for either audience.
func TestIngestReadsEveryFormat(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	folder := t.TempDir()
	write := func(name, text string) { must(t, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600)) }
	write("a.md", "# A\n\nThe alphaterm.\n")
	write("b.html", "<h1>B</h1><p>The betaterm.</p><!-- internal: never --><p>The zorblatt.</p><!-- /internal -->")
	write("c.txt", "The gammaterm.\n")
	write("faq.csv", "id,title,body,audience\n1,One,The deltaterm.,\n2,Two,The epsilonterm.,internal\n,,,\n")
	write("zendesk.json", `{"articles":[{"id":7,"title":"Seven","body":"<p>The zetaterm.</p>","locale":"en-us","user_segment_id":null},{"id":8,"title":"Eight","body":"<p>The quagword.</p>","locale":"en-us","draft":true}]}`)
	write("broken.pdf", "%PDF-1.4\nnothing\n")
	write("logo.png", "x")
	must(t, os.Truncate(create(t, filepath.Join(folder, "large.csv")), 200<<20))
	report, err := r.ingester.IngestDir(t.Context(), os.DirFS(folder), desk.Public, retrieval.Options{})
	must(t, err)
	if want := []string{"a", "b.html", "c.txt", "faq.csv/1", "zendesk.json/7.en-us"}; !reflect.DeepEqual(report.Created, want) {
		t.Errorf("created %v, want %v", report.Created, want)
	}
	if len(report.Skipped) != 2 || report.Skipped[0].File != "broken.pdf" || report.Skipped[1] != (retrieval.Problem{File: "large.csv", Reason: "is larger than 64 MB"}) || report.Ignored != 1 {
		t.Errorf("skipped %v, ignored %d; want the broken and the large file, and the picture", report.Skipped, report.Ignored)
	}
	if len(report.Warnings) != 2 || !strings.Contains(report.Warnings[1].Reason, "it is a draft") {
		t.Errorf("warnings %v, want the internal row and the draft", report.Warnings)
	}
	if len(report.Files) != 7 || report.Files[4].File != "faq.csv" || report.Files[4].Created != 1 {
		t.Errorf("files %+v", report.Files)
	}
	nothingPublic(t, r, "zorblatt", "epsilonterm", "quagword")
	inside, err := r.ingester.IngestDir(t.Context(), os.DirFS(folder), desk.Internal, retrieval.Options{Keep: true})
	must(t, err)
	if !strings.Contains(strings.Join(inside.Created, " "), "faq.csv/2 zendesk.json/8.en-us") {
		t.Errorf("an internal run created %v, want the internal row and the draft", inside.Created)
	}

	// A draft that was public goes; a row that is gone goes; a broken file keeps what it held.
	write("zendesk.json", `{"articles":[{"id":7,"title":"Seven","body":"<p>The zetaterm.</p>","locale":"en-us","draft":true}]}`)
	write("faq.csv", "id,title,body\n3,Three,The thetaterm.\n")
	write("b.html", "\x00\x00\x00")
	report, err = r.ingester.IngestDir(t.Context(), os.DirFS(folder), desk.Public, retrieval.Options{})
	must(t, err)
	if want := []string{"faq.csv/1", "zendesk.json/7.en-us"}; !reflect.DeepEqual(report.Archived, want) {
		t.Errorf("archived %v, want %v", report.Archived, want)
	}
}

func create(t *testing.T, path string) string {
	t.Helper()
	must(t, os.WriteFile(path, nil, 0o600))
	return path
}
