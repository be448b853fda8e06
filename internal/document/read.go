package document

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"mime"
	"net/url"
	"path"
	"strings"
)

// MaximumArticleBytes bounds one article's text.
const MaximumArticleBytes = 5 << 20

const (
	megabyte      = 1 << 20
	maximumPage   = 20 * megabyte // HTML
	maximumPaper  = 50 * megabyte // PDF
	maximumTable  = 64 * megabyte // CSV, exports
	maximumBundle = 100 * megabyte
)

// ErrIgnored says that a file is no text by its name: an image, a style, a script.
var ErrIgnored = errors.New("is no text")

// errFormat is what is said of a file that no reader knows.
var errFormat = errors.New("has a format that is not read: use Markdown, HTML, PDF, CSV, text, ZIP, or a help centre's JSON")

// format is how a file is read.
type format struct {
	limit int64
	read  func(reader, context.Context, []byte, func(Item) error) error
}

// formats by ending. The others are told by their first bytes.
var formats map[string]format

func init() { // the ZIP reader uses the table itself
	markdown := format{MaximumArticleBytes, reader.markdown}
	page, table, bundle := format{maximumPage, reader.page}, format{maximumTable, reader.table}, format{maximumBundle, reader.bundle}
	formats = map[string]format{
		".md": markdown, ".markdown": markdown, ".txt": {MaximumArticleBytes, reader.plain}, ".text": {MaximumArticleBytes, reader.plain},
		".html": page, ".htm": page, ".xhtml": page, ".pdf": {maximumPaper, reader.paper},
		".csv": table, ".tsv": table, ".json": {maximumTable, reader.export}, ".zip": bundle,
	}
}

// ignored are endings of what lies beside articles.
var ignored = map[string]bool{}

func init() {
	for ending := range strings.FieldsSeq(`png jpg jpeg gif svg webp avif ico bmp tif tiff heic mp3 mp4 m4a mov avi webm wav ogg
		css scss less js mjs ts tsx jsx map woff woff2 ttf otf eot yml yaml toml lock xml go py rb sh`) {
		ignored["."+ending] = true
	}
}

// reader reads one file. depth counts the bundles around it.
type reader struct {
	name   string
	depth  int
	budget *budget
	// Of what was fetched.
	address     *url.URL
	contentType string
}

// LimitOf is how many bytes a file of this name may have, 0 if it is ignored.
func LimitOf(name string) int64 {
	ending := strings.ToLower(path.Ext(name))
	switch known, found := formats[ending]; {
	case found:
		return known.limit
	case ignored[ending]:
		return 0
	}
	return maximumPaper
}

// TooLarge says that a file has more bytes than its format may.
func TooLarge(limit int64) error { return fmt.Errorf("is larger than %d MB", limit/megabyte) }

// Read hands over the articles of a file, in order. The name's ending says how it is
// read, unless its first bytes say that it is something else. The error says why the
// file is skipped; yield's own error ends the reading and is returned.
func Read(ctx context.Context, name string, data []byte, yield func(Item) error) error {
	return reader{name: name, budget: newBudget()}.any(ctx, data, yield)
}

// ReadPage reads what an address has answered, as Read does. The content type says how,
// if the address has no ending that does.
func ReadPage(ctx context.Context, address *url.URL, contentType string, data []byte, yield func(Item) error) error {
	name := strings.Trim(address.Path, "/")
	if _, known := formats[strings.ToLower(path.Ext(name))]; !known {
		kind, _, _ := mime.ParseMediaType(contentType)
		ending, known := endings[kind]
		if !known {
			return errFormat
		}
		name = strings.TrimSuffix(name, "/") + ending
	}
	return reader{name: name, budget: newBudget(), address: address, contentType: contentType}.any(ctx, data, yield)
}

// endings of content types. What is sent without one that says something is a page.
var endings = map[string]string{
	"": ".html", "text/html": ".html", "application/xhtml+xml": ".html", "text/markdown": ".md", "text/plain": ".txt", "text/csv": ".csv",
	"application/pdf": ".pdf", "application/json": ".json", "application/zip": ".zip",
}

func (r reader) any(ctx context.Context, data []byte, yield func(Item) error) (err error) {
	limit := LimitOf(r.name)
	switch {
	case limit == 0:
		return ErrIgnored
	case int64(len(data)) > limit:
		return TooLarge(limit)
	case len(bytes.TrimSpace(data)) == 0:
		return errors.New("is empty")
	}
	yielding := false
	defer func() {
		// Readers of others' formats have panicked on broken files before; what yield
		// does is ours to mend.
		if problem := recover(); problem != nil {
			if yielding {
				panic(problem)
			}
			err = errors.New("is broken: its reader failed on it")
		}
	}()
	return r.formatOf(data)(r, ctx, data, func(item Item) error {
		yielding = true
		err := yield(item)
		yielding = false
		return err
	})
}

// formatOf chooses by content where that is sure, else by name.
func (r reader) formatOf(data []byte) func(reader, context.Context, []byte, func(Item) error) error {
	known, found := formats[strings.ToLower(path.Ext(r.name))]
	switch head := bytes.TrimLeft(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), " \t\r\n"); {
	case bytes.HasPrefix(head, []byte("%PDF-")):
		return reader.paper
	case bytes.HasPrefix(data, []byte("PK\x03\x04")), bytes.HasPrefix(data, []byte("PK\x05\x06")):
		return reader.bundle
	case found:
		return known.read
	case looksLikePage(head):
		return reader.page
	}
	return reader.unknown
}

// unknown refuses what nothing tells: a file without a known ending that is text is
// ignored, since a folder may hold anything.
func (r reader) unknown(_ context.Context, data []byte, _ func(Item) error) error {
	if isBinary(data) {
		return errFormat
	}
	return ErrIgnored
}

func (r reader) markdown(_ context.Context, data []byte, yield func(Item) error) error {
	if isBinary(data) && !hasUTF16Mark(data) {
		return errors.New("is binary, not text")
	}
	text := string(data)
	if hasUTF16Mark(data) {
		text, _ = decoded(data, "")
	}
	return yield(Item{Text: text, FrontMatter: true})
}

// plain takes a text as it is: what looks like Markdown in it is read as such.
func (r reader) plain(_ context.Context, data []byte, yield func(Item) error) error {
	if isBinary(data) && !hasUTF16Mark(data) {
		return errors.New("is binary, not text")
	}
	text, warning := decoded(data, r.charset())
	item := Item{Text: text, Title: titleOf(r.name), Warnings: warning}
	return yield(item)
}

// charset is what the content type says of the encoding, "" if nothing.
func (r reader) charset() string {
	_, parameters, _ := mime.ParseMediaType(r.contentType)
	return parameters["charset"]
}

// titleOf makes a title of a file's name.
func titleOf(name string) string {
	base := path.Base(name)
	return strings.TrimSpace(strings.NewReplacer("-", " ", "_", " ").Replace(strings.TrimSuffix(base, path.Ext(base))))
}

// looksLikePage reports the beginning of an HTML document.
func looksLikePage(head []byte) bool {
	start := strings.ToLower(string(head[:min(len(head), 200)]))
	return strings.HasPrefix(start, "<!doctype html") || strings.HasPrefix(start, "<html") || strings.HasPrefix(start, "<?xml") && strings.Contains(start, "<html")
}
