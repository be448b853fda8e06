package postgres

import (
	"context"
	"encoding/json"
	"hash/fnv"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/pgvector/pgvector-go"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/embedding"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/internal/llm"
	"github.com/signalbox/signalbox/internal/pgtest"
	"github.com/signalbox/signalbox/migrations"
	"github.com/signalbox/signalbox/retrieval"
)

// endpoint answers POST /embeddings as the vendor's documents have it. Texts that
// share words are near each other.
type endpoint struct {
	*httptest.Server
	calls, down, salt atomic.Int64
	prefixes          atomic.Int64 // texts with "passage: " or "query: "
}

func newEndpoint(t *testing.T, dimension int) *endpoint {
	t.Helper()
	e := &endpoint{}
	e.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e.calls.Add(1)
		var request struct {
			Input []string `json:"input"`
			Model string   `json:"model"`
		}
		if e.down.Load() != 0 || json.NewDecoder(r.Body).Decode(&request) != nil || r.URL.Path != "/v1/embeddings" {
			http.Error(w, `{"error":{"message":"no"}}`, http.StatusServiceUnavailable)
			return
		}
		type item struct {
			Object    string    `json:"object"`
			Index     int       `json:"index"`
			Embedding []float32 `json:"embedding"`
		}
		answer := map[string]any{"object": "list", "model": request.Model, "usage": map[string]int{"prompt_tokens": 1, "total_tokens": 1}}
		var data []item
		for i, text := range request.Input {
			if strings.HasPrefix(text, "passage: ") || strings.HasPrefix(text, "query: ") {
				e.prefixes.Add(1)
			}
			vector := make([]float32, dimension)
			for word := range strings.FieldsSeq(strings.ToLower(text)) {
				sum := fnv.New32a()
				_, _ = sum.Write([]byte(strings.Trim(word, ".,:")))
				vector[(int64(sum.Sum32())+e.salt.Load())%int64(dimension)]++
			}
			data = append(data, item{"embedding", i, vector})
		}
		answer["data"] = data
		_ = json.NewEncoder(w).Encode(answer)
	}))
	t.Cleanup(e.Close)
	return e
}

// spaced is a knowledge base that follows the current space.
type spaced struct {
	base
	*DB
	database *pgtest.DB
	spaces   *retrieval.Spaces
}

func newSpaced(t *testing.T) spaced {
	t.Helper()
	db, database := openAll(t)
	s := spaced{base: newBase(t, db), DB: db, database: database}
	model, err := embedding.Default()
	must(t, err)
	s.spaces = &retrieval.Spaces{Store: s.Knowledge, BuiltIn: model, Remote: func(space retrieval.EmbeddingSpace) (retrieval.TextEmbedder, error) {
		return llm.NewEmbeddings(llm.Config{BaseURL: space.URL, Model: space.Model})
	}}
	s.ingester.Spaces, s.customers.Spaces, s.agents.Spaces = s.spaces, s.spaces, s.spaces
	return s
}

// build makes and fills a space of an endpoint.
func (s spaced) build(t *testing.T, url, model string) retrieval.EmbeddingSpace {
	t.Helper()
	ctx := t.Context()
	client, err := llm.NewEmbeddings(llm.Config{BaseURL: url, Model: model})
	must(t, err)
	probe, err := client.Embed(ctx, []string{"passage: " + retrieval.ProbeText})
	must(t, err)
	names, err := s.logins(ctx)
	must(t, err)
	_, err = migrations.AddSpace(ctx, s.database.URLs.Migrate, migrations.Roles{App: names.App, Customer: names.Customer}, migrations.Space{
		Name: "remote", Identity: "endpoint:" + model, Model: model, URL: url, Dimension: len(probe[0]),
		DocumentPrefix: "passage: ", QueryPrefix: "query: ", Probe: pgvector.NewHalfVector(probe[0]).String(),
	})
	must(t, err)
	space, err := s.SpaceNamed(ctx, "remote")
	must(t, err)
	_, err = retrieval.Fill(ctx, s.Knowledge, space, client, nil)
	must(t, err)
	must(t, migrations.IndexSpace(ctx, s.database.URLs.Migrate, space.ID, space.Dimension))
	must(t, s.FinishSpace(ctx, space.ID))
	space.State = "ready"
	return space
}

// weigh chooses the weight of the space as building it with one does.
func (s spaced) weigh(t *testing.T, weight float64) {
	t.Helper()
	names, err := s.logins(t.Context())
	must(t, err)
	space, err := s.SpaceNamed(t.Context(), "remote")
	must(t, err)
	_, err = migrations.AddSpace(t.Context(), s.database.URLs.Migrate, migrations.Roles{App: names.App, Customer: names.Customer}, migrations.Space{
		Name: space.Name, Identity: space.Identity, Model: space.Model, URL: space.URL, Dimension: space.Dimension, DenseWeight: &weight,
	})
	must(t, err)
}

func (s spaced) use(t *testing.T, name string) {
	t.Helper()
	space, err := s.SpaceNamed(t.Context(), name)
	must(t, err)
	model, err := s.spaces.Open(t.Context(), space)
	must(t, err)
	must(t, s.SwitchSpace(t.Context(), desk.Actor{Kind: desk.SystemActor}, space, model))
}

// found1 is the first passage of a search on the customer login.
func (s spaced) found1(t *testing.T, question string) retrieval.Passage {
	t.Helper()
	passages, err := s.customers.Search(t.Context(), question, 5, retrieval.Filter{})
	must(t, err)
	if len(passages) == 0 {
		t.Fatalf("%q finds nothing", question)
	}
	return passages[0]
}

func TestASpaceIsBuiltBesideTheCurrentOneAndSwitched(t *testing.T) {
	t.Parallel()
	s := newSpaced(t)
	s.ingest(t, desk.Public, publicFiles)
	s.ingest(t, desk.Internal, internalFiles)
	server := newEndpoint(t, 3072)
	s.build(t, server.URL+"/v1", "words")
	if why := s.found1(t, "credit after an outage").Why; why.Space != "built-in" || why.Dense == 0 {
		t.Errorf("before the switch: %+v, want the built-in space", why)
	}
	if space, err := s.SpaceNamed(t.Context(), "remote"); err != nil || space.DenseWeight == nil || *space.DenseWeight < 0.399 || *space.DenseWeight > 0.401 {
		t.Errorf("an endpoint's space weighs %v, want 0.4 (%v)", space.DenseWeight, err)
	}
	s.weigh(t, 0.25)
	s.build(t, server.URL+"/v1", "words")
	if space, err := s.SpaceNamed(t.Context(), "remote"); err != nil || *space.DenseWeight != 0.25 {
		t.Errorf("building again changed a chosen weight to %v (%v)", space.DenseWeight, err)
	}
	must(t, s.CheckSeparation(t.Context()))
	// An article that is written after the build is there after the switch.
	s.ingest(t, desk.Public, merged(publicFiles, map[string]string{"late": "# Latecomer\n\nPelicans carry the evening post.\n"}))
	s.use(t, "remote")
	if p := s.found1(t, "which pelicans carry post"); p.SourceKey != "late" || p.Why.Space != "remote" || p.Why.Dense == 0 {
		t.Errorf("after the switch %s %+v, want the late article with its meaning in the new space", p.SourceKey, p.Why)
	}
	// Articles are embedded in the current space from now on, and moves take vectors along.
	s.ingest(t, desk.Public, merged(publicFiles, map[string]string{"later": "# Storks\n\nStorks carry the morning post.\n"}))
	if left, err := s.CountUnembedded(t.Context(), 2); err != nil || left != 0 {
		t.Errorf("%d passages have no vector in the current space (%v), want 0", left, err)
	}
	if server.prefixes.Load() == 0 {
		t.Error("the prefixes were not sent")
	}
	s.use(t, "built-in")
	if p := s.found1(t, "storks carry the morning post"); p.SourceKey != "later" || p.Why.Space != "built-in" || p.Why.Dense == 0 {
		t.Errorf("back again %s %+v, want the article of the meantime in the built-in space", p.SourceKey, p.Why)
	}
	if err := migrations.DropSpace(t.Context(), s.database.URLs.Migrate, 2); err != nil {
		t.Errorf("drop: %v", err)
	}
	if err := migrations.DropSpace(t.Context(), s.database.URLs.Migrate, 1); err == nil {
		t.Error("the current space was dropped")
	}
	must(t, s.CheckSeparation(t.Context()))
	s.found1(t, "credit after an outage")
}

func merged(a, b map[string]string) map[string]string {
	all := map[string]string{}
	for _, each := range []map[string]string{a, b} {
		for key, text := range each {
			all[key] = text
		}
	}
	return all
}

func TestAProcessFollowsASwitchWithItsNextQuery(t *testing.T) {
	t.Parallel()
	s := newSpaced(t)
	s.ingest(t, desk.Public, publicFiles)
	server := newEndpoint(t, 48)
	s.build(t, server.URL+"/v1", "words")
	s.found1(t, "credit")                                                                                // remembers the built-in space
	s.spaces = &retrieval.Spaces{Store: s.Knowledge, BuiltIn: s.spaces.BuiltIn, Remote: s.spaces.Remote} // of another process
	s.use(t, "remote")
	if why := s.found1(t, "credit after an outage").Why; why.Space != "remote" || why.Note != "" {
		t.Errorf("the other process still uses %+v", why)
	}
}

func TestWithoutItsEndpointWordsAreFound(t *testing.T) {
	t.Parallel()
	s := newSpaced(t)
	s.ingest(t, desk.Public, publicFiles)
	server := newEndpoint(t, 48)
	s.build(t, server.URL+"/v1", "words")
	s.use(t, "remote")
	var missed atomic.Int64
	s.spaces.Missed = func(error) { missed.Add(1) }
	server.down.Store(1)
	for range 2 {
		if p := s.found1(t, "SYNC_409"); p.SourceKey != "sync" || p.Why.Note == "" || p.Why.Dense != 0 {
			t.Errorf("%s %+v, want the section by words alone with a note", p.SourceKey, p.Why)
		}
	}
	if missed.Load() != 2 {
		t.Errorf("%d searches were counted, want 2", missed.Load())
	}
	report := s.ingest(t, desk.Public, map[string]string{"new": "# Herons\n\nHerons wait.\n"})
	if len(report.Created) != 1 || report.WithoutVectors != 1 {
		t.Errorf("%+v, want the article stored without a vector", report)
	}
	server.down.Store(0)
	space, err := s.SpaceNamed(t.Context(), "remote")
	must(t, err)
	model, err := s.spaces.Open(t.Context(), space)
	must(t, err)
	if added, err := retrieval.Fill(t.Context(), s.Knowledge, space, model, nil); err != nil || added != 1 {
		t.Errorf("filling again embedded %d (%v), want 1", added, err)
	}
}

func TestAnotherModelUnderTheSameNameIsRefused(t *testing.T) {
	t.Parallel()
	s := newSpaced(t)
	s.ingest(t, desk.Public, publicFiles)
	server := newEndpoint(t, 48)
	space := s.build(t, server.URL+"/v1", "words")
	server.salt.Store(7)
	if _, err := s.spaces.Open(t.Context(), space); !fault.Is(err, fault.Conflict) {
		t.Errorf("another model: %v, want a conflict", err)
	}
}

func TestAnInterruptedBuildGoesOn(t *testing.T) {
	t.Parallel()
	s := newSpaced(t)
	files := map[string]string{}
	for i := range 80 {
		key := "article-" + string(rune('a'+i/26)) + string(rune('a'+i%26))
		files[key] = "# " + key + "\n\nText number " + key + ".\n"
	}
	s.ingest(t, desk.Public, files)
	server := newEndpoint(t, 48)
	ctx, stop := context.WithCancel(t.Context())
	space := s.build(t, server.URL+"/v1", "words")
	run(t, s.app, "delete from chunk_vectors where space_id = $1", space.ID)
	model, err := s.spaces.Open(ctx, space)
	must(t, err)
	if done, err := retrieval.Fill(ctx, s.Knowledge, space, model, func(retrieval.Progress) { stop() }); err == nil || done != 64 {
		t.Fatalf("stopped after %d (%v), want after the first 64", done, err)
	}
	if done, err := retrieval.Fill(t.Context(), s.Knowledge, space, model, nil); err != nil || done != 16 {
		t.Errorf("going on embedded %d (%v), want the other 16", done, err)
	}
}

func TestARealEndpointFillsASpace(t *testing.T) {
	t.Parallel()
	url := os.Getenv("SIGNALBOX_TEST_EMBED_URL")
	if url == "" {
		t.Skip("SIGNALBOX_TEST_EMBED_URL is not set: docs/how-to/models.md says how to start an embedding model for the tests")
	}
	s := newSpaced(t)
	s.ingest(t, desk.Public, publicFiles)
	model := os.Getenv("SIGNALBOX_TEST_EMBED_MODEL")
	if model == "" {
		model = "e5-passage"
	}
	s.build(t, url, model)
	s.use(t, "remote")
	if p := s.found1(t, "I want my money back"); p.SourceKey != "refunds" {
		t.Errorf("a paraphrase finds %s, want refunds", p.SourceKey)
	}
}
