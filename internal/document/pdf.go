package document

import (
	"bytes"
	"context"
	"errors"
	"os/exec"
	"strings"
	"time"
	"unicode"

	"github.com/ledongthuc/pdf"
)

var (
	errEncrypted = errors.New("is encrypted: save it without a password")
	errScanned   = errors.New("has no text: it is empty or scanned; run it through text recognition first")
	errSlow      = errors.New("takes too long to read")
)

// paperPatience bounds the reading of one PDF.
const paperPatience = time.Minute

// paper reads a PDF: by pdftotext where it is installed, which keeps the rows of
// tables, else by a library.
func (r reader) paper(ctx context.Context, data []byte, yield func(Item) error) error {
	if !bytes.HasPrefix(bytes.TrimLeft(data, " \t\r\n"), []byte("%PDF-")) {
		return errors.New("is no PDF")
	}
	ctx, cancel := context.WithTimeout(ctx, paperPatience)
	defer cancel()
	text, title, err := paperText(ctx, data)
	if err != nil {
		return err
	}
	if text = paragraphs(text); countLetters(text) < 20 {
		return errScanned
	}
	if len(text) > MaximumArticleBytes {
		return TooLarge(MaximumArticleBytes)
	}
	if title = strings.TrimSpace(title); title == "" || len(title) > 300 {
		title = titleOf(r.name)
	}
	return yield(Item{Text: text, Title: title})
}

func paperText(ctx context.Context, data []byte) (text, title string, err error) {
	program, err := exec.LookPath("pdftotext")
	if err != nil {
		return libraryText(ctx, data)
	}
	var output, problems limitedBuffer
	output.limit, problems.limit = 4*MaximumArticleBytes, 4<<10
	command := exec.CommandContext(ctx, program, "-layout", "-enc", "UTF-8", "-q", "-", "-") //nolint:gosec // the distribution's own program
	command.Stdin, command.Stdout, command.Stderr = bytes.NewReader(data), &output, &problems
	err = command.Run()
	switch {
	case ctx.Err() != nil:
		return "", "", errSlow
	case err != nil && (encrypted(data) || strings.Contains(strings.ToLower(problems.String()), "password")):
		return "", "", errEncrypted
	case err != nil:
		return "", "", errors.New("is broken: no PDF reader takes it")
	}
	return output.String(), "", nil
}

// encrypted says why a PDF cannot be read. One that only forbids printing opens with an
// empty password and is read.
func encrypted(data []byte) bool { return bytes.Contains(data, []byte("/Encrypt")) }

// limitedBuffer keeps the first bytes of a program's output.
type limitedBuffer struct {
	bytes.Buffer
	limit int
}

func (b *limitedBuffer) Write(data []byte) (int, error) {
	if room := b.limit - b.Len(); room > 0 {
		b.Buffer.Write(data[:min(room, len(data))])
	}
	return len(data), nil
}

// libraryReaders bounds how many goroutines the library has, those that never come back
// among them.
var libraryReaders = make(chan struct{}, 2)

// libraryText reads in a goroutine of its own: the library cannot be interrupted, but
// the ingest goes on.
func libraryText(ctx context.Context, data []byte) (text, title string, err error) {
	type result struct {
		text, title string
		err         error
	}
	done := make(chan result, 1)
	select {
	case libraryReaders <- struct{}{}:
	case <-ctx.Done():
		return "", "", errSlow
	}
	go func() {
		defer func() { <-libraryReaders }()
		var r result
		defer func() {
			if recover() != nil { // the library panics on broken files
				r.err = errors.New("is broken: its reader failed on it")
			}
			done <- r
		}()
		r.text, r.title, r.err = pagesText(ctx, data)
	}()
	select {
	case r := <-done:
		return r.text, r.title, r.err
	case <-ctx.Done():
		return "", "", errSlow
	}
}

func pagesText(ctx context.Context, data []byte) (text, title string, err error) {
	paper, err := pdf.NewReader(bytes.NewReader(data), int64(len(data)))
	switch {
	case errors.Is(err, pdf.ErrInvalidPassword), err != nil && encrypted(data):
		return "", "", errEncrypted
	case err != nil:
		return "", "", errors.New("is broken: its pages cannot be found")
	}
	var all strings.Builder
	for number := 1; number <= min(paper.NumPage(), 5000) && all.Len() <= MaximumArticleBytes && ctx.Err() == nil; number++ {
		page := paper.Page(number)
		if page.V.IsNull() {
			continue
		}
		all.WriteString(pageText(page))
		all.WriteString("\n\n")
	}
	return all.String(), paper.Trailer().Key("Info").Key("Title").Text(), nil
}

// pageText is a page's text, "" if it is broken: the other pages may be read.
func pageText(page pdf.Page) (text string) {
	defer func() {
		if recover() != nil { // the library panics on what it doesn't know
			text = ""
		}
	}()
	return laidOut(page.Content().Text)
}

// ligatures are letters that only print joins; a form feed ends a page.
var ligatures = strings.NewReplacer("\uFB00", "ff", "\uFB01", "fi", "\uFB02", "fl", "\uFB03", "ffi", "\uFB04", "ffl", "\f", "\n\n")

// paragraphs makes text of pages into Markdown: indents would be code there.
func paragraphs(text string) string {
	var made strings.Builder
	blank := true
	for line := range strings.Lines(ligatures.Replace(strings.ToValidUTF8(text, "\uFFFD"))) {
		line = strings.TrimFunc(strings.ReplaceAll(line, "\x00", ""), unicode.IsSpace)
		if line == "" && blank {
			continue
		}
		blank = line == ""
		made.WriteString(line + "\n")
	}
	return made.String()
}

func countLetters(text string) int {
	count := 0
	for _, r := range text {
		if unicode.IsLetter(r) {
			count++
		}
	}
	return count
}
