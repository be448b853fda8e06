package retrieval

import (
	"strings"

	"github.com/signalbox/signalbox/desk"
)

// Prepared is an article with its chunks, ready to be stored.
type Prepared struct {
	Article Article
	Chunks  []Chunk
}

// Prepare splits, analyses and embeds a public text as an ingest does. The title
// may be empty, and a text that is empty gives one chunk of its title. Without any
// letter there is no chunk.
func (in *Ingester) Prepare(key, title, text string) Prepared {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, " "), "\x00", " ")
	title = strings.ReplaceAll(strings.ToValidUTF8(title, " "), "\x00", " ")
	document := Document{Article: Article{
		Audience: desk.Public, SourceKey: key, Title: title, Body: text, Disclosure: Paraphrase,
		Language: in.Analyser.Language(title + "\n" + text),
	}}
	for _, section := range document.outline(text) {
		document.appendChunks(section)
	}
	if len(document.Chunks) == 0 && hasWord(title) {
		document.Chunks = []Chunk{{Disclosure: Paraphrase, HeadingPath: []string{}}}
	}
	article := document.Article
	for i := range document.Chunks {
		in.fill(article, &document.Chunks[i])
	}
	return Prepared{article, document.Chunks}
}

// fill adds what search needs of a chunk.
func (in *Ingester) fill(article Article, chunk *Chunk) {
	chunk.Terms = in.Analyser.Document(article.Language, article.Title, chunk.HeadingPath, chunk.Body)
	chunk.Embedding = in.Embedder.Embed(embeddedText(article.Title, chunk.HeadingPath, chunk.Body))
}
