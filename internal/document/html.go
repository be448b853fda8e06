package document

import (
	"bytes"
	"context"
	"errors"
	"net/url"
	"regexp"
	"strings"

	readability "codeberg.org/readeck/go-readability/v2"
	"github.com/JohannesKaufmann/html-to-markdown/v2/converter"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/base"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/commonmark"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/table"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/net/html/charset"
)

var (
	errEntities = errors.New("defines entities of its own, which are not read")
	errNoPage   = errors.New("is nested too deeply, or no HTML")
	errLost     = errors.New("an internal marker stands where it would be lost: put it on a line of its own")
)

// page reads an HTML document: of a full page with navigation the main content only.
func (r reader) page(_ context.Context, data []byte, yield func(Item) error) error {
	if isBinary(data) && !hasUTF16Mark(data) {
		return errors.New("is binary, not HTML")
	}
	_, named, _ := charset.DetermineEncoding(data, firstOf(r.contentType, "text/html")) // the mark, then the meta element
	text, warnings := decoded(data, named)
	item, err := pageItem(text, r.address)
	if err != nil {
		return err
	}
	if item.Title == "" {
		item.Title = titleOf(r.name)
	}
	item.Warnings = append(warnings, item.Warnings...)
	return yield(item)
}

// pageItem makes an article of an HTML document. address, if known, makes its links
// absolute.
func pageItem(text string, address *url.URL) (Item, error) {
	if strings.Contains(strings.ToUpper(text[:min(len(text), 64<<10)]), "<!ENTITY") {
		return Item{}, errEntities
	}
	text, cut, err := cutComments(text)
	if err != nil {
		return Item{}, err
	}
	if slippedComment.MatchString(text) { // the conversion drops comments
		return Item{}, errSlip
	}
	root, err := html.Parse(strings.NewReader(text))
	if err != nil {
		return Item{}, errNoPage
	}
	item := Item{Language: languageOf(root), Title: strings.TrimSpace(textOf(first(root, isElement(atom.Title))))}
	base := canonicalOf(root, address)
	content := contentOf(root, base, &item)
	if item.Text, err = markdownOf(content, base); err != nil {
		return Item{}, errNoPage
	}
	if strings.TrimSpace(item.Text) == "" {
		return Item{}, errors.New("is empty: the page has no text without its scripts")
	}
	if countContainers(text) != countContainers(item.Text) {
		return Item{}, errLost
	}
	if heading := all(content, isElement(atom.H1)); len(heading) == 1 {
		item.Title = strings.Join(strings.Fields(textOf(heading[0])), " ")
	}
	item.Notes, err = notesOf(cut)
	return item, err
}

// fragment turns a piece of HTML, such as an article's body of an export, into Markdown.
func fragment(text string) (markdown string, notes []Note, err error) {
	item, err := pageItem("<!doctype html><html><body>"+text+"</body></html>", nil)
	return item.Text, item.Notes, err
}

// notesOf turns notes that were cut out of HTML into Markdown.
func notesOf(cut []Note) ([]Note, error) {
	var notes []Note
	for _, note := range cut {
		root, err := html.Parse(strings.NewReader(note.Text))
		if err != nil {
			return nil, errNoPage
		}
		clean(root)
		text, err := markdownOf(root, nil)
		if err != nil {
			return nil, errNoPage
		}
		if strings.TrimSpace(text) != "" {
			notes = append(notes, Note{Text: text, Disclosure: note.Disclosure})
		}
	}
	return notes, nil
}

var containers = regexp.MustCompile(`(?i):{3,}\s*[\[{]*\s*\.?internal`)

func countContainers(text string) int { return len(containers.FindAllStringIndex(text, -1)) }

// contentOf finds what the page is about. A piece of a page without navigation is
// taken whole.
func contentOf(root *html.Node, base *url.URL, item *Item) *html.Node {
	whole := first(root, isElement(atom.Body))
	if whole == nil {
		whole = root
	}
	clean(whole)
	if main := only(whole, func(n *html.Node) bool { return n.DataAtom == atom.Main || attribute(n, "role") == "main" }); main != nil {
		return main
	}
	if first(whole, isNavigation) == nil {
		return whole
	}
	if article := only(whole, isElement(atom.Article)); article != nil {
		return article
	}
	for _, frame := range all(whole, isFrame) {
		remove(frame)
	}
	// Of a short page, a few paragraphs less would be missed, and its frame is gone.
	before := len(textOf(whole))
	if before < shortPage {
		return whole
	}
	parser := readability.NewParser()
	found, err := parser.ParseDocument(root, base)
	if err != nil || found.Node == nil || len(textOf(found.Node)) < before/3 {
		item.Warnings = append(item.Warnings, "its main part is not marked: all of it but navigation, header and footer was read")
		return whole
	}
	return found.Node
}

// shortPage is the text, in bytes, below which a page is taken whole.
const shortPage = 1500

// clean removes what is not shown.
func clean(root *html.Node) {
	for _, node := range all(root, func(n *html.Node) bool {
		switch n.DataAtom {
		case atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Iframe, atom.Object, atom.Embed, atom.Form, atom.Button, atom.Svg, atom.Head:
			return true
		}
		if n.Type == html.CommentNode {
			return true
		}
		style := strings.ReplaceAll(strings.ToLower(attribute(n, "style")), " ", "")
		_, hidden := lookup(n, "hidden")
		return hidden || strings.Contains(style, "display:none") || strings.Contains(style, "visibility:hidden")
	}) {
		remove(node)
	}
}

var toMarkdown = converter.NewConverter(converter.WithPlugins(
	base.NewBasePlugin(), commonmark.NewCommonmarkPlugin(),
	table.NewTablePlugin(table.WithHeaderPromotion(true), table.WithSkipEmptyRows(true)),
))

func markdownOf(node *html.Node, address *url.URL) (string, error) {
	var options []converter.ConvertOptionFunc
	if address != nil {
		options = append(options, converter.WithDomain(address.Scheme+"://"+address.Host))
	}
	text, err := toMarkdown.ConvertNode(node, options...)
	if err != nil {
		return "", err
	}
	return string(bytes.TrimSpace(text)) + "\n", nil
}

// canonicalOf is the address that a page names as its own, else the one it came from.
func canonicalOf(root *html.Node, address *url.URL) *url.URL {
	link := first(root, func(n *html.Node) bool {
		return n.DataAtom == atom.Link && strings.EqualFold(attribute(n, "rel"), "canonical")
	})
	if link == nil {
		return address
	}
	named, err := url.Parse(strings.TrimSpace(attribute(link, "href")))
	if err != nil || named.Scheme != "https" && named.Scheme != "http" || named.Host == "" {
		return address
	}
	return named
}

// languageOf is the page's language as ISO 639-1, or "".
func languageOf(root *html.Node) string {
	element := first(root, isElement(atom.Html))
	if element == nil {
		return ""
	}
	return language(attribute(element, "lang"))
}

// language cuts a language tag down to its language: en-us is en.
func language(tag string) string {
	code, _, _ := strings.Cut(strings.ReplaceAll(strings.ToLower(strings.TrimSpace(tag)), "_", "-"), "-")
	if len(code) < 2 || len(code) > 3 || strings.Trim(code, "abcdefghijklmnopqrstuvwxyz") != "" {
		return ""
	}
	return code
}
