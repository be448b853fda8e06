package retrieval

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/yuin/goldmark/ast"
)

// lineStart is the first byte of the line that holds the byte at.
func lineStart(body string, at int) int {
	return strings.LastIndexByte(body[:min(at, len(body))], '\n') + 1
}

// lineEnd is the byte after the line that holds the byte at, its end of line included.
func lineEnd(body string, at int) int {
	if next := strings.IndexByte(body[at:], '\n'); next >= 0 {
		return at + next + 1
	}
	return len(body)
}

// headingEnd is the byte after a heading, its underline included.
func headingEnd(body string, node *ast.Heading, start int) int {
	if strings.HasPrefix(strings.TrimLeft(body[start:], " "), "#") || node.Lines().Len() == 0 {
		return lineEnd(body, start)
	}
	last := node.Lines().At(node.Lines().Len() - 1)
	end := lineEnd(body, max(start, min(last.Stop, len(body))-1))
	return lineEnd(body, end)
}

// plainText is a heading's text without its marks.
func plainText(node ast.Node, source []byte) string {
	var plain strings.Builder
	_ = ast.Walk(node, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch leaf := n.(type) {
		case *ast.Text:
			plain.Write(leaf.Segment.Value(source))
			if leaf.SoftLineBreak() || leaf.HardLineBreak() {
				plain.WriteByte(' ')
			}
		case *ast.String:
			plain.Write(leaf.Value)
		case *ast.AutoLink:
			plain.Write(leaf.Label(source))
		}
		return ast.WalkContinue, nil
	})
	return firstBytes(strings.Join(strings.Fields(plain.String()), " "), maximumFieldBytes)
}

// anchorNames makes anchors unique within an article: the second "Reset" is
// reset-1. It holds the next number to try for a name.
type anchorNames map[string]int

func (a anchorNames) take(heading string) string {
	name := slug(heading)
	if name == "" {
		name = "section"
	}
	unique := name
	for ; a[unique] > 0; a[name]++ {
		unique = name + "-" + strconv.Itoa(a[name])
	}
	a[unique] = 1
	return unique
}

// slug keeps letters, digits and underscores in lower case; everything between
// becomes one hyphen.
func slug(heading string) string {
	var name strings.Builder
	gap := false
	for _, r := range strings.ToLower(heading) {
		if !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) && r != '_' {
			gap = true
			continue
		}
		if gap && name.Len() > 0 {
			name.WriteByte('-')
		}
		gap = false
		name.WriteRune(r)
	}
	return firstBytes(name.String(), 100)
}
