package retrieval

import (
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode"
)

const article = `---
title: When a payment fails
language: en
product_area: Billing
tags: [card, retry]
votes: 7
updated: 2026-05-04
colour: blue
---
# When a payment fails

We try again. You need to do nothing.

## Timetable

| Day | What |
|---|---|
| 1 | first retry |

## What we do inside
<!-- disclosure: never -->
Ask the team.

### Tools

1. Open it.
2. Close it.

## Timetable

` + "```sh\n# not a heading\necho hi\n```" + `

Setext heading
==============

End.
`

func TestParseMarkdown(t *testing.T) {
	t.Parallel()
	document, err := ParseMarkdown("billing/failed-payment", article)
	if err != nil {
		t.Fatal(err)
	}
	got := document.Article
	got.Body = ""
	want := Article{SourceKey: "billing/failed-payment", Title: "When a payment fails", Language: "en", ProductArea: "Billing",
		Tags: []string{"card", "retry"}, Votes: 7, Disclosure: Paraphrase, UpdatedAt: time.Date(2026, 5, 4, 0, 0, 0, 0, time.UTC)}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("article %+v, want %+v", got, want)
	}
	if want := []string{`unknown key in front matter: "colour"`}; !reflect.DeepEqual(document.Warnings, want) {
		t.Errorf("warnings %q, want %q", document.Warnings, want)
	}
	wantChunks := []struct {
		path, anchor, body string
		disclosure         Disclosure
	}{
		{"", "when-a-payment-fails", "We try again. You need to do nothing.", Paraphrase},
		{"Timetable", "timetable", "| Day | What |\n|---|---|\n| 1 | first retry |", Paraphrase},
		{"What we do inside", "what-we-do-inside", "Ask the team.", Never},
		{"What we do inside > Tools", "tools", "1. Open it.\n2. Close it.", Never},
		{"Timetable", "timetable-1", "```sh\n# not a heading\necho hi\n```", Paraphrase},
		{"Setext heading", "setext-heading", "End.", Paraphrase},
	}
	if len(document.Chunks) != len(wantChunks) {
		t.Fatalf("%d chunks, want %d: %+v", len(document.Chunks), len(wantChunks), document.Chunks)
	}
	for i, want := range wantChunks {
		chunk := document.Chunks[i]
		if got := strings.Join(chunk.HeadingPath, " > "); got != want.path || chunk.Anchor != want.anchor ||
			chunk.Body != want.body || chunk.Disclosure != want.disclosure || chunk.Ordinal != i {
			t.Errorf("chunk %d: %q %+v, want %+v", i, got, chunk, want)
		}
		if document.Article.Body[chunk.StartOffset:chunk.EndOffset] != chunk.Body {
			t.Errorf("chunk %d: its span is not its body", i)
		}
	}
}

func TestParseMarkdownTitles(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Just text.":                              "reset it",
		"# From *the* `heading`\n\nText.":         "From the heading",
		"---\ntitle: Front\n---\n# Other\n\nText": "Front",
		"## Level two\n\nText.":                   "reset it",
	} {
		document, err := ParseMarkdown("how/reset-it.md", text)
		if err != nil || document.Article.Title != want {
			t.Errorf("%q: title %q (%v), want %q", text, document.Article.Title, err, want)
		}
	}
}

func TestParseMarkdownRefuses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ text, want string }{
		"empty":           {"", "is empty"},
		"headings only":   {"# A\n\n## B\n", "is empty"},
		"not UTF-8":       {"a\xff", "is not UTF-8 text"},
		"zero byte":       {"a\x00", "holds a zero byte"},
		"too large":       {strings.Repeat("a", MaximumArticleBytes+1), "is larger than 5 MB"},
		"unclosed":        {"---\ntitle: A\n", "front matter is not closed: end it with a line of three hyphens"},
		"not YAML":        {"---\n: [\n---\ntext", "front matter is not YAML"},
		"a list":          {"---\n- a\n---\ntext", "front matter is not a list of `key: value` lines"},
		"wrong votes":     {"---\nvotes: many\n---\ntext", "front matter: votes: use a whole number"},
		"wrong day":       {"---\nupdated: soon\n---\ntext", "front matter: updated: use a day such as 2026-03-31"},
		"wrong disclosed": {"---\ndisclosure: secret\n---\ntext", "front matter: disclosure: use never, paraphrase or may_tell"},
		"title is a list": {"---\ntitle: [a]\n---\ntext", "front matter: title: use one line of text"},
	} {
		if _, err := ParseMarkdown("a", test.text); err == nil || err.Error() != test.want {
			t.Errorf("%s: error %v, want %q", name, err, test.want)
		}
	}
}

func TestSectionDisclosure(t *testing.T) {
	t.Parallel()
	document, err := ParseMarkdown("a", "---\ndisclosure: may_tell\n---\nIntro.\n\n## A\n\n<!-- disclosure: paraphrase -->\nText.\n"+
		"## B\nText.\n## C\n<!-- disclosure: sekret -->\nText.\n\nMore.\n\n<!-- disclosure: never -->\n")
	if err != nil {
		t.Fatal(err)
	}
	var got []Disclosure
	for _, chunk := range document.Chunks {
		got = append(got, chunk.Disclosure)
	}
	if want := []Disclosure{MayTell, Paraphrase, MayTell, Never}; !reflect.DeepEqual(got, want) {
		t.Errorf("disclosures %v, want %v: an unreadable one is never", got, want)
	}
	if len(document.Warnings) != 2 {
		t.Errorf("warnings %q, want one for the unknown value and one for the stray comment", document.Warnings)
	}
}

func TestLongSections(t *testing.T) {
	t.Parallel()
	row := "| " + strings.Repeat("cell ", 10) + "| x |\n"
	item := "1. " + strings.Repeat("do this ", 12) + "\n   - and a detail\n"
	code := "```\n" + strings.Repeat("line of code that goes on\n", 80) + "```\n"
	for name, test := range map[string]struct{ text, start string }{
		"table": {"| a | b |\n|---|---|\n" + strings.Repeat(row, 60), "|"},
		"list":  {strings.Repeat(item, 40), "1. "},
		"code":  {code, ""},
		"prose": {strings.Repeat("This is a sentence of some length. ", 200), "This"},
		"wall":  {strings.Repeat("字", 5000), "字"},
	} {
		document, err := ParseMarkdown(name, test.text)
		if err != nil {
			t.Fatal(err)
		}
		if len(document.Chunks) < 2 {
			t.Errorf("%s: %d chunks, want several", name, len(document.Chunks))
		}
		for _, chunk := range document.Chunks {
			if !strings.HasPrefix(chunk.Body, test.start) {
				t.Errorf("%s: a chunk starts with %.20q, want %q", name, chunk.Body, test.start)
			}
			if length := len([]rune(chunk.Body)); length > TargetCharacters {
				t.Errorf("%s: a chunk has %d characters, want at most %d", name, length, TargetCharacters)
			}
		}
		checkSpans(t, document)
	}
}

// TestLargeFiles would take minutes if any step were quadratic.
func TestLargeFiles(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"x", "字", "# a\nx\n", "a. ", "- a\n", "| a |\n", "a.", "x\n\n", "# a\n<!-- disclosure: never -->\n"} {
		document, err := ParseMarkdown("a", strings.Repeat(text, (256<<10)/len(text)))
		if err == nil {
			checkSpans(t, document)
		}
	}
}

func TestAnchorsAreUnique(t *testing.T) {
	t.Parallel()
	names := anchorNames{}
	var got []string
	for _, heading := range []string{"A b", "a-b", "A-b 1", "a b", "?", "!", "Ünï cödé"} {
		got = append(got, names.take(heading))
	}
	if want := []string{"a-b", "a-b-1", "a-b-1-1", "a-b-2", "section", "section-1", "ünï-cödé"}; !reflect.DeepEqual(got, want) {
		t.Errorf("anchors %q, want %q", got, want)
	}
}

func TestShortTableStaysWhole(t *testing.T) {
	t.Parallel()
	table := "| a | b |\n|---|---|\n" + strings.Repeat("| cell | x |\n", 50)
	document, err := ParseMarkdown("a", strings.Repeat("A sentence here. ", 50)+"\n\n"+table+"\n"+strings.Repeat("More of it. ", 40))
	if err != nil {
		t.Fatal(err)
	}
	for _, chunk := range document.Chunks {
		if strings.Contains(chunk.Body, strings.TrimSpace(table)) {
			return
		}
	}
	t.Errorf("no chunk holds the whole table: %d chunks", len(document.Chunks))
}

// checkSpans checks that chunks are spans in order that leave out only headings,
// comments and white space.
func checkSpans(t *testing.T, document Document) {
	t.Helper()
	body := document.Article.Body
	covered := make([]bool, len(body))
	start := 0
	for i, chunk := range document.Chunks {
		if chunk.StartOffset < start || chunk.EndOffset > len(body) || chunk.EndOffset <= chunk.StartOffset {
			t.Fatalf("chunk %d spans [%d,%d) after %d of %d bytes", i, chunk.StartOffset, chunk.EndOffset, start, len(body))
		}
		if body[chunk.StartOffset:chunk.EndOffset] != chunk.Body {
			t.Fatalf("chunk %d: its span is not its body", i)
		}
		start = chunk.StartOffset
		for at := chunk.StartOffset; at < chunk.EndOffset; at++ {
			covered[at] = true
		}
	}
	for _, s := range (&Document{Article: Article{Body: body}}).outline(body) {
		for i, r := range body[s.start:s.end] {
			if !covered[s.start+i] && !unicode.IsSpace(r) {
				t.Fatalf("byte %d (%q) of a section is in no chunk", s.start+i, r)
			}
		}
	}
}

func FuzzParseMarkdown(f *testing.F) {
	for _, seed := range []string{article, "a\n=\nb\n-\nc", "- a\n\n      code\n- b\n", "[x]: /u\n\n| a |\n|-|\n| b |", "> # q\n\n<!-- disclosure: never -->",
		"## \n<!--disclosure:never-->\nx", "---\n&a [*a]: b\n---\nx", "\r\n# a\r\n\r\nb\r\n", "```\n```\n# a\n    x\n<div>\n# b\n</div>", "a\n===\n\n\n\u2003b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if document, err := ParseMarkdown("fuzz", text); err == nil {
			checkSpans(t, document)
		}
	})
}
