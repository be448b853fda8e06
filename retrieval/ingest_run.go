package retrieval

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
)

// Report says what an ingest did, by source key.
type Report struct {
	Created   []string  `json:"created"`
	Updated   []string  `json:"updated"`
	Archived  []string  `json:"archived"`
	Unchanged int       `json:"unchanged"`
	Chunks    int       `json:"chunks"` // written
	Skipped   []Problem `json:"skipped"`
	Warnings  []Problem `json:"warnings"`
}

// Problem is something about one file. It quotes none of its text.
type Problem struct {
	File   string `json:"file"`
	Reason string `json:"reason"`
}

// run is one ingest under way.
type run struct {
	*Ingester
	directory fs.FS
	audience  desk.Audience
	known     map[string]Indexed
	public    map[string]Indexed // internal runs only: what articles may be about
	started   time.Time
	report    Report
}

// markdownFiles lists source keys in order. What cannot be read is a problem, not an error.
func markdownFiles(directory fs.FS) (keys []string, skipped []Problem, err error) {
	err = fs.WalkDir(directory, ".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil && path == ".":
			return fault.Wrap(fault.Invalid, err, "the directory cannot be read")
		case err != nil:
			skipped = append(skipped, Problem{path, "cannot be read"})
		case path != "." && strings.HasPrefix(entry.Name(), "."):
			if entry.IsDir() {
				return fs.SkipDir
			}
		case entry.Type().IsRegular() && strings.HasSuffix(path, ".md"):
			keys = append(keys, strings.TrimSuffix(path, ".md"))
		}
		return nil
	})
	return keys, skipped, err
}

// file ingests one file. Only the store's failure is an error.
func (r *run) file(ctx context.Context, key string) error {
	text, err := r.read(key + ".md")
	if err == nil {
		err = validKey(key)
	}
	var document Document
	if err == nil {
		document, err = ParseMarkdown(key, text)
	}
	if err == nil && r.audience == desk.Public && document.holdsBack() {
		err = errors.New("has a part whose disclosure is never: take it out, or ingest the file as internal")
	}
	if err != nil {
		r.skip(key, err.Error())
		return nil
	}
	for _, warning := range document.Warnings {
		r.report.Warnings = append(r.report.Warnings, Problem{key + ".md", warning})
	}
	r.complete(&document)
	known, exists := r.known[key]
	if exists && !known.Archived && slices.Equal(known.ContentHash, document.Article.ContentHash) {
		r.report.Unchanged++
		return nil
	}
	return r.save(ctx, document, exists)
}

// save analyses, embeds and stores.
func (r *run) save(ctx context.Context, document Document, exists bool) error {
	article := document.Article
	for i := range document.Chunks {
		r.fill(article, &document.Chunks[i])
	}
	_, err := r.Store.Save(ctx, article, document.Chunks)
	var refusal *fault.Error
	switch {
	case errors.As(err, &refusal) && refusal.Kind == fault.Conflict && refusal.Field != "":
		r.skip(article.SourceKey, refusal.Message+": "+refusal.Remedy)
		return nil
	case err != nil:
		return fmt.Errorf("ingest %s: %w", article.SourceKey, err)
	case exists:
		r.report.Updated = append(r.report.Updated, article.SourceKey)
	default:
		r.report.Created = append(r.report.Created, article.SourceKey)
	}
	r.report.Chunks += len(document.Chunks)
	return nil
}

// embeddedText is what a passage's vector stands for.
func embeddedText(title string, headings []string, body string) string {
	return title + ". " + strings.Join(headings, ". ") + ". " + body
}

// complete adds what the file alone does not say, and the hash over all of it.
func (r *run) complete(document *Document) {
	article := &document.Article
	article.Audience = r.audience
	if article.Language == "" {
		article.Language = r.Analyser.Language(article.Title + "\n" + article.Body)
	}
	if r.audience == desk.Public {
		// What customers read may be told. The default is kept so that it holds if the
		// article is moved to the internal half one day.
		article.Disclosure = Paraphrase
		for i := range document.Chunks {
			document.Chunks[i].Disclosure = Paraphrase
		}
	} else if document.About != "" {
		if about, found := r.public[document.About]; found {
			article.AboutArticleID = &about.ID
		} else {
			r.report.Warnings = append(r.report.Warnings, Problem{article.SourceKey + ".md", "about: no public article has this source key"})
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

// archiveMissing archives what is stored but has no file.
func (r *run) archiveMissing(ctx context.Context, keys []string) error {
	present := make(map[string]bool, len(keys))
	for _, key := range keys {
		present[key] = true
	}
	for _, problem := range r.report.Skipped {
		present[strings.TrimSuffix(problem.File, ".md")] = true
	}
	for _, key := range sortedKeys(r.known) {
		if present[key] || r.known[key].Archived || r.unreadable(key) {
			continue
		}
		if err := r.Store.Archive(ctx, r.audience, r.known[key].ID); err != nil {
			return fmt.Errorf("archive %s: %w", key, err)
		}
		r.report.Archived = append(r.report.Archived, key)
	}
	return nil
}

// unreadable reports an article in a directory that could not be listed: nobody
// knows whether its file is gone.
func (r *run) unreadable(key string) bool {
	return slices.ContainsFunc(r.report.Skipped, func(p Problem) bool { return strings.HasPrefix(key, p.File+"/") })
}

// read reads at most one byte more than is allowed.
func (r *run) read(path string) (string, error) {
	file, err := r.directory.Open(path)
	if err != nil {
		return "", errors.New("cannot be read")
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, MaximumArticleBytes+1))
	if err != nil {
		return "", errors.New("cannot be read")
	}
	return string(data), nil
}

func validKey(key string) error {
	if len(key) > maximumFieldBytes || strings.ToValidUTF8(key, "") != key || strings.ContainsAny(key, "\x00\n\r") {
		return errors.New("has a name that is too long or is not text")
	}
	return nil
}

func (r *run) skip(key, reason string) {
	r.report.Skipped = append(r.report.Skipped, Problem{key + ".md", reason})
}

func sortedKeys(known map[string]Indexed) []string {
	keys := make([]string, 0, len(known))
	for key := range known {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
