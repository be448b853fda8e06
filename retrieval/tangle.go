package retrieval

import (
	"errors"
	"strings"
)

// No person writes more of these; a parser of Markdown takes time in their square.
const (
	mostNested = 50     // quotes and lists that one line opens
	mostMarks  = 10_000 // marks of one paragraph that may begin emphasis, a link or an image
)

var (
	errNested = errors.New("is nested too deeply: a line opens more than 50 quotes or lists")
	errMarks  = errors.New("has a paragraph with more than 10,000 marks of emphasis and links")
)

// tangled refuses Markdown that is made to be slow. Code and tables may hold any marks.
func tangled(text string) error {
	marks, fence := 0, ""
	for line := range strings.Lines(text) {
		trimmed := strings.TrimSpace(line)
		switch {
		case opened(line) > mostNested:
			return errNested
		case fence != "":
			if strings.HasPrefix(trimmed, fence) {
				fence, marks = "", 0
			}
			continue
		case strings.HasPrefix(trimmed, "```"), strings.HasPrefix(trimmed, "~~~"):
			fence, marks = trimmed[:3], 0
			continue
		case trimmed == "", strings.HasPrefix(trimmed, "|"):
			marks = 0
			continue
		}
		for i := range len(trimmed) {
			switch trimmed[i] {
			case '[', '*', '_', '~':
				marks++
			}
		}
		if marks > mostMarks {
			return errMarks
		}
	}
	return nil
}

// opened counts the quotes and lists that a line opens.
func opened(line string) int {
	count := 0
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case ' ', '\t', '.', ')', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		case '>':
			count++
		case '-', '*', '+':
			if i+1 < len(line) && line[i+1] != ' ' && line[i+1] != '\t' {
				return count // a rule or a word
			}
			count++
		default:
			return count
		}
	}
	return count
}
