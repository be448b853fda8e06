package document

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

func isElement(name atom.Atom) func(*html.Node) bool {
	return func(n *html.Node) bool { return n.Type == html.ElementNode && n.DataAtom == name }
}

// isNavigation reports what only a full page has.
func isNavigation(n *html.Node) bool {
	return n.Type == html.ElementNode && (n.DataAtom == atom.Nav || attribute(n, "role") == "navigation" || n.DataAtom == atom.Footer && n.Parent != nil && n.Parent.DataAtom == atom.Body)
}

// isFrame reports what stands around the content.
func isFrame(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Nav, atom.Aside, atom.Footer:
		return true
	case atom.Header:
		return first(n, isElement(atom.H1)) == nil
	}
	switch attribute(n, "role") {
	case "navigation", "banner", "contentinfo", "search", "complementary":
		return true
	}
	return false
}

// first finds the first node in document order, or nil.
func first(root *html.Node, is func(*html.Node) bool) *html.Node {
	if root == nil {
		return nil
	}
	if is(root) {
		return root
	}
	for child := range root.Descendants() {
		if is(child) {
			return child
		}
	}
	return nil
}

// only finds the one node of its kind, or nil if there are none or several.
func only(root *html.Node, is func(*html.Node) bool) *html.Node {
	found := all(root, is)
	if len(found) != 1 {
		return nil
	}
	return found[0]
}

func all(root *html.Node, is func(*html.Node) bool) []*html.Node {
	var found []*html.Node
	for child := range root.Descendants() {
		if is(child) {
			found = append(found, child)
		}
	}
	return found
}

func remove(n *html.Node) {
	if n.Parent != nil {
		n.Parent.RemoveChild(n)
	}
}

func textOf(n *html.Node) string {
	if n == nil {
		return ""
	}
	var text strings.Builder
	for child := range n.Descendants() {
		if child.Type == html.TextNode {
			text.WriteString(child.Data)
		}
	}
	return text.String()
}

func lookup(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

func attribute(n *html.Node, name string) string {
	value, _ := lookup(n, name)
	return value
}
