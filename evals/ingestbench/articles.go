package ingestbench

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"strings"
	"testing/fstest"
	"unicode"
)

// tongue is what invented words and sentences of a language are made of. Function
// words are real, so that the language is detected as it is in real articles.
type tongue struct {
	code      string
	syllables []string
	function  []string
}

var tongues = []tongue{
	{"en", strings.Fields("ra ten mo lish ver con dra pel ing ton sha wick bur fen gle tor ash mid lor ven"), strings.Fields("the a of and to in is it for with you your when if not on this that can from")},
	{"de", strings.Fields("ber schal wen dung tor lich ge ver haus mut keit stel fen gra rich ung zel bran drei lauf"), strings.Fields("der die das und ist nicht mit ein eine wenn Sie auf für den dem wird kann oder auch von")},
	{"fr", strings.Fields("mon tre eau ver lir ché pou san tion bel gri mar euse lou quet ron fai pla dou nel"), strings.Fields("le la les des une et est dans pour avec vous votre sur que qui pas ne si ou cette")},
	{"es", strings.Fields("mar ción tel are ño pue bra lor san der che illo gra men tar vez dor ría lun pan"), strings.Fields("el la los las una es en para con su que no se por si del este esta cuando como")},
}

// Articles makes a folder of n Markdown files of about 300 words each.
func Articles(n int, seed uint64) fs.FS {
	folder := fstest.MapFS{}
	for i := range n {
		folder[fmt.Sprintf("part-%03d/article-%06d.md", i/100, i)] = &fstest.MapFile{Data: []byte(article(i, seed))}
	}
	return folder
}

// article has a front matter, a heading, three sections, a list and a table.
func article(number int, seed uint64) string {
	random := rand.New(rand.NewPCG(seed, uint64(number)))
	speech := tongues[number%len(tongues)]
	var text strings.Builder
	fmt.Fprintf(&text, "---\nproduct_area: area-%d\ntags: [tag-%d, tag-%d]\n---\n# %s\n\n", random.IntN(12), random.IntN(40), random.IntN(40), speech.title(random))
	for section := range 3 {
		fmt.Fprintf(&text, "## %s\n\n", speech.title(random))
		for range 2 {
			for range 3 {
				text.WriteString(speech.sentence(random) + " ")
			}
			text.WriteString("\n\n")
		}
		switch section {
		case 0:
			for step := range 4 {
				fmt.Fprintf(&text, "%d. %s\n", step+1, speech.sentence(random))
			}
		case 1:
			fmt.Fprintf(&text, "| %s | %s |\n|---|---|\n| ERR_%d | %s |\n\n", speech.word(random), speech.word(random), random.IntN(900)+100, speech.sentence(random))
		}
		text.WriteString("\n")
	}
	return text.String()
}

func (t tongue) title(random *rand.Rand) string {
	return capital(t.word(random)) + " " + t.function[random.IntN(len(t.function))] + " " + t.word(random)
}

func (t tongue) sentence(random *rand.Rand) string {
	words := make([]string, 11+random.IntN(6))
	for i := range words {
		if words[i] = t.word(random); i%2 == 1 {
			words[i] = t.function[random.IntN(len(t.function))]
		}
	}
	return capital(strings.Join(words, " ")) + "."
}

// word is one of some thousands; the square makes a few of them common.
func (t tongue) word(random *rand.Rand) string {
	share := random.Float64()
	number := int(share * share * 4000)
	word := t.syllables[number%len(t.syllables)] + t.syllables[number/len(t.syllables)%len(t.syllables)]
	if number >= 400 {
		word += t.syllables[number/400]
	}
	return word
}

func capital(text string) string {
	letters := []rune(text)
	letters[0] = unicode.ToUpper(letters[0])
	return string(letters)
}

func countWords(text string) int { return len(strings.Fields(text)) }
