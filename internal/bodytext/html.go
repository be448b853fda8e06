package bodytext

import (
	"errors"
	"io"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// LooksLikeHTML reports whether a text is an HTML fragment rather than plain text
// that mentions a tag: it has a closing tag or a known block or break element.
func LooksLikeHTML(text string) bool {
	head := text
	if len(head) > 64<<10 {
		head = head[:64<<10]
	}
	lower := strings.ToLower(head)
	for _, mark := range []string{"</p>", "</div>", "</body>", "</html>", "</span>", "</td>", "</blockquote>", "</a>", "</li>", "<br>", "<br/>", "<br />", "<!doctype html"} {
		if strings.Contains(lower, mark) {
			return true
		}
	}
	return false
}

// hidden elements hold nothing that the writer wrote.
var hidden = map[atom.Atom]bool{
	atom.Script: true, atom.Style: true, atom.Head: true, atom.Title: true, atom.Template: true,
	atom.Noscript: true, atom.Iframe: true, atom.Object: true, atom.Svg: true, atom.Math: true, atom.Textarea: true,
}

// void elements have no end tag, so they open nothing.
var void = map[atom.Atom]bool{
	atom.Br: true, atom.Hr: true, atom.Img: true, atom.Input: true, atom.Meta: true, atom.Link: true,
	atom.Area: true, atom.Base: true, atom.Col: true, atom.Embed: true, atom.Source: true, atom.Track: true, atom.Wbr: true,
}

var block = map[atom.Atom]bool{
	atom.P: true, atom.Div: true, atom.Tr: true, atom.Table: true, atom.Ul: true, atom.Ol: true, atom.Pre: true,
	atom.H1: true, atom.H2: true, atom.H3: true, atom.H4: true, atom.H5: true, atom.H6: true,
	atom.Blockquote: true, atom.Section: true, atom.Article: true, atom.Header: true, atom.Footer: true, atom.Hr: true,
}

// FromHTML returns the text of an HTML fragment as a person would copy it: blocks
// become lines, list items get a dash, links keep their address, quotes get "> ".
// Scripts, styles and elements hidden by style are left out. It works on tokens,
// so that markup nested a hundred thousand deep costs no stack.
func FromHTML(fragment string) string {
	renderer := renderer{tokens: html.NewTokenizer(strings.NewReader(Clean(fragment)))}
	for {
		switch renderer.tokens.Next() {
		case html.ErrorToken:
			if !errors.Is(renderer.tokens.Err(), io.EOF) {
				renderer.text.WriteString(string(renderer.tokens.Raw()))
			}
			return tidy(renderer.text.String())
		case html.TextToken:
			renderer.write(string(renderer.tokens.Text()))
		case html.StartTagToken:
			renderer.open(false)
		case html.SelfClosingTagToken:
			renderer.open(true)
		case html.EndTagToken:
			renderer.close()
		}
	}
}

type renderer struct {
	tokens      *html.Tokenizer
	text        strings.Builder
	skipped     []atom.Atom // open elements from the first hidden one inwards
	within      map[atom.Atom]int
	quoted      int // open blockquotes
	pre         int
	link        string
	lineStarted bool
}

func (r *renderer) open(selfClosing bool) {
	token := r.tokens.Token()
	name := token.DataAtom
	if len(r.skipped) > 0 {
		if !selfClosing && !void[name] {
			r.skip(name)
		}
		return
	}
	if (hidden[name] || invisible(token.Attr)) && !selfClosing && !void[name] {
		r.skip(name)
		return
	}
	switch {
	case name == atom.Br:
		r.newline(1)
	case name == atom.Li:
		r.newline(1)
		r.write("- ")
	case name == atom.Td || name == atom.Th:
		if r.lineStarted {
			r.write(" \t")
		}
	case name == atom.P, name == atom.Table, name == atom.Blockquote:
		r.newline(2)
	case block[name]:
		r.newline(1)
	}
	switch name {
	case atom.Blockquote:
		r.quoted++
	case atom.Pre:
		r.pre++
	case atom.A:
		r.link = attribute(token.Attr, "href")
	}
}

func (r *renderer) close() {
	name := r.tokens.Token().DataAtom
	if len(r.skipped) > 0 {
		r.unskip(name)
		return
	}
	switch name {
	case atom.Blockquote:
		r.newline(2)
		r.quoted = max(r.quoted-1, 0)
		return
	case atom.Pre:
		r.pre = max(r.pre-1, 0)
	case atom.A:
		if strings.HasPrefix(r.link, "http") {
			r.write(" (" + r.link + ")")
		}
		r.link = ""
	}
	if block[name] && name != atom.Hr {
		if name == atom.P || name == atom.Table {
			r.newline(2)
			return
		}
		r.newline(1)
	}
}

// skip opens an element inside a hidden one, or the hidden one itself.
func (r *renderer) skip(name atom.Atom) {
	if r.within == nil {
		r.within = map[atom.Atom]int{}
	}
	r.skipped = append(r.skipped, name)
	r.within[name]++
}

// unskip closes the innermost open element of this name, with what is open in it.
// The count spares a search for one that is not open.
func (r *renderer) unskip(name atom.Atom) {
	for r.within[name] > 0 {
		innermost := r.skipped[len(r.skipped)-1]
		r.skipped = r.skipped[:len(r.skipped)-1]
		r.within[innermost]--
		if innermost == name {
			return
		}
	}
}

// write adds text; outside <pre>, runs of white space become one space.
func (r *renderer) write(text string) {
	if len(r.skipped) > 0 {
		return
	}
	if r.pre == 0 {
		folded := strings.Join(strings.Fields(text), " ")
		if folded == "" {
			if text != "" && r.lineStarted {
				r.text.WriteByte(' ')
			}
			return
		}
		if first := text[0]; r.lineStarted && (first == ' ' || first == '\n' || first == '\t') {
			folded = " " + folded
		}
		if last := text[len(text)-1]; last == ' ' || last == '\n' || last == '\t' {
			folded += " "
		}
		text = folded
	}
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			r.newline(1)
		}
		if line == "" {
			continue
		}
		if !r.lineStarted && r.quoted > 0 {
			r.text.WriteString(strings.Repeat("> ", min(r.quoted, 8)))
		}
		r.text.WriteString(line)
		r.lineStarted = true
	}
}

func (r *renderer) newline(count int) {
	if !r.lineStarted {
		count--
	}
	for range count {
		r.text.WriteByte('\n')
	}
	r.lineStarted = false
}

func attribute(list []html.Attribute, name string) string {
	for _, attribute := range list {
		if attribute.Key == name {
			return strings.TrimSpace(attribute.Val)
		}
	}
	return ""
}

// invisible reports an element that its own markup hides from the reader.
func invisible(list []html.Attribute) bool {
	for _, attribute := range list {
		switch attribute.Key {
		case "hidden":
			return true
		case "style":
			style := strings.ToLower(strings.ReplaceAll(attribute.Val, " ", ""))
			if strings.Contains(style, "display:none") || strings.Contains(style, "visibility:hidden") || strings.Contains(style, "font-size:0") {
				return true
			}
		}
	}
	return false
}

// tidy trims line ends and folds runs of blank lines into one.
func tidy(text string) string {
	var out strings.Builder
	blank := 0
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimRight(line, " \t\u00a0")
		if line == "" || line == ">" {
			blank++
			continue
		}
		if out.Len() > 0 {
			out.WriteString(strings.Repeat("\n", min(blank, 1)+1))
		}
		blank = 0
		out.WriteString(line)
	}
	return out.String()
}
