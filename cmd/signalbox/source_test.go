package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/signalbox/signalbox/retrieval"
)

// TestSourceFollowsItsFolder adds, edits, removes, and takes the folder away.
func TestSourceFollowsItsFolder(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	folder := t.TempDir()
	writeFile(t, folder, "a.md", "# A\n\nFirst.\n")
	writeFile(t, folder, "b.html", "<h1>B</h1><p>Second.</p>")
	writeFile(t, folder, "logo.png", "x")
	other := t.TempDir()
	writeFile(t, other, "c.md", "# C\n\nThird.\n")
	s.run("ingest", other, "--audience", "public").wants(t, exitOK)
	s.run("source", "add", "help", "--folder", folder, "--audience", "public", "--every", "1h").wants(t, exitOK, "added help")
	s.run("source", "add", "help", "--folder", folder, "--audience", "public").wants(t, exitFailed)
	var report retrieval.Report
	sync := func(code int) {
		t.Helper()
		report = retrieval.Report{}
		s.run("source", "sync", "help", "--json").wants(t, code).decode(t, &report)
	}
	sync(exitOK)
	if len(report.Created) != 2 || report.Ignored != 1 || len(report.Files) != 2 {
		t.Errorf("first: %+v", report)
	}
	must(t, os.Remove(filepath.Join(folder, "b.html")))
	writeFile(t, folder, "a.md", "# A\n\nAnother first.\n")
	sync(exitOK)
	if fmt.Sprint(report.Updated, report.Archived) != "[a] [b.html]" {
		t.Errorf("after an edit and a removal: %+v", report)
	}
	// By hand, another folder neither archives nor overwrites what the source owns.
	writeFile(t, other, "a.md", "# A\n\nFrom elsewhere.\n")
	s.run("ingest", other, "--audience", "public").wants(t, exitPartial, "belongs to an article of another source")
	published := func() int {
		return s.count("select count(*) from signalbox.articles where audience = 'public' and status = 'published' and not is_canary and source_key in ('a', 'c')")
	}
	if published() != 2 {
		t.Errorf("%d articles are published, want both", published())
	}
	// Empty, then away: nothing is archived.
	must(t, os.Remove(filepath.Join(folder, "a.md")))
	s.run("source", "sync", "help").wants(t, exitUsage, "holds no article any more")
	must(t, os.RemoveAll(folder))
	s.run("source", "sync", "help").wants(t, exitUsage, "cannot be read")
	if published() != 2 {
		t.Errorf("%d articles are published after the folder went, want both", published())
	}
	var sources []retrieval.Origin
	s.run("source", "list", "--json").wants(t, exitOK).decode(t, &sources)
	if len(sources) != 3 || sources[0].Name != "help" || sources[0].LastState != retrieval.RunFailed || sources[0].Articles != 1 {
		t.Errorf("sources %+v", sources)
	}
	s.run("source", "list").wants(t, exitOK, "help", "1h0m0s", "failed")
	s.run("doctor").wants(t, exitFailed, "the last run of help failed")
	s.run("source", "remove", "help").wants(t, exitOK, "1 articles archived")
	if published() != 1 {
		t.Errorf("%d articles are published after the source was removed, want the other folder's", published())
	}
	s.run("source", "sync", "help").wants(t, exitNotFound)
	s.run("source", "remove", "uploads (public)").wants(t, exitFailed)
}

// site is a help centre on the web: pages that change and go.
type webSite struct {
	*httptest.Server
	refunds  atomic.Value // string; "" is gone
	whole    atomic.Int32 // answers with a body
	variable string
}

func newWebSite(t *testing.T) *webSite {
	t.Helper()
	site := &webSite{}
	site.refunds.Store("In 14 days.")
	site.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch text := site.refunds.Load().(string); {
		case r.URL.Path == "/robots.txt":
			_, _ = w.Write([]byte("User-agent: *\nDisallow: /private/\n"))
		case r.URL.Path == "/refunds" && text != "":
			tag := fmt.Sprintf("%q", text)
			if r.Header.Get("If-None-Match") == tag {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			site.whole.Add(1)
			w.Header().Set("ETag", tag)
			_, _ = w.Write([]byte("<html lang=en><body><nav>Menu</nav><main><h1>Refunds</h1><p>" + text + "</p><!-- internal --><p>Zorblatt.</p><!-- /internal --></main></body></html>"))
		case r.URL.Path == "/guide.md":
			_, _ = w.Write([]byte("# Guide\n\nText."))
		case r.URL.Path == "/inward":
			http.Redirect(w, r, "http://127.0.0.1:1/", http.StatusFound)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(site.Close)
	parsed, err := url.Parse(site.URL)
	must(t, err)
	site.variable = "SIGNALBOX_IMPORT_HOSTS=" + parsed.Host
	return site
}

func TestSourceFollowsItsPages(t *testing.T) {
	t.Parallel()
	s, site := newStage(t), newWebSite(t)
	s.variables = s.with(site.variable)
	list := s.file("pages.txt", "# pages\n"+site.URL+"/refunds\n"+site.URL+"/guide.md\n"+site.URL+"/private/x\n"+site.URL+"/inward\nftp://a.example\n")
	s.run("source", "add", "pages", "--url-list", list, "--audience", "public").wants(t, exitOK)
	var report retrieval.Report
	s.run("source", "sync", "pages", "--json").wants(t, exitPartial).decode(t, &report)
	if len(report.Created) != 2 || len(report.Skipped) != 3 {
		t.Fatalf("first: %+v", report)
	}
	reasons := fmt.Sprint(report.Skipped)
	for _, want := range []string{"closed to robots", "the address is private", "is no address"} {
		if !strings.Contains(reasons, want) {
			t.Errorf("%q is not named in %s", want, reasons)
		}
	}
	if leaked := s.count("select count(*) from signalbox.article_versions_public where body ilike '%zorblatt%' or body ilike '%menu%'"); leaked > 0 {
		t.Error("the page's note or menu is public")
	}
	s.run("source", "sync", "pages", "--json").wants(t, exitPartial).decode(t, &report)
	if whole := site.whole.Load(); whole != 1 || report.Unchanged != 2 {
		t.Errorf("the unchanged page was sent %d times; %+v", whole, report)
	}
	site.refunds.Store("In 30 days.")
	report = retrieval.Report{}
	s.run("source", "sync", "pages", "--json").wants(t, exitPartial).decode(t, &report)
	if len(report.Updated) != 1 {
		t.Errorf("after an edit: %+v", report)
	}
	site.refunds.Store("")
	report = retrieval.Report{}
	s.run("source", "sync", "pages", "--json").wants(t, exitPartial).decode(t, &report)
	if len(report.Archived) != 1 {
		t.Errorf("after the page went: %+v", report)
	}
	s.run("source", "remove", "pages", "--keep").wants(t, exitOK, "1 articles kept")
}

func TestIngestTakesFilesAndPages(t *testing.T) {
	t.Parallel()
	s, site := newStage(t), newWebSite(t)
	s.run("ingest", site.URL+"/refunds", "--audience", "public").wants(t, exitPartial, "the address is private")
	s.variables = s.with(site.variable)
	csv := s.file("faq.csv", "id,title,body\n1,How?,By mail.\n")
	var report retrieval.Report
	s.run("ingest", csv, site.URL+"/refunds", "--audience", "public", "--json").wants(t, exitOK).decode(t, &report)
	if len(report.Created) != 2 || len(report.Archived) != 0 {
		t.Errorf("%+v", report)
	}
	if pages := s.count("select count(*) from signalbox.article_versions_public where title = 'Refunds' and body like '%14 days%'"); pages != 1 {
		t.Errorf("%d pages are stored, want 1", pages)
	}
	s.run("ingest", s.file("big.png", "x"), "--audience", "public").wants(t, exitPartial, "format that is not read")
	s.run("ingest", filepath.Join(t.TempDir(), "gone.md"), "--audience", "public").wants(t, exitUsage, "no file, folder or address")
	s.run("ingest", "--audience", "public").wants(t, exitUsage, "is missing")
	// A folder's run leaves what was taken one by one.
	folder := t.TempDir()
	writeFile(t, folder, "x.md", "# X\n\nText.")
	s.run("ingest", folder, "--audience", "public", "--json").wants(t, exitOK).decode(t, &report)
	if len(report.Archived) != 0 {
		t.Errorf("a folder's run archived %v", report.Archived)
	}
}

// TestWorkerImportsAndSyncs sends an import, and has a due source read by the schedule.
func TestWorkerImportsAndSyncs(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	folder := t.TempDir()
	writeFile(t, folder, "a.md", "# A\n\nFrom the folder.\n")
	s.run("source", "add", "help", "--folder", folder, "--audience", "internal", "--every", "5m").wants(t, exitOK)
	var key struct{ Key string }
	s.run("key", "add", "--name", "Admin", "--scope", "admin", "--json").wants(t, exitOK).decode(t, &key)
	server := serve(t, s.variables, "--work")
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	must(t, form.WriteField("audience", "public"))
	for name, text := range map[string]string{"help.md": "# Help\n\nA text.\n\n::: internal\nZorblatt.\n:::\n", "broken.md": "# B\n\n<!-- internal -->\nZorblatt.\n"} {
		part, err := form.CreateFormFile("files", name)
		must(t, err)
		_, err = part.Write([]byte(text))
		must(t, err)
	}
	must(t, form.Close())
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.url+"/v1/agent/articles:import", &body)
	must(t, err)
	request.Header.Set("Authorization", "Bearer "+key.Key)
	request.Header.Set("Content-Type", form.FormDataContentType())
	response, err := http.DefaultClient.Do(request)
	must(t, err)
	defer response.Body.Close()
	location := response.Header.Get("Location")
	if response.StatusCode != http.StatusAccepted || location == "" {
		t.Fatalf("the import is answered %s, at %q", response.Status, location)
	}
	var found retrieval.Import
	eventually(t, "the import is done", func() bool {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.url+location, nil)
		must(t, err)
		request.Header.Set("Authorization", "Bearer "+key.Key)
		response, err := http.DefaultClient.Do(request)
		must(t, err)
		defer response.Body.Close()
		must(t, json.NewDecoder(response.Body).Decode(&found))
		return found.State != retrieval.RunOpen
	})
	var report retrieval.KeptReport
	must(t, json.Unmarshal(found.Report, &report))
	if found.State != retrieval.RunPartial || report.Created != 1 || len(report.Skipped) != 1 || !strings.Contains(report.Skipped[0].Reason, "not closed") {
		t.Errorf("the import ended %s with %+v", found.State, report)
	}
	if kept := s.count("select count(*) from signalbox.import_files where content is not null"); kept != 0 {
		t.Errorf("%d files are kept after they were read", kept)
	}
	eventually(t, "the due source is read", func() bool {
		return s.count("select count(*) from signalbox.articles where audience = 'internal' and source_key = 'a'") == 1
	})
	if public := s.count("select count(*) from signalbox.article_versions_public where body ilike '%zorblatt%'"); public != 0 {
		t.Error("a note is public")
	}
}

func TestBlastRadius(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	folder := t.TempDir()
	write := func(text string) {
		writeFile(t, folder, "refunds.md", "# Refunds\n\n"+text+"\n")
		s.run("ingest", folder, "--audience", "public").wants(t, exitOK)
	}
	write("A yearly plan is refunded within 14 days.")
	cite := func(version, answers int) {
		for range answers {
			s.sql(fmt.Sprintf(`insert into answers (id, question, outcome, confidence, citations, expires_at)
				select gen_random_uuid(), 'q', 'answered', 0.9, jsonb_build_array(
				  jsonb_build_object('article_id', a.id, 'version_id', v.id, 'version', v.version), jsonb_build_object('article_id', a.id, 'version_id', v.id, 'version', v.version)), now() + interval '1 day'
				from articles a join article_versions v on v.article_id = a.id and v.version = %d where a.source_key = 'refunds'`, version))
		}
	}
	cite(1, 3)
	write("A yearly plan is refunded within 30 days.")
	cite(2, 2)
	var radius retrieval.BlastRadius
	s.run("blast-radius", "refunds", "--json").wants(t, exitOK).decode(t, &radius)
	if radius.Answers != 5 || radius.CurrentVersion != 2 || len(radius.Versions) != 2 || radius.Versions[0].Answers != 3 || radius.Versions[1].Answers != 2 || radius.Uses[0].Sentences != 2 || radius.First == nil {
		t.Errorf("all versions: %+v", radius)
	}
	s.run("blast-radius", radius.ArticleID.String()+"@1", "--json", "--limit", "2").wants(t, exitOK).decode(t, &radius)
	if radius.Answers != 3 || len(radius.Uses) != 2 || radius.Next == "" || radius.Uses[0].Versions[0] != 1 {
		t.Errorf("version 1: %+v", radius)
	}
	next := radius.Next
	radius = retrieval.BlastRadius{}
	s.run("blast-radius", "refunds@1", "--json", "--limit", "2", "--before", next).wants(t, exitOK).decode(t, &radius)
	if len(radius.Uses) != 1 || radius.Next != "" {
		t.Errorf("the second page: %+v", radius)
	}
	s.run("blast-radius", "refunds@2").wants(t, exitOK, "2 answers, 0 drafts, 0 decisions", "VERSION")
	s.run("blast-radius", "nothing").wants(t, exitNotFound)
	s.run("blast-radius", "refunds", "--before", "x").wants(t, exitUsage)
}
