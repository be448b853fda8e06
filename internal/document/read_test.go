package document

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// read returns a file's articles, or what was said of it.
func read(t testing.TB, name, data string) ([]Item, error) {
	t.Helper()
	var items []Item
	err := Read(context.Background(), name, []byte(data), func(item Item) error { items = append(items, item); return nil })
	return items, err
}

// one expects a single article.
func one(t testing.TB, name, data string) Item {
	t.Helper()
	items, err := read(t, name, data)
	if err != nil || len(items) != 1 {
		t.Fatalf("%s: %d articles, %v; want one", name, len(items), err)
	}
	return items[0]
}

const helpPage = `<!doctype html><html lang="de-AT"><head><meta charset="utf-8"><title>Adresse ändern – Hilfe</title>
<link rel="canonical" href="https://help.example/adresse"><style>p{}</style></head><body>
<nav><a href="/">Start</a><a href="/preise">Preisliste</a></nav>
<main><h1>Adresse ändern</h1><p>Die Adresse ändern Sie in der <a href="/konsole">Konsole</a>.</p>
<table><tr><th>Tarif</th><th>Dauer</th></tr><tr><td>Frei</td><td>2 Tage</td></tr></table>
<ol><li>Konsole öffnen.</li><li>Sichern.</li></ol><pre><code>set address=1</code></pre>
<script>alert("no")</script><p style="display: none">versteckt</p></main><footer>Impressum</footer></body></html>`

func TestPageIsReadWithoutItsFrame(t *testing.T) {
	t.Parallel()
	item := one(t, "a/adresse.html", helpPage)
	if item.Title != "Adresse ändern" || item.Language != "de" {
		t.Errorf("title %q, language %q", item.Title, item.Language)
	}
	for _, want := range []string{"# Adresse ändern", "[Konsole](https://help.example/konsole)", "| Tarif | Dauer", "1. Konsole öffnen.", "set address=1"} {
		if !strings.Contains(item.Text, want) {
			t.Errorf("%q is missing in:\n%s", want, item.Text)
		}
	}
	for _, gone := range []string{"Preisliste", "Impressum", "alert", "versteckt"} {
		if strings.Contains(item.Text, gone) {
			t.Errorf("%q is in:\n%s", gone, item.Text)
		}
	}
}

func TestPageWithoutMainIsReadToo(t *testing.T) {
	t.Parallel()
	paragraph := "<p>" + strings.Repeat("The crew opens the outbox and sends everything again, then waits. ", 6) + "</p>"
	item := one(t, "page.html", "<html><body><nav><a href=/>Home</a></nav><div class=content><h1>Outbox</h1>"+strings.Repeat(paragraph, 3)+"</div><footer>Imprint</footer></body></html>")
	if !strings.Contains(item.Text, "opens the outbox") || strings.Contains(item.Text, "Imprint") || strings.Contains(item.Text, "Home") {
		t.Errorf("read as:\n%s", item.Text)
	}
	short := one(t, "page.html", "<html><body><nav><a href=/>Home</a></nav><div><h2>Hours</h2><p>Nine to five.</p></div></body></html>")
	if !strings.Contains(short.Text, "Nine to five") || strings.Contains(short.Text, "Home") {
		t.Errorf("a short page is read as:\n%s", short.Text)
	}
	if piece := one(t, "piece.html", "<p>Only <b>this</b>.</p>"); strings.TrimSpace(piece.Text) != "Only **this**." {
		t.Errorf("a piece is read as %q", piece.Text)
	}
}

func TestPageKeepsNotesApart(t *testing.T) {
	t.Parallel()
	for _, form := range []string{
		"<p>Open.</p><!-- internal: never --><p>Zorblatt.</p><!-- /internal --><p>More.</p>",
		"<div><p>Open.</p><!-- internal: never --><div><p>Zorblatt.</p><!-- /internal --></div><p>More.</p></div>",
		"<p>Open.</p><p>&lt;!-- internal: never --&gt;</p><p>Zorblatt.</p><p>&lt;!-- /internal --&gt;</p><p>More.</p>",
	} {
		item := one(t, "a.html", "<html><body>"+form+"</body></html>")
		if strings.Contains(item.Text, "Zorblatt") || !strings.Contains(item.Text, "More") || len(item.Notes) != 1 || item.Notes[0].Disclosure != "never" || !strings.Contains(item.Notes[0].Text, "Zorblatt") {
			t.Errorf("%s\nis read as %q with notes %+v", form, item.Text, item.Notes)
		}
	}
	container := one(t, "a.html", "<html><body><p>Open.</p><p>::: internal</p><p>Zorblatt.</p><p>:::</p></body></html>")
	if rest, notes, err := CutNotes(container.Text); err != nil || strings.Contains(rest, "Zorblatt") || len(notes) != 1 {
		t.Errorf("a container: %q, %+v, %v", rest, notes, err)
	}
	for _, slip := range []string{"<p>Open.<!-- internal --></p><p>Zorblatt.</p>", "<p>Open.</p><nav>::: internal</nav><p>Zorblatt.</p><nav>:::</nav>"} {
		items, err := read(t, "a.html", "<html><body>"+slip+"</body></html>")
		if err == nil {
			t.Errorf("%s is read as %+v", slip, items)
		}
	}
}

func TestCharsets(t *testing.T) {
	t.Parallel()
	latin := one(t, "a.html", "<html><head><meta charset=iso-8859-1></head><body><p>Gr\xfc\xdfe</p></body></html>")
	utf16 := one(t, "a.txt", "\xff\xfeG\x00r\x00\xfc\x00\xdf\x00e\x00")
	plain := one(t, "a.txt", "Gr\xfc\xdfe")
	bom := one(t, "a.csv", "\xef\xbb\xbftitle,body\nT,Grüße\n")
	for _, item := range []Item{latin, utf16, plain, bom} {
		if !strings.Contains(item.Text, "Grüße") {
			t.Errorf("read as %q", item.Text)
		}
	}
	if len(plain.Warnings) != 1 {
		t.Errorf("a guessed encoding is not named: %v", plain.Warnings)
	}
}

func TestTableGivesAnArticleARow(t *testing.T) {
	t.Parallel()
	items, err := read(t, "faq.csv", "Question;Answer;Language;Tags;Product area;Audience;ID\n"+
		"\"How; so?\";\"<p>By <b>mail</b>.</p>\";de-DE;a, b;Billing;;X 1\nEmpty;;;;;;\nInside;Only here.;;;;internal;\nInside;Again.;;;;;\n")
	if err != nil || len(items) != 4 {
		t.Fatalf("%d articles, %v", len(items), err)
	}
	want := Item{Key: "x-1", Title: "How; so?", Language: "de", Tags: []string{"a", "b"}, ProductArea: "Billing", Text: "By **mail**.\n"}
	if !reflect.DeepEqual(items[0], want) {
		t.Errorf("row 1 is %+v, want %+v", items[0], want)
	}
	if items[1].Problem == "" || items[2].Audience != "internal" || items[2].Key != "inside" || items[3].Key != "inside-2" {
		t.Errorf("the other rows are %+v", items[1:])
	}
	bare, err := read(t, "bare.csv", "How?,By mail.\nWhen?,Today.\n")
	if err != nil || len(bare) != 2 || bare[0].Title != "How?" || len(bare[0].Warnings) != 1 {
		t.Errorf("without a header: %+v, %v", bare, err)
	}
	if tabs, err := read(t, "a.tsv", "title\tbody\nT\tB\n"); err != nil || len(tabs) != 1 || tabs[0].Text != "B" {
		t.Errorf("tabs: %+v, %v", tabs, err)
	}
}

func TestZendeskExport(t *testing.T) {
	t.Parallel()
	items, err := read(t, "zendesk.json", `{"count":4,"next_page":null,"articles":[
	 {"id":360001,"title":"Refunds","body":"<h2>When</h2><p>In 14 days.</p>","locale":"en-us","section_id":7,"label_names":["refund"],"draft":false,"vote_sum":5,"updated_at":"2026-02-03T10:00:00Z","user_segment_id":null},
	 {"id":360002,"title":"Draft","body":"<p>Soon.</p>","locale":"en-us","section_id":7,"draft":true,"user_segment_id":null},
	 {"id":360003,"title":"Staff","body":"<p>Inside.</p>","locale":"en-us","section_id":8,"draft":false,"user_segment_id":99},
	 {"id":360004,"title":"Nothing","body":null,"locale":"en-us","draft":false},
	 "broken"],
	 "sections":[{"id":7,"name":"Invoices","category_id":1}],"categories":[{"id":1,"name":"Billing"}]}`)
	if err != nil || len(items) != 5 {
		t.Fatalf("%d articles, %v", len(items), err)
	}
	first := items[0]
	if first.Key != "360001.en-us" || first.Title != "Refunds" || first.Language != "en" || first.ProductArea != "Billing / Invoices" || first.Votes != 5 ||
		!first.Updated.Equal(time.Date(2026, 2, 3, 10, 0, 0, 0, time.UTC)) || first.Audience != "public" || !strings.Contains(first.Text, "## When") {
		t.Errorf("the first is %+v", first)
	}
	if items[1].Audience != "internal" || items[2].Audience != "internal" || items[3].Problem == "" || items[4].Problem == "" {
		t.Errorf("the others are %+v", items[1:])
	}
}

func TestIntercomExport(t *testing.T) {
	t.Parallel()
	items, err := read(t, "intercom.json", `{"type":"list","total_count":2,"pages":{"type":"pages","page":1,"total_pages":2},"data":[
	 {"id":"55","type":"article","title":"Seats","description":"Add seats.","body":"<p>Open <b>People</b>.</p>","state":"published","updated_at":1767225600,"default_locale":"en",
	  "statistics":{"type":"article_statistics","views":10,"reactions":20,"happy_reaction_percentage":75,"sad_reaction_percentage":25},
	  "translated_content":{"type":"article_translated_content","fr":{"type":"article_content","title":"Places","body":"<p>Ouvrez.</p>","state":"draft"},"en":{"title":"Seats","body":"<p>x</p>","state":"published"},"de":null}},
	 {"id":"56","title":"Later","body":"<p>x</p>","state":"draft"}]}`)
	if err != nil || len(items) != 3 {
		t.Fatalf("%+v, %v; want three articles", items, err)
	}
	if items[0].Key != "55.en" || items[0].Votes != 10 || items[0].Text != "Add seats.\n\nOpen **People**.\n" || items[0].Audience != "public" || len(items[0].Warnings) != 1 {
		t.Errorf("the first is %+v", items[0])
	}
	if items[1].Key != "55.fr" || items[1].Audience != "internal" || items[2].Key != "56" || items[2].Audience != "internal" {
		t.Errorf("the others are %+v", items[1:])
	}
}

// packed makes a ZIP of names and texts in order.
func packed(t testing.TB, files ...string) string {
	t.Helper()
	var buffer bytes.Buffer
	writer := zip.NewWriter(&buffer)
	for i := 0; i < len(files); i += 2 {
		header := &zip.FileHeader{Name: files[i], Method: zip.Deflate}
		if strings.HasPrefix(files[i], "link") {
			header.SetMode(os.ModeSymlink | 0o777)
		}
		entry, err := writer.CreateHeader(header)
		if err == nil {
			_, err = entry.Write([]byte(files[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	return buffer.String()
}

func TestBundle(t *testing.T) {
	t.Parallel()
	inner := packed(t, "deep.md", "# Deep\n\nText.")
	items, err := read(t, "kb.zip", packed(t,
		"a.md", "# A\n\nText.", "b/faq.csv", "id,title,body\n1,T,B\n", "image.png", "x", "__MACOSX/a.md", "x", ".hidden.md", "x",
		"../out.md", "x", "/etc/passwd.md", "x", "c\\d.md", "# D\n\nText.", "a.md", "again", "link.md", "a.md", "empty.md", "", "bin.md", "\x00\x01\x02",
		"inner.zip", inner, "three.zip", packed(t, "two.zip", packed(t, "one.md", "x")), "caf\xe9.md", "# C\n\nText."))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, item := range items {
		got[item.Key] += item.Problem
	}
	want := map[string]string{
		"a": "", "b/faq.csv/1": "", "../out.md": "has a path that leads out of the ZIP file", "/etc/passwd.md": "has an absolute path", "c/d": "",
		"a.md": "has the same name as another file of the ZIP file", "link.md": "is a link or a device, no file", "empty.md": "is empty", "bin.md": "is binary, not text",
		"inner.zip/deep": "", "three.zip/two.zip": errBundleDepth.Error(), "cafΘ": "",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("read as\n%v, want\n%v", got, want)
	}
}

func TestBombsAreRefused(t *testing.T) {
	t.Parallel()
	zeros := strings.Repeat("a", 4*megabyte)
	if items, err := read(t, "ratio.zip", packed(t, "a.txt", zeros)); err != nil || len(items) != 1 || !strings.Contains(items[0].Problem, "times its size") {
		t.Errorf("a high ratio: %v, %v", items, err)
	}
	small := reader{name: "a.zip", budget: &budget{entries: 2, bytes: 1000}}
	if err := small.any(t.Context(), []byte(packed(t, "a.md", "x", "b.md", "x", "c.md", "x")), func(Item) error { return nil }); err != errBundleEntries { //nolint:errorlint // as returned
		t.Errorf("too many entries: %v", err)
	}
	small = reader{name: "a.zip", budget: &budget{entries: 20, bytes: 1000}}
	if err := small.any(t.Context(), []byte(packed(t, "a.md", strings.Repeat("ab ", 300), "b.md", strings.Repeat("ab ", 300))), func(Item) error { return nil }); err == nil || !strings.Contains(err.Error(), "unpacks to more") {
		t.Errorf("too many bytes: %v", err)
	}
	for name, data := range map[string]string{
		"entities.html": "<!DOCTYPE html [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><html><body>&b;</body></html>",
		"deep.html":     "<html><body>" + strings.Repeat("<div>", 5000) + "x",
		"deep.json":     strings.Repeat("[", 100_000),
	} {
		if items, err := read(t, name, data); err == nil {
			t.Errorf("%s is read as %d articles", name, len(items))
		}
	}
}

func TestFilesThatAreNone(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][2]string{
		"empty.md":     {"", "is empty"},
		"binary.md":    {"\x00\x01\x02\x03", "is binary, not text"},
		"broken.zip":   {"PK\x03\x04broken", errBundleBroken.Error()},
		"broken.json":  {"{", "is no JSON export of Zendesk Guide or Intercom, or is broken"},
		"other.json":   {`{"a":1}`, "holds no articles: neither Zendesk Guide's \"articles\" nor Intercom's \"data\""},
		"one.csv":      {"alone\nb\n", "has one column only: name columns title and body"},
		"head.csv":     {"title,body\n", "has no row with text"},
		"broken.pdf":   {"%PDF-1.7\nnothing", ""},
		"no.pdf":       {"nothing", "is no PDF"},
		"picture.png":  {"x", ErrIgnored.Error()},
		"Makefile":     {"all:\n", ErrIgnored.Error()},
		"thing.bin":    {"\x00\x01\x02", errFormat.Error()},
		"script.html":  {"<script>x</script>", "is empty: the page has no text without its scripts"},
		"huge.md":      {strings.Repeat("x", MaximumArticleBytes+1), "is larger than 5 MB"},
		"encrypted.md": {"%PDF-1.4\n/Encrypt 1 0 R", errEncrypted.Error()},
	} {
		items, err := read(t, name, want[0])
		if err == nil || want[1] != "" && err.Error() != want[1] {
			t.Errorf("%s: %d articles, %v; want %q", name, len(items), err, want[1])
		}
	}
	if item := one(t, "download", helpPage); item.Title != "Adresse ändern" {
		t.Errorf("a page without an ending is read as %+v", item)
	}
}

// paperOf is a PDF of one page with these lines.
func paperOf(lines ...string) string {
	var content strings.Builder
	content.WriteString("BT /F1 12 Tf 72 720 Td 14 TL\n")
	for _, line := range lines {
		fmt.Fprintf(&content, "(%s) Tj T*\n", line)
	}
	content.WriteString("ET")
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", content.Len(), content.String()),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
	}
	var made strings.Builder
	made.WriteString("%PDF-1.4\n")
	var places []int
	for i, object := range objects {
		places = append(places, made.Len())
		fmt.Fprintf(&made, "%d 0 obj\n%s\nendobj\n", i+1, object)
	}
	start := made.Len()
	fmt.Fprintf(&made, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, place := range places {
		fmt.Fprintf(&made, "%010d 00000 n \n", place)
	}
	fmt.Fprintf(&made, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, start)
	return made.String()
}

func TestPaper(t *testing.T) {
	t.Parallel()
	item := one(t, "guides/Line-plan.pdf", paperOf("The crew opens the outbox.", "Then it sends everything again."))
	if !strings.Contains(item.Text, "The crew opens the outbox.\nThen it sends") || item.Title != "Line plan" {
		t.Errorf("read as %q, %q", item.Title, item.Text)
	}
	if _, err := read(t, "scan.pdf", paperOf("")); err == nil || err.Error() != errScanned.Error() {
		t.Errorf("a scan: %v", err)
	}
}

// FuzzRead gives every reader broken files: it must neither panic nor hang.
func FuzzRead(f *testing.F) {
	for name, data := range map[string]string{
		"a.html": helpPage, "a.csv": "title,body\nT,B\n", "a.pdf": paperOf("A line of text that is long enough."), "a.txt": "text", "a.md": "# T\n\n::: internal\nx\n:::\n",
		"z.json": `{"articles":[{"id":1,"title":"T","body":"<p>x</p>","locale":"en"}]}`, "i.json": `{"type":"list","data":[{"id":"1","title":"T","body":"x","state":"published"}]}`,
		"a.zip": packed(f, "a.md", "x", "b.html", "<p>x</p>"),
	} {
		f.Add(name, []byte(data))
	}
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		if len(name) > 100 || len(data) > 1<<20 {
			t.Skip()
		}
		started := time.Now()
		_ = Read(t.Context(), filepath.Base(name), data, func(item Item) error {
			if item.Problem == "" && !strings.Contains(item.Text, "internal") {
				return nil
			}
			_, _, _ = CutNotes(item.Text)
			return nil
		})
		if time.Since(started) > 20*time.Second {
			t.Errorf("took %s", time.Since(started))
		}
	})
}

// FuzzCutNotes: what is left holds no marker, and what was kept was in the text.
func FuzzCutNotes(f *testing.F) {
	for _, seed := range []string{"a\n<!-- internal -->\nb\n<!-- /internal -->\nc", "a\n::: internal never\nb\n:::\nc", "<!-- internal", "::: internal\n::: x\n:::\n:::", "&lt;!-- internal --&gt;x&lt;!-- /internal --&gt;"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		rest, notes, err := CutNotes(text)
		if err != nil {
			return
		}
		if HoldsMarker(rest) {
			t.Errorf("%q leaves a marker in %q", text, rest)
		}
		length := len(rest)
		for _, note := range notes {
			length += len(note.Text)
		}
		if length > len(text) {
			t.Errorf("%q became longer", text)
		}
	})
}
