package main

import (
	"github.com/signalbox/signalbox/internal/embedding"
	"github.com/signalbox/signalbox/internal/llm"
	"github.com/signalbox/signalbox/internal/outbound"
	"github.com/signalbox/signalbox/internal/postgres"
	"github.com/signalbox/signalbox/retrieval"
)

// knowledge is what reads and writes articles: one analysis and one embedding for
// documents and questions.
type knowledge struct {
	store    *postgres.Knowledge
	embedder *embedding.Model
	analyser *retrieval.Analyser
	customer *postgres.CustomerSearch
	public   *retrieval.Searcher // on the customer login
	all      *retrieval.Searcher // on the app login, for agents
	answerer *retrieval.Answerer
	spaces   *retrieval.Spaces
}

func (a *app) knowledge() (*knowledge, error) {
	embedder, err := embedding.Default()
	if err != nil {
		return nil, err
	}
	parameters := retrieval.DefaultParameters()
	analyser, err := retrieval.NewAnalyser(parameters, nil)
	if err != nil {
		return nil, err
	}
	store := postgres.NewKnowledge(a.db)
	spaces := &retrieval.Spaces{Store: store, BuiltIn: embedder, Remote: a.endpoint}
	customer := postgres.NewCustomerSearch(a.db, parameters)
	public := &retrieval.Searcher{Finder: customer, Embedder: embedder, Analyser: analyser, Spaces: spaces}
	all := &retrieval.Searcher{Finder: postgres.NewAgentSearch(a.db, parameters), Embedder: embedder, Analyser: analyser, Spaces: spaces}
	answerer, err := retrieval.NewAnswerer(public, embedder, analyser, retrieval.DefaultAnswerConfig())
	if err != nil {
		return nil, err
	}
	return &knowledge{store, embedder, analyser, customer, public, all, answerer, spaces}, nil
}

// endpoint connects to the endpoint that a space was built with.
func (a *app) endpoint(space retrieval.EmbeddingSpace) (retrieval.TextEmbedder, error) {
	return llm.NewEmbeddings(llm.Config{BaseURL: space.URL, Model: space.Model, Key: a.config.EmbeddingKey, Dimension: space.AskedDimension})
}

func (k *knowledge) ingester() *retrieval.Ingester {
	return &retrieval.Ingester{Store: k.store, Space: k.store, Embedder: k.embedder, Analyser: k.analyser, Spaces: k.spaces}
}

// keeper runs imports and syncs.
func (a *app) keeper(k *knowledge) *retrieval.Keeper {
	return &retrieval.Keeper{
		Ingester: k.ingester(), Origins: k.store, Imports: k.store, Validators: k.store,
		Fetcher: outbound.NewFetcher(outbound.FetchConfig{PrivateHosts: a.config.ImportHosts}),
	}
}
