package main

import (
	"io/fs"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/evals/samplecompany"
)

// leakWorld is who asks what, and what nobody of them may get.
type leakWorld struct {
	*company
	anonymous, reader, writer map[string]string // the reader's ticket has a private note; the writer only sends forms
	ownTicket                 uuid.UUID
	publicIDs                 []string
	questions                 []string
	secret                    secret
}

func newLeakWorld(t *testing.T, c *company) *leakWorld {
	t.Helper()
	folder := t.TempDir()
	writeFile(t, folder, "lure.md", lureArticle)
	command(t, c.variables, "ingest", folder, "--audience", "internal", "--keep").wants(t, exitOK)
	w := &leakWorld{company: c, anonymous: visitor(c.access.PublishableKey)}
	w.signIn(t)
	w.readArticles(t)
	sample, err := samplecompany.Load()
	must(t, err)
	for _, question := range sample.Questions {
		w.questions = append(w.questions, question.Question)
	}
	w.secret = newSecret(t, sample, w.internalIDs(t), w.questions)
	for _, article := range w.secret.articles {
		w.questions = append(w.questions, article.title, article.firstSentence)
	}
	return w
}

// signIn gives the reader a ticket of the helpdesk by a verified address, with a
// private note on it.
func (w *leakWorld) signIn(t *testing.T) {
	t.Helper()
	var site struct {
		ID  string `json:"id"`
		Key string `json:"publishable_key"`
	}
	command(t, w.variables, "site", "add", "--name", "Portal", "--json").wants(t, exitOK).decode(t, &site)
	var key struct{ KID, Secret string }
	command(t, w.variables, "site", "sign", site.ID, "--json").wants(t, exitOK).decode(t, &key)
	w.ownTicket = w.accepted(t, eventOf("leak-1", "Locked out", lockedOut), false)
	w.accepted(t, text(map[string]any{
		"event_id": "event-leak-2", "ticket": map[string]any{"id": "leak-1"},
		"message": map[string]any{"id": "leak-1-2", "author": "agent", "audience": "internal", "body": noteMarker + ": do not tell them about the breach"},
	}), false)
	w.reader = signedIn(t, site.Key, key.KID, key.Secret, jwt.MapClaims{"sub": "reader", "email": "leak-1@quill.example", "email_verified": true})
	w.writer = signedIn(t, site.Key, key.KID, key.Secret, jwt.MapClaims{"sub": "writer"})
}

func (w *leakWorld) readArticles(t *testing.T) {
	t.Helper()
	w.query(t, "select id::text from articles where audience = 'public' order by id", func(rows pgx.Rows) error {
		var id string
		err := rows.Scan(&id)
		w.publicIDs = append(w.publicIDs, id)
		return err
	})
}

// internalIDs finds internal articles' IDs by their source keys.
func (w *leakWorld) internalIDs(t *testing.T) map[string]string {
	t.Helper()
	ids := map[string]string{}
	w.query(t, "select source_key, id::text from articles where audience = 'internal' and not is_canary", func(rows pgx.Rows) error {
		var key, id string
		err := rows.Scan(&key, &id)
		ids[key] = id
		return err
	})
	return ids
}

// markdown reads an audience's articles by source key.
func markdown(t *testing.T, sample *samplecompany.Company, audience desk.Audience) map[string]string {
	t.Helper()
	files, err := sample.Articles(audience)
	must(t, err)
	texts := map[string]string{}
	must(t, fs.WalkDir(files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".md") {
			content, err := fs.ReadFile(files, path)
			texts[strings.TrimSuffix(path, ".md")] = string(content)
			return err
		}
		return err
	}))
	return texts
}
