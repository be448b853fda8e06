package bodytext

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean makes valid UTF-8 of any bytes: invalid sequences become U+FFFD, NUL and
// other control characters but tab and newline go, line ends become \n, and
// invisible direction marks that could hide text from a reader are dropped.
func Clean(text string) string {
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, "\uFFFD")
	}
	if strings.ContainsRune(text, '\r') {
		text = strings.ReplaceAll(text, "\r\n", "\n")
		text = strings.ReplaceAll(text, "\r", "\n")
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r), isDirectionOverride(r), r == '\uFEFF', r == '\u200B':
			return -1
		case r == '\u2028' || r == '\u2029':
			return '\n'
		default:
			return r
		}
	}, text)
}

// isDirectionOverride reports the bidirectional embeddings, overrides and isolates.
func isDirectionOverride(r rune) bool {
	return r >= '\u202A' && r <= '\u202E' || r >= '\u2066' && r <= '\u2069'
}

// Line makes one line of a text: for subjects and names.
func Line(text string) string {
	return strings.Join(strings.Fields(Clean(text)), " ")
}
