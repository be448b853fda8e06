package retrieval

import (
	"errors"
	"fmt"

	"github.com/signalbox/signalbox/internal/document"
)

// documentOf makes the article of an item, and the notes that were cut out of it.
// Nothing of a note is in the article's title, body or chunks.
func documentOf(key string, item document.Item) (main Document, notes []Document, err error) {
	if err := readable(item.Text); err != nil {
		return main, nil, err
	}
	main = Document{Article: Article{
		SourceKey: key, Title: firstBytes(oneLine(item.Title), maximumFieldBytes), Language: item.Language, ProductArea: item.ProductArea,
		Tier: item.Tier, ErrorType: item.ErrorType, Tags: item.Tags, Votes: item.Votes, UpdatedAt: item.Updated, Disclosure: Paraphrase,
	}}
	body := item.Text
	if item.FrontMatter {
		if body, err = main.takeFrontMatter(item.Text); err != nil {
			return main, nil, err
		}
	}
	body, cut, err := document.CutNotes(body)
	if err != nil {
		return main, nil, err
	}
	cut = append(item.Notes, cut...)
	if document.HoldsMarker(main.Article.Title) {
		return main, nil, errors.New("its title holds an internal marker")
	}
	if err := main.read(body); err != nil {
		if len(cut) > 0 {
			err = errors.New("holds nothing but internal notes: ingest it as internal")
		}
		return main, nil, err
	}
	for i, note := range cut {
		made, err := main.noteOf(i+1, note)
		if err != nil {
			return main, nil, fmt.Errorf("internal note %d: %w", i+1, err)
		}
		notes = append(notes, made)
	}
	return main, notes, nil
}

// noteOf makes an internal article of a note, still without a key. It has the filters of its article, and
// as a title the article's with a number unless it begins with a heading.
func (d *Document) noteOf(number int, note document.Note) (Document, error) {
	about := d.Article
	made := Document{Article: Article{
		Language: about.Language, Disclosure: Paraphrase,
		ProductArea: about.ProductArea, Tier: about.Tier, ErrorType: about.ErrorType, Tags: about.Tags, UpdatedAt: about.UpdatedAt,
	}}
	made.Article.Title = firstBytes(fmt.Sprintf("%s (internal note %d)", about.Title, number), maximumFieldBytes)
	if note.Disclosure != "" {
		made.Article.Disclosure = Disclosure(note.Disclosure)
	}
	return made, made.read(note.Text)
}
