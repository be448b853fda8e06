package retrieval

import (
	"strings"
	"testing"

	"github.com/signalbox/signalbox/internal/document"
)

// FuzzDocumentOf: whatever a file says, its chunks are its body's bytes, and no note
// is in the article that it was cut out of.
func FuzzDocumentOf(f *testing.F) {
	for _, seed := range []string{
		"---\ntitle: T\ntags: [a]\n---\n# T\n\nText.\n\n<!-- internal: never -->\nzorblatt\n<!-- /internal -->\n", "::: internal\nzorblatt\n:::\nText.",
		"# A\n\n- a\n  - b\n\n| a |\n|---|\n| b |\n", "---\n- &a [*a]\n---\nx", "> > > x\n\n```\n<!-- internal -->\n```\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 64<<10 {
			t.Skip()
		}
		main, notes, err := documentOf("key", document.Item{Text: text, FrontMatter: true})
		if err != nil {
			return
		}
		for _, made := range append([]Document{main}, notes...) {
			for _, chunk := range made.Chunks {
				if made.Article.Body[chunk.StartOffset:chunk.EndOffset] != chunk.Body {
					t.Errorf("a chunk is not its span of the body of %q", text)
				}
			}
		}
		// Only what stands once in the text can be told to have been cut out.
		for _, note := range notes {
			if line := strings.TrimSpace(note.Article.Body); strings.Count(text, line) == 1 && strings.Contains(main.Article.Body, line) {
				t.Errorf("the note %q is in the article of %q", line, text)
			}
		}
	})
}
