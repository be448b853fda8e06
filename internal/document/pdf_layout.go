package document

import (
	"math"
	"strings"

	"github.com/ledongthuc/pdf"
)

// Of the distances between letters, in units of the font's size.
const (
	wordGap   = 0.15 // what is wider parts words
	columnGap = 2.0  // … parts columns of a table
	lineGap   = 0.4  // a step up or down that begins a line
	blankGap  = 2.2  // … that leaves a line free
	halfWidth = 0.5  // of a letter whose font doesn't say how wide it is
)

// laidOut joins letters by where they stand, in the order of the page: many PDFs hold no
// spaces, only distances.
func laidOut(letters []pdf.Text) string {
	measured, ends := fontsOf(letters)
	var text strings.Builder
	var before pdf.Text
	for i, letter := range letters {
		if letter.S == "" || letter.S == "\n" || letter.S == "\uFFFD" || letter.W == 0 && letter.S == ends[letter.Font] {
			continue
		}
		if !measured[letter.Font] {
			letter.W = 0
			if step := letter.X - before.X; step > 0 && step < letter.FontSize {
				before.W = 0 // a step within a string, which the library makes from its start
			}
			if i > 0 && before.Y == letter.Y && before.X == letter.X { // of one string: the library doesn't move on
				letter.W = before.W + halfWidth*letter.FontSize
			}
		}
		if text.Len() > 0 && (letter.X != before.X || letter.Y != before.Y) {
			text.WriteString(between(before, letter))
		}
		text.WriteString(letter.S)
		before = letter
	}
	return text.String()
}

// fontsOf finds the fonts that say how wide their letters are, and what each of them
// shows for the line feed that the library adds at the end of every piece: the letter that
// stands most often without a width. (Behind a ligature, others lose theirs.)
func fontsOf(letters []pdf.Text) (measured map[string]bool, ends map[string]string) {
	measured, ends = map[string]bool{}, map[string]string{}
	for _, letter := range letters {
		measured[letter.Font] = measured[letter.Font] || letter.W > 0
	}
	counts := map[[2]string]int{}
	for _, letter := range letters {
		if !measured[letter.Font] || letter.W > 0 {
			continue
		}
		key := [2]string{letter.Font, letter.S}
		if counts[key]++; counts[key] >= counts[[2]string{letter.Font, ends[letter.Font]}] {
			ends[letter.Font] = letter.S
		}
	}
	return measured, ends
}

// between is what parts two letters.
func between(before, after pdf.Text) string {
	size := math.Max(math.Min(before.FontSize, after.FontSize), 1)
	down, gap := math.Abs(after.Y-before.Y)/size, (after.X-before.X-before.W)/size
	switch {
	case down > blankGap:
		return "\n\n"
	case down > lineGap, gap < -columnGap:
		return "\n"
	case strings.HasSuffix(before.S, " "), strings.HasPrefix(after.S, " "):
		return ""
	case gap > columnGap:
		return "   "
	case gap > wordGap:
		return " "
	}
	return ""
}
