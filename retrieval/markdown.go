package retrieval

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/signalbox/signalbox/internal/document"
)

// MaximumArticleBytes bounds one file.
const MaximumArticleBytes = 5 << 20

// Document is a parsed Markdown file.
type Document struct {
	Article  Article  // without IDs, audience and version; Language is "" if the file does not say
	About    string   // the public article it is about, by source key
	Chunks   []Chunk  // in reading order, without IDs, terms and embeddings
	Warnings []string // what was ignored
}

func (d *Document) warn(format string, args ...any) {
	d.Warnings = append(d.Warnings, fmt.Sprintf(format, args...))
}

// ParseMarkdown reads an article: optional YAML front matter (title, language,
// product_area, tier, error_type, tags, about, disclosure, votes, updated), then
// Markdown. The title is the front matter's, else the first heading of level one,
// else the source key's last part.
//
// A section takes its own disclosure from a comment on the line after its heading,
// which holds for its subsections too:
//
//	## Root cause
//	<!-- disclosure: never -->
//
// Every chunk's Body is Article.Body[StartOffset:EndOffset], byte for byte.
// Headings are in no chunk's body but in its HeadingPath.
// The error says what to mend and quotes nothing of the text.
func ParseMarkdown(sourceKey, text string) (Document, error) {
	if err := readable(text); err != nil {
		return Document{}, err
	}
	document := Document{Article: Article{SourceKey: sourceKey, Disclosure: Paraphrase}}
	body, err := document.takeFrontMatter(text)
	if err != nil {
		return Document{}, err
	}
	if err := document.read(body); err != nil {
		return Document{}, err
	}
	return document, nil
}

// readable refuses what is too large or no text.
func readable(text string) error {
	switch {
	case len(text) > MaximumArticleBytes:
		return errors.New("is larger than 5 MB")
	case !utf8.ValidString(text):
		return errors.New("is not UTF-8 text")
	case strings.ContainsRune(text, 0):
		return errors.New("holds a zero byte")
	}
	return nil
}

// takeFrontMatter fills the document from front matter and returns what follows it.
func (d *Document) takeFrontMatter(text string) (body string, err error) {
	header, body, err := cutFrontMatter(strings.TrimPrefix(text, "\uFEFF"))
	if err != nil {
		return "", err
	}
	if document.HoldsMarker(header) {
		return "", errors.New("front matter holds an internal marker")
	}
	return body, d.applyFrontMatter(header)
}

// read splits a body without front matter into chunks.
func (d *Document) read(body string) error {
	if err := tangled(body); err != nil {
		return err
	}
	d.Article.Body = body
	outline := d.outline(body)
	d.nameTitle(outline)
	for _, section := range outline {
		d.appendChunks(section)
	}
	if len(d.Chunks) == 0 {
		return errors.New("is empty")
	}
	return nil
}

// oneLine joins the lines of a title.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// holdsBack reports a part that may never be told.
func (d *Document) holdsBack() bool {
	return d.Article.Disclosure == Never ||
		slices.ContainsFunc(d.Chunks, func(chunk Chunk) bool { return chunk.Disclosure == Never })
}

// nameTitle finds the title and drops a first heading that only repeats it from
// the heading paths.
func (d *Document) nameTitle(outline []section) {
	var first string
	for _, s := range outline {
		if len(s.path) > 0 && s.top == 1 {
			first = s.path[0]
			break
		}
	}
	if d.Article.Title == "" {
		d.Article.Title = strings.TrimSpace(first)
	}
	if d.Article.Title == "" {
		d.Article.Title = strings.ReplaceAll(strings.TrimSuffix(path.Base(d.Article.SourceKey), ".md"), "-", " ")
	}
	d.Article.Title = firstBytes(d.Article.Title, maximumFieldBytes)
	for i, s := range outline {
		if len(s.path) > 0 && s.top == 1 && s.path[0] == d.Article.Title {
			outline[i].path = s.path[1:]
		}
	}
}

// appendChunks splits one section.
func (d *Document) appendChunks(s section) {
	disclosure := d.Article.Disclosure
	if s.disclosure != "" {
		disclosure = s.disclosure
	}
	for _, span := range splitSection(d.Article.Body, s) {
		d.Chunks = append(d.Chunks, Chunk{
			Ordinal: len(d.Chunks), HeadingPath: append([]string{}, s.path...), Anchor: s.anchor,
			Body: d.Article.Body[span.start:span.end], StartOffset: span.start, EndOffset: span.end, Disclosure: disclosure,
		})
	}
}
