package document

import (
	"testing"

	"github.com/ledongthuc/pdf"
)

// set places words of a font whose letters are five wide at a size of ten, without any
// space, each ended by what the library adds: here the letter Ω.
func set(letters []pdf.Text, x, y float64, words ...string) []pdf.Text {
	for _, word := range words {
		for _, letter := range word {
			letters = append(letters, pdf.Text{Font: "F", FontSize: 10, X: x, Y: y, W: 5, S: string(letter)})
			x += 5
		}
		letters = append(letters, pdf.Text{Font: "F", FontSize: 10, X: x, Y: y, S: "Ω"})
		x += 3
	}
	return letters
}

func TestWordsArePartedByDistance(t *testing.T) {
	t.Parallel()
	letters := set(nil, 70, 700, "Open", "the", "outbox.")
	letters = set(letters, 70, 688, "Send", "again.")
	letters = set(letters, 70, 650, "Plan")
	letters = set(letters, 170, 650, "Days")
	if got, want := laidOut(letters), "Open the outbox.\nSend again.\n\nPlan   Days"; got != want {
		t.Errorf("laid out as %q, want %q", got, want)
	}
	// A font that doesn't say how wide it is: the library leaves a string's letters in place.
	var bare []pdf.Text
	for _, part := range []struct {
		x    float64
		text string
	}{{70, "Open"}, {73, "it"}, {74, "s"}, {200, "now"}} {
		for _, letter := range part.text {
			bare = append(bare, pdf.Text{Font: "G", FontSize: 10, X: part.x, Y: 700, S: string(letter)})
		}
	}
	if got, want := laidOut(bare), "Open its   now"; got != want {
		t.Errorf("without widths laid out as %q, want %q", got, want)
	}
}
