package retrieval

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/document"
)

// prepared is one article of a group before it is known whether it must be written.
type prepared struct {
	document Document
	about    string // source key of the public article that it was cut out of
}

// prepare turns an item into what must be stored of it: nil if it is unchanged or
// skipped. updates says that the article was there before.
func (r *run) prepare(file string, item document.Item) (group *Group, updates bool) {
	key, name := keyOf(file), file
	if item.Key != "" {
		key = file + "/" + item.Key
		name = key
	}
	articles, err := r.articles(key, item)
	if err == nil && !r.take(key, name) {
		err = errors.New("has the same key as another article of this run")
	}
	switch {
	case errors.Is(err, errElsewhere):
		r.warn(name, err.Error())
		return nil, false
	case err != nil:
		r.skip(file, name, err.Error())
		return nil, false
	}
	for _, warning := range articles[0].document.Warnings {
		r.warn(name, warning)
	}
	if known, exists := r.known[key]; exists && r.foreign(known) {
		r.skip(file, name, "its key belongs to an article of another source: rename the file, or remove it there")
		return nil, false
	}
	return r.changes(file, articles)
}

var errElsewhere = errors.New("belongs to the other audience")

// articles reads an item: the article itself first, then the notes in it.
func (r *run) articles(key string, item document.Item) ([]prepared, error) {
	if item.Problem != "" {
		return nil, errors.New(item.Problem)
	}
	if item.Audience != "" && desk.Audience(item.Audience) != r.audience {
		return nil, fmt.Errorf("%w: it is %s (%s); ingest the file with --audience %s too", errElsewhere, item.Audience, item.Why, item.Audience)
	}
	if err := validKey(key); err != nil {
		return nil, err
	}
	main, notes, err := documentOf(key, item)
	if err != nil {
		return nil, err
	}
	if r.audience == desk.Public && main.holdsBack() {
		return nil, errors.New("has a part whose disclosure is never: take it out, or ingest the file as internal")
	}
	for _, warning := range item.Warnings {
		main.warn("%s", warning)
	}
	r.complete(&main, r.audience)
	articles := []prepared{{document: main}}
	for i, note := range notes {
		note.Article.SourceKey, note.Article.Language = r.noteKeyOf(key, i+1), main.Article.Language
		articles = append(articles, r.note(main, note))
	}
	return articles, nil
}

// note completes a note: it is about the public article that it was cut out of, or
// about what an internal one is about.
func (r *run) note(main, note Document) prepared {
	r.complete(&note, desk.Internal)
	if r.audience == desk.Public {
		return prepared{note, main.Article.SourceKey}
	}
	note.Article.AboutArticleID = main.Article.AboutArticleID
	return prepared{document: note}
}

// changes is the group of those that differ from what is stored.
func (r *run) changes(file string, articles []prepared) (*Group, bool) {
	group := Group{Source: r.options.Source}
	key := articles[0].document.Article.SourceKey
	indexed, exists := r.known[key]
	notes := map[string]bool{}
	for i, each := range articles {
		article := each.document.Article
		known, found := r.indexed(article.Audience)[article.SourceKey]
		if i > 0 {
			notes[article.SourceKey] = true
		}
		if found && !known.Archived && slices.Equal(known.ContentHash, article.ContentHash) {
			if i == 0 && known.Source == nil {
				r.mutex.Lock()
				r.orphans = append(r.orphans, known.ID)
				r.mutex.Unlock()
			}
			continue
		}
		group.Writes = append(group.Writes, r.analysed(each))
		group.Forget = group.Forget || i > 0 && r.audience == desk.Public
	}
	for noteKey, known := range r.notesOf(key) {
		if !notes[noteKey] && !known.Archived {
			group.Archive = append(group.Archive, known.ID)
		}
	}
	if len(group.Writes) == 0 && len(group.Archive) > 0 {
		group.Writes = []Write{r.analysed(articles[0])} // its notes are a part of it
	}
	if len(group.Writes) == 0 {
		r.mutex.Lock()
		r.report.Unchanged++
		r.entry(file).Unchanged++
		r.mutex.Unlock()
		return nil, false
	}
	return &group, exists && indexed.ContentHash != nil
}

// indexed is what an audience holds.
func (r *run) indexed(audience desk.Audience) map[string]Indexed {
	if audience == r.audience {
		return r.known
	}
	return r.other
}

// notesOf lists the stored notes of an article.
func (r *run) notesOf(key string) map[string]Indexed {
	found := map[string]Indexed{}
	for number := 1; ; number++ {
		noteKey := r.noteKeyOf(key, number)
		known, exists := r.indexed(desk.Internal)[noteKey]
		if !exists {
			return found
		}
		found[noteKey] = known
	}
}

// analysed adds terms and vectors.
func (r *run) analysed(each prepared) Write {
	article := each.document.Article
	for i := range each.document.Chunks {
		r.fill(article, &each.document.Chunks[i])
	}
	return Write{Article: article, Chunks: each.document.Chunks, About: each.about}
}

// embeddedText is what a passage's vector stands for.
func embeddedText(title string, headings []string, body string) string {
	return title + ". " + strings.Join(headings, ". ") + ". " + body
}

// complete adds what the file alone does not say, and the hash over all of it.
func (r *run) complete(document *Document, audience desk.Audience) {
	article := &document.Article
	article.Audience = audience
	if article.Language == "" {
		article.Language = r.Analyser.Language(article.Title + "\n" + article.Body)
	}
	if audience == desk.Public {
		// What customers read may be told. The default is kept so that it holds if the
		// article is moved to the internal half one day.
		article.Disclosure = Paraphrase
		for i := range document.Chunks {
			document.Chunks[i].Disclosure = Paraphrase
		}
	} else if document.About != "" {
		if about, found := r.indexed(desk.Public)[document.About]; found {
			article.AboutArticleID = &about.ID
		} else {
			document.warn("about: no public article has this source key")
		}
	}
	article.ContentHash = contentHash(*article, r.Analyser.parameters, r.Embedder.Identity())
}

// contentHash covers what an edit can change and what made the terms and vectors.
func contentHash(article Article, parameters Parameters, identity string) []byte {
	article.ContentHash = nil
	encoded, err := json.Marshal([]any{AnalysisVersion, parameters.Saturation, parameters.LengthPenalty,
		parameters.AverageLength, parameters.TitleRepeats, parameters.HeadingRepeats, identity, article})
	if err != nil {
		return nil // never equal to a stored hash: the article is written again
	}
	hash := sha256.Sum256(encoded)
	return hash[:]
}
