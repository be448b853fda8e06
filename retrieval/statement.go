package retrieval

import (
	"strings"
	"unicode"
)

// statement is a part of a passage that can stand in an answer: a sentence, a
// list's item or a table's row. It is a span of the passage's body.
type statement struct {
	span
	list  int  // number of the list it is an item of, from 1; 0 for none
	step  bool // of a numbered list
	leads bool // a sentence that announces the list after it
}

// statementsOf lists a passage's statements in reading order. Code, headings and
// comments are none.
func statementsOf(body string) []statement {
	var statements []statement
	lists := 0
	for _, section := range (&Document{Article: Article{Body: body}}).outline(body) {
		for _, b := range section.blocks {
			switch b.kind {
			case proseBlock:
				statements = appendProse(statements, body, b.span)
			case listBlock:
				lists++
				statements = appendItems(statements, body, b, lists)
			case tableBlock:
				statements = appendRows(statements, body, b.span)
			}
		}
	}
	return statements
}

func appendProse(statements []statement, body string, prose span) []statement {
	if strings.HasPrefix(strings.TrimSpace(body[prose.start:prose.end]), "<!--") {
		return statements
	}
	for _, sentence := range sentenceSpans(body, prose) {
		for strings.HasPrefix(body[sentence.start:sentence.end], ">") { // a quoted block's marks
			sentence = trimmedSpaces(body, span{sentence.start + 1, sentence.end})
		}
		if hasWord(body[sentence.start:sentence.end]) {
			leads := strings.HasSuffix(strings.TrimRight(body[sentence.start:sentence.end], "*_ "), ":")
			statements = append(statements, statement{span: sentence, leads: leads})
		}
	}
	return statements
}

// appendItems takes each item as one statement, without its mark.
func appendItems(statements []statement, body string, b block, number int) []statement {
	for _, item := range cutAt(b.span, b.cuts) {
		item = trimmedSpaces(body, item)
		text := body[item.start:item.end]
		digits := len(text) - len(strings.TrimLeft(text, "0123456789"))
		mark := digits
		if mark < len(text) && strings.ContainsRune("-*+.)", rune(text[mark])) {
			mark++
		}
		item = trimmedSpaces(body, span{item.start + mark, item.end})
		if hasWord(body[item.start:item.end]) {
			statements = append(statements, statement{span: item, list: number, step: digits > 0})
		}
	}
	return statements
}

// appendRows takes each row under a table's head as one statement, without its outer bars.
func appendRows(statements []statement, body string, table span) []statement {
	at := lineEnd(body, min(lineEnd(body, table.start), table.end))
	for at < table.end {
		end := min(lineEnd(body, at), table.end)
		row := trimmedSpaces(body, span{at, end})
		for row.start < row.end && body[row.start] == '|' {
			row = trimmedSpaces(body, span{row.start + 1, row.end})
		}
		for row.start < row.end && body[row.end-1] == '|' {
			row = trimmedSpaces(body, span{row.start, row.end - 1})
		}
		if hasWord(body[row.start:row.end]) {
			statements = append(statements, statement{span: row})
		}
		at = end
	}
	return statements
}

func hasWord(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }) >= 0
}
