package main

import (
	"context"
	"fmt"
	"sync"

	"github.com/signalbox/signalbox/evals/retrievalsuite"
	"github.com/signalbox/signalbox/evals/triagesuite"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/internal/llm"
	"github.com/signalbox/signalbox/internal/local"
	"github.com/signalbox/signalbox/internal/postgres"
	"github.com/signalbox/signalbox/migrations"
	"github.com/signalbox/signalbox/retrieval"
)

// checkEndpoint names the first flag of an embedding endpoint that is wrong.
func (e searchEvaluation) checkEndpoint() error {
	f := e.endpoint
	switch {
	case !isWeight(f.denseWeight):
		return fault.Field(fault.Invalid, "--dense-weight", "is out of range", "use 0 to 1, such as 0.4")
	case f.url == "" && (f.model != "" || f.dimension != 0 || f.documentPrefix != "" || f.queryPrefix != ""):
		return fault.Field(fault.Invalid, "--embedding-url", "is missing beside the other flags of an endpoint", "name the endpoint")
	case f.url == "":
		return nil
	case f.model == "":
		return fault.Field(fault.Invalid, "--embedding-model", "is missing", "name an embedding model of the endpoint")
	case f.dimension < 0 || f.dimension > largestDimension:
		return fault.Field(fault.Invalid, "--embedding-dimension", "is out of range", "use 1 to 3072, or leave it out")
	}
	return nil
}

// useEndpoint makes the run embed in a space of an endpoint's, as `signalbox embeddings`
// builds and switches to one. What was embedded once is kept on disk.
func (e searchEvaluation) useEndpoint(ctx context.Context, base *app, owner string, engine *retrievalsuite.Engine) error {
	f := e.endpoint
	server, err := llm.NewEmbeddings(llm.Config{BaseURL: f.url, Model: f.model, Key: base.config.EmbeddingKey, Dimension: f.dimension})
	if err != nil {
		return err
	}
	cached, err := triagesuite.NewCached(named{server, fmt.Sprintf("%s:%d", server.Name(), f.dimension)}, e.cache)
	if err != nil {
		return err
	}
	model := &oneAtATime{inner: cached}
	probe, err := model.Embed(ctx, []string{f.documentPrefix + retrieval.ProbeText})
	if err != nil {
		return withCode(exitUnavailable, fmt.Errorf("ask the embedding endpoint: %w", err))
	}
	if len(probe[0]) > largestDimension {
		return withCode(exitUsage, fault.Field(fault.Invalid, "--embedding-dimension", fmt.Sprintf("of the model is %d, and 3072 is the most", len(probe[0])), "ask for fewer"))
	}
	wanted := migrations.Space{
		Name: "endpoint", Model: f.model, URL: f.url, Dimension: len(probe[0]), DocumentPrefix: f.documentPrefix, QueryPrefix: f.queryPrefix,
		Identity: "endpoint:" + hash(f.model, fmt.Sprint(len(probe[0])), f.documentPrefix, f.queryPrefix), DenseWeight: &engine.Parameters.DenseWeight,
	}
	if _, err := migrations.AddSpace(ctx, owner, migrations.Roles{App: local.AppRole, Customer: local.CustomerRole}, wanted); err != nil {
		return err
	}
	knowledge := postgres.NewKnowledge(base.db)
	space, err := knowledge.SpaceNamed(ctx, wanted.Name)
	if err != nil {
		return err
	}
	engine.Embedding = f.model + " at an endpoint"
	engine.Fill = func(ctx context.Context, progress func(done, total int)) error {
		if _, err := retrieval.Fill(ctx, knowledge, space, model, func(p retrieval.Progress) { progress(p.Done, p.Total) }); err != nil {
			return err
		}
		if err := migrations.IndexSpace(ctx, owner, space.ID, space.Dimension); err != nil {
			return err
		}
		if err := knowledge.FinishSpace(ctx, space.ID); err != nil {
			return err
		}
		ready := space
		ready.State = "ready"
		return knowledge.SwitchSpace(ctx, operator, ready, model)
	}
	engine.Question = func(ctx context.Context, text string) ([]float32, retrieval.EmbeddingSpace, error) {
		vectors, err := model.Embed(ctx, []string{space.QueryPrefix + text})
		if err != nil {
			return nil, space, fmt.Errorf("embed a question: %w", err)
		}
		return vectors[0], space, nil
	}
	return nil
}

// named is an embedder under a name that also tells its dimension.
type named struct {
	triagesuite.Embedder
	name string
}

func (n named) Name() string { return n.name }

// oneAtATime guards an embedder that is for one goroutine.
type oneAtATime struct {
	mutex sync.Mutex
	inner triagesuite.Embedder
}

func (o *oneAtATime) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return o.inner.Embed(ctx, texts)
}
