package retrieval

import (
	"regexp"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extensionast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// span is the bytes [start, end) of a body.
type span struct{ start, end int }

type blockKind uint8

const (
	proseBlock blockKind = iota
	listBlock
	tableBlock
	codeBlock
)

// block is a top-level block. cuts are the starts of its items or rows.
type block struct {
	span
	kind blockKind
	cuts []int
}

// section is what stands under one heading, up to the next one.
type section struct {
	span
	top        int      // level of the first heading of path
	path       []string // headings from the outermost to its own
	anchor     string
	disclosure Disclosure // "" if neither it nor a section above says
	blocks     []block
}

// heading is an open level while the outline is made.
type heading struct {
	level      int
	text       string
	disclosure Disclosure
}

var markdownParser = goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser()

// outline reads the top-level blocks and groups them by heading.
func (d *Document) outline(body string) []section {
	source := []byte(body)
	root := markdownParser.Parse(text.NewReader(source), parser.WithContext(parser.NewContext()))
	anchors := anchorNames{}
	sections := []section{{}}
	var open []heading
	for node := root.FirstChild(); node != nil; node = node.NextSibling() {
		if node.Pos() < 0 || node.Pos() > len(body) {
			continue
		}
		current := &sections[len(sections)-1]
		at := max(lineStart(body, node.Pos()), current.start)
		current.close(at)
		if title, isHeading := node.(*ast.Heading); isHeading {
			open = d.openSection(&sections, open, heading{level: title.Level, text: plainText(title, source)}, headingEnd(body, title, at), anchors)
			continue
		}
		current.blocks = append(current.blocks, block{span: span{at, len(body)}, kind: kindOfBlock(node), cuts: cutsOf(node, body)})
	}
	sections[len(sections)-1].close(len(body))
	if strayDisclosures(body) > d.disclosures(sections) {
		d.warn("a disclosure comment stands elsewhere than on the line after a heading and has no effect")
	}
	return sections
}

// openSection starts a section after a heading that ends at the given byte.
func (d *Document) openSection(sections *[]section, open []heading, h heading, at int, anchors anchorNames) []heading {
	for len(open) > 0 && open[len(open)-1].level >= h.level {
		open = open[:len(open)-1]
	}
	if len(open) > 0 {
		h.disclosure = open[len(open)-1].disclosure
	}
	body := d.Article.Body
	if match := disclosureComment.FindStringSubmatch(body[at:]); match != nil {
		at += len(match[0])
		h.disclosure = Disclosure(match[1])
		if h.disclosure != Never && h.disclosure != Paraphrase && h.disclosure != MayTell {
			d.warn("a section's disclosure is none of never, paraphrase, may_tell: it is taken as never")
			h.disclosure = Never
		}
	}
	open = append(open[:len(open):len(open)], h)
	next := section{span: span{at, at}, anchor: anchors.take(h.text), disclosure: h.disclosure, top: open[0].level}
	for _, above := range open {
		next.path = append(next.path, above.text)
	}
	*sections = append(*sections, next)
	return open
}

// close ends the section, and its last block, before the byte at.
func (s *section) close(at int) {
	s.end = max(at, s.start)
	if last := len(s.blocks) - 1; last >= 0 {
		s.blocks[last].end = max(at, s.blocks[last].start)
	}
}

var (
	disclosureComment = regexp.MustCompile(`\A[ \t]*\n?[ \t]*<!--[ \t]*disclosure:[ \t]*([A-Za-z_-]*)[ \t]*-->[ \t\r]*(?:\n|\z)`)
	anyDisclosure     = regexp.MustCompile(`<!--\s*disclosure\s*:`)
)

func strayDisclosures(body string) int { return len(anyDisclosure.FindAllStringIndex(body, -1)) }

// disclosures counts the comments that took effect: those before a section's start.
func (d *Document) disclosures(sections []section) int {
	count := 0
	for _, s := range sections {
		if line := strings.TrimSpace(d.Article.Body[lineStart(d.Article.Body, max(s.start-1, 0)):s.start]); anyDisclosure.MatchString(line) {
			count++
		}
	}
	return count
}

func kindOfBlock(node ast.Node) blockKind {
	switch node.(type) {
	case *ast.List:
		return listBlock
	case *extensionast.Table:
		return tableBlock
	case *ast.FencedCodeBlock, *ast.CodeBlock:
		return codeBlock
	}
	return proseBlock
}

// cutsOf lists where a list's items start.
func cutsOf(node ast.Node, body string) []int {
	if _, isList := node.(*ast.List); !isList {
		return nil
	}
	var cuts []int
	for item := node.FirstChild(); item != nil; item = item.NextSibling() {
		if item.Pos() >= 0 && item.Pos() <= len(body) {
			cuts = append(cuts, lineStart(body, item.Pos()))
		}
	}
	return cuts
}
