package main

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/evals/safetysuite"
	"github.com/signalbox/signalbox/internal/httpapi/customer"
	"github.com/signalbox/signalbox/internal/postgres"
	"github.com/signalbox/signalbox/retrieval"
)

// both is a search that reads both audiences on the app login, as a careless change
// would make it.
type both struct{ agents *postgres.AgentSearch }

func (b both) Find(ctx context.Context, query retrieval.Query) ([]retrieval.Passage, error) {
	query.Filter = retrieval.Filter{}
	return b.agents.Find(ctx, query)
}

// filtered hides the internal passages afterwards: nothing leaks but order, scores
// and counts.
type filtered struct{ both }

func (f filtered) Find(ctx context.Context, query retrieval.Query) ([]retrieval.Passage, error) {
	found, err := f.both.Find(ctx, query)
	public := []retrieval.Passage{}
	for _, passage := range found {
		if passage.Audience == "public" {
			public = append(public, passage)
		}
	}
	return public, err
}

// anyArticle reads articles of both audiences.
type anyArticle struct{ store *postgres.Knowledge }

func (a anyArticle) Article(ctx context.Context, id uuid.UUID, version int) (retrieval.Article, error) {
	return a.store.Article(ctx, id, version)
}

// TestSafetySeesABrokenSeparation runs the suite on the service as it is, and on
// services that are broken on purpose.
func TestSafetySeesABrokenSeparation(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "private")
	keepServers(t, folder)
	for _, test := range []struct {
		name               string
		breaks             func(*app, *knowledge)
		leaks, differences bool
	}{
		{"as it is", func(*app, *knowledge) {}, false, false},
		{"search reads both audiences", func(a *app, k *knowledge) {
			k.public.Finder = both{postgres.NewAgentSearch(a.db, retrieval.DefaultParameters())}
		}, true, true},
		{"search hides afterwards", func(a *app, k *knowledge) {
			k.public.Finder = filtered{both{postgres.NewAgentSearch(a.db, retrieval.DefaultParameters())}}
		}, false, true},
	} {
		found := attacked(t, folder, func(a *app, k *knowledge) *customer.Handlers {
			test.breaks(a, k)
			return a.customers(k, func() {})
		})
		if (found.Leaks > 0) != test.leaks || (found.Differences > 0) != test.differences || found.Uncovered+found.Failures > 0 {
			t.Errorf("%s: %d leaks, %d differences, %d uncovered, %d failures: %+v", test.name, found.Leaks, found.Differences, found.Uncovered, found.Failures, found.Findings)
		}
	}
	found := attacked(t, folder, func(a *app, k *knowledge) *customer.Handlers {
		handlers := a.customers(k, func() {})
		handlers.Articles = anyArticle{k.store}
		return handlers
	})
	if found.Leaks == 0 {
		t.Error("a route that reads internal articles by their ID is not noticed")
	}
}

func attacked(t *testing.T, folder string, customers func(*app, *knowledge) *customer.Handlers) *safetysuite.Separation {
	t.Helper()
	s := &shell{environment: environment{strings.NewReader(""), &output{}, &output{}, []string{"SIGNALBOX_DIR=" + folder}}}
	suite := &safetysuite.Suite{
		Config: safetysuite.Config{Queries: 56, Pairs: 4, Seed: 1},
		Open: func(ctx context.Context) (*safetysuite.Target, error) {
			pair, err := s.newSafetyPair(ctx, safetyAtOnce, customers)
			if err != nil {
				return nil, err
			}
			return pair.target, nil
		},
	}
	found, err := suite.Run(t.Context())
	must(t, err)
	return found.Detail.(*safetysuite.Result).Separation
}
