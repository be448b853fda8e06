package main

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/sync/errgroup"
)

// TestAMovedArticleIsGoneFromTheNextQuery moves an article back and forth while
// customers search for it through the real server. What began after a move's commit,
// and ended before the next move began, must not see it.
func TestAMovedArticleIsGoneFromTheNextQuery(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	folder := t.TempDir()
	writeFile(t, folder, "heron.md", "# Heron feeding\n\nThe heron is fed at noon.\n")
	writeFile(t, folder, "otter.md", "# Otter feeding\n\nThe otter is fed at dusk.\n")
	s.run("ingest", folder, "--audience", "public").wants(t, exitOK)
	var page articlePage
	s.run("article", "list", "--audience", "public", "--limit", "1", "--json").wants(t, exitOK).decode(t, &page)
	if len(page.Articles) != 1 || page.Next != "heron" {
		t.Fatalf("the first page is %+v, want the heron and a next", page)
	}
	var site struct {
		Key string `json:"publishable_key"`
	}
	s.run("site", "add", "--name", "Zoo", "--json").wants(t, exitOK).decode(t, &site)
	server := serve(t, s.with("SIGNALBOX_TRUSTED_PROXIES=127.0.0.1"))

	var epoch atomic.Int64 // even: public; odd: internal; negative while it moves
	var stop atomic.Bool
	var group errgroup.Group
	var hidden, shown atomic.Int64
	for range 3 {
		group.Go(func() error {
			for !stop.Load() {
				before := epoch.Load()
				got, err := try(server.url, call{method: http.MethodGet, path: "/v1/search?q=when+is+the+heron+fed", header: visitor(site.Key)})
				if err != nil {
					return err
				}
				if before < 0 || epoch.Load() != before {
					continue
				}
				switch sees := strings.Contains(got.body, "Heron"); {
				case before%2 == 1 && sees:
					t.Errorf("after move %d a customer sees: %s", before, got.body)
				case before%2 == 1:
					hidden.Add(1)
				case !sees:
					t.Errorf("after move %d a customer does not see the article: %d %s", before, got.status, got.body)
				default:
					shown.Add(1)
				}
			}
			return nil
		})
	}
	for move := int64(1); move <= 10; move++ {
		to := []string{"public", "internal"}[move%2]
		epoch.Store(-move)
		s.run("article", "move", "heron", "--to", to).wants(t, exitOK, to+" now")
		epoch.Store(move)
		enough := hidden.Load() + shown.Load() + 3
		eventually(t, "customers have asked", func() bool { return hidden.Load()+shown.Load() >= enough || t.Failed() })
	}
	stop.Store(true)
	must(t, group.Wait())
	if hidden.Load() == 0 || shown.Load() == 0 {
		t.Errorf("%d searches while it was hidden, %d while it was shown: want some of both", hidden.Load(), shown.Load())
	}
	s.run("article", "move", "nowhere", "--to", "internal").wants(t, exitNotFound, "nowhere")
	s.run("article", "move", "heron").wants(t, exitUsage, "--to")
}
