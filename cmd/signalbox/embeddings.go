package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"github.com/pgvector/pgvector-go"
	"github.com/spf13/cobra"

	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/internal/llm"
	"github.com/signalbox/signalbox/migrations"
	"github.com/signalbox/signalbox/retrieval"
)

// buildFlags say which embedding a space is built with.
type buildFlags struct {
	name, url, model            string
	documentPrefix, queryPrefix string
	dimension                   int
	builtIn                     bool
	denseWeight                 float64 // below 0: the usual one
}

// largestDimension that an endpoint's vectors may have.
const largestDimension = 3072

func (s *shell) embeddings() *cobra.Command {
	return group("embeddings", "Build, switch and drop embedding spaces", "  signalbox embeddings list",
		s.embeddingsList(), s.embeddingsBuild(), s.embeddingsSwitch(), s.embeddingsDrop())
}

func (s *shell) embeddingsList() *cobra.Command {
	return s.withJSON(&cobra.Command{
		Use: "list", Short: "List embedding spaces, and how much of the articles each holds", Args: cobra.NoArgs,
		Example: "  signalbox embeddings list --json",
		RunE: func(command *cobra.Command, _ []string) error {
			return s.withKnowledge(command.Context(), func(_ *app, k *knowledge) error {
				spaces, err := k.store.Spaces(command.Context())
				if err != nil {
					return err
				}
				return s.print(spaces, func() {
					rows := make([][]string, len(spaces))
					for i, space := range spaces {
						rows[i] = []string{space.Name, space.State, fmt.Sprint(space.Dimension), fmt.Sprintf("%d of %d", space.Vectors, space.Chunks), weightOf(space.EmbeddingSpace), space.Model, space.URL}
					}
					s.table([]string{"NAME", "STATE", "DIMENSION", "PASSAGES", "WEIGHT", "MODEL", "URL"}, rows)
				})
			})
		},
	})
}

// weightOf tells how much meaning counts in a space.
func weightOf(space retrieval.EmbeddingSpace) string {
	weight := retrieval.DefaultParameters().DenseWeight
	if space.DenseWeight != nil {
		weight = *space.DenseWeight
	}
	return fmt.Sprintf("%.2f", weight)
}

func (s *shell) embeddingsBuild() *cobra.Command {
	var flags buildFlags
	command := &cobra.Command{
		Use: "build", Short: "Embed every passage in a further space, beside the running one", Args: cobra.NoArgs,
		Long: `Make a further embedding space and embed every passage of both knowledge bases in it, while
searches go on in the current one. Killed, the same command goes on where it was. Afterwards
signalbox embeddings switch NAME uses it. It makes tables: DATABASE_URL_MIGRATE must name
the login that owns the schema. The key of an endpoint is SIGNALBOX_EMBEDDING_KEY.`,
		Example: `  signalbox embeddings build --url https://models.example.com/v1 --model text-embed-3 --dimension 1024
  signalbox embeddings build --url http://127.0.0.1:8080/v1 --model e5-small --query-prefix "query: " --document-prefix "passage: "
  signalbox embeddings build --built-in`,
		RunE: func(command *cobra.Command, _ []string) error {
			if err := flags.validate(); err != nil {
				return withCode(exitUsage, err)
			}
			return s.withOwner(command.Context(), func(app *app, k *knowledge) error {
				return s.buildSpace(command.Context(), app, k, flags)
			})
		},
	}
	set := command.Flags()
	set.StringVar(&flags.url, "url", "", "OpenAI-compatible endpoint, such as https://host/v1")
	set.StringVar(&flags.model, "model", "", "embedding model of the endpoint")
	set.IntVar(&flags.dimension, "dimension", 0, "dimensions to ask the endpoint for, 1-3072 (the model's own)")
	set.BoolVar(&flags.builtIn, "built-in", false, "use the embedding of this program")
	set.StringVar(&flags.name, "name", "", "name of the space (the model's)")
	set.StringVar(&flags.documentPrefix, "document-prefix", "", "what the model wants before a passage, such as \"passage: \"")
	set.StringVar(&flags.queryPrefix, "query-prefix", "", "what the model wants before a question, such as \"query: \"")
	set.Float64Var(&flags.denseWeight, "dense-weight", unsetWeight, "how much meaning counts beside words, 0-1 (0.4 for an endpoint, 0.2 for --built-in)")
	return s.withJSON(command)
}

// unsetWeight stands for a weight that nobody gave.
const unsetWeight = -1

func isWeight(weight float64) bool { return weight == unsetWeight || weight >= 0 && weight <= 1 }

// validate names the first flag that is wrong.
func (f buildFlags) validate() error {
	address, err := url.Parse(f.url)
	switch {
	case f.builtIn && (f.url != "" || f.model != "" || f.dimension != 0 || f.documentPrefix != "" || f.queryPrefix != ""):
		return fault.Field(fault.Invalid, "--built-in", "takes no endpoint", "leave the other flags out, or --built-in")
	case !f.builtIn && f.url == "":
		return fault.Field(fault.Invalid, "--url", "is missing", "name an endpoint, or use --built-in")
	case !isWeight(f.denseWeight):
		return fault.Field(fault.Invalid, "--dense-weight", "is out of range", "use 0 to 1, such as 0.4")
	case f.builtIn:
		return nil
	case err != nil || address.Host == "" || address.Scheme != "http" && address.Scheme != "https":
		return fault.Field(fault.Invalid, "--url", "is no http or https address", "name the endpoint, such as http://127.0.0.1:8080/v1")
	case address.User != nil || address.RawQuery != "":
		return fault.Field(fault.Invalid, "--url", "holds a key or a query", "put the key into SIGNALBOX_EMBEDDING_KEY")
	case f.model == "":
		return fault.Field(fault.Invalid, "--model", "is missing", "name an embedding model of the endpoint")
	case f.dimension < 0 || f.dimension > largestDimension:
		return fault.Field(fault.Invalid, "--dimension", "is out of range", "use 1 to 3072, or leave it out")
	}
	return nil
}

// wanted asks the embedding for its dimension and names the space.
func (f buildFlags) wanted(ctx context.Context, app *app, k *knowledge) (migrations.Space, retrieval.TextEmbedder, error) {
	space := migrations.Space{Name: f.name, Model: f.model, URL: f.url, AskedDimension: f.dimension, DocumentPrefix: f.documentPrefix, QueryPrefix: f.queryPrefix}
	if f.denseWeight != unsetWeight {
		space.DenseWeight = &f.denseWeight
	}
	if f.builtIn {
		space.Identity, space.Dimension = k.embedder.Identity(), k.embedder.Dimension()
		if space.Name == "" {
			space.Name = retrieval.BuiltInName + "-" + hash(space.Identity)
		}
		return space, retrieval.Local{Model: k.embedder}, nil
	}
	model, err := llm.NewEmbeddings(llm.Config{BaseURL: f.url, Model: f.model, Key: app.config.EmbeddingKey, Dimension: f.dimension})
	if err != nil {
		return space, nil, err
	}
	vectors, err := model.Embed(ctx, []string{f.documentPrefix + retrieval.ProbeText})
	if err != nil {
		return space, nil, withCode(exitUnavailable, fmt.Errorf("ask the embedding endpoint: %w", err))
	}
	space.Dimension, space.Probe = len(vectors[0]), pgvector.NewHalfVector(vectors[0]).String()
	switch {
	case f.dimension != 0 && space.Dimension != f.dimension:
		return space, nil, withCode(exitUsage, fault.Field(fault.Invalid, "--dimension", fmt.Sprintf("is not what the model gives, which is %d", space.Dimension), "leave it out"))
	case space.Dimension > largestDimension:
		return space, nil, withCode(exitUsage, fault.Field(fault.Invalid, "--dimension", fmt.Sprintf("of the model is %d, and 3072 is the most", space.Dimension), "ask the endpoint for fewer with --dimension"))
	}
	space.Identity = "endpoint:" + hash(f.model, fmt.Sprint(space.Dimension), f.documentPrefix, f.queryPrefix)
	if space.Name == "" {
		space.Name = f.model
	}
	return space, model, nil
}

// hash names what makes vectors comparable.
func hash(parts ...string) string {
	encoded, _ := json.Marshal(parts) // strings always encode
	sum := sha256.Sum256(encoded)
	return hex.EncodeToString(sum[:6])
}

// builtSpace is what build prints.
type builtSpace struct {
	retrieval.EmbeddingSpace
	Embedded int     `json:"embedded"` // by this run
	Seconds  float64 `json:"seconds"`
}

func (s *shell) buildSpace(ctx context.Context, app *app, k *knowledge, flags buildFlags) error {
	started := time.Now()
	wanted, model, err := flags.wanted(ctx, app, k)
	if err != nil {
		return err
	}
	roles, err := rolesOf(app.config)
	if err != nil {
		return withCode(exitUsage, err)
	}
	if _, err := migrations.AddSpace(ctx, app.config.DatabaseURLMigrate, roles, wanted); err != nil {
		return err
	}
	space, err := k.store.SpaceNamed(ctx, wanted.Name)
	if err != nil {
		return err
	}
	meter := s.meter("passages")
	embedded, err := retrieval.Fill(ctx, k.store, space, model, func(p retrieval.Progress) { meter.show(p.Done, p.Total, p.PerSecond, p.Left) })
	if err == nil {
		meter.say("building the index")
		err = migrations.IndexSpace(ctx, app.config.DatabaseURLMigrate, space.ID, space.Dimension)
	}
	meter.end()
	if err != nil {
		return fmt.Errorf("%w\nwhat was embedded is kept: run the same command again", err)
	}
	if err := k.store.FinishSpace(ctx, space.ID); err != nil {
		return err
	}
	if space, err = k.store.SpaceNamed(ctx, wanted.Name); err != nil {
		return err
	}
	built := builtSpace{space, embedded, time.Since(started).Seconds()}
	return s.print(built, func() {
		s.printf("%s holds %d further passages (%.0f s); use it: signalbox embeddings switch %s\n", space.Name, embedded, built.Seconds, space.Name)
	})
}

func (s *shell) embeddingsSwitch() *cobra.Command {
	return s.withJSON(&cobra.Command{
		Use: "switch NAME", Short: "Use a space from the next query on, in every process", Args: cobra.ExactArgs(1),
		Long: `Use a built space for questions and new articles. Passages that were written since it was
built are embedded first. Every process follows with its next query, and no vector is ever
compared with one of another space. signalbox embeddings switch built-in goes back.`,
		Example: "  signalbox embeddings switch e5-small\n  signalbox embeddings switch built-in",
		RunE: func(command *cobra.Command, args []string) error {
			return s.withKnowledge(command.Context(), func(app *app, k *knowledge) error {
				return s.switchSpace(command.Context(), k, args[0])
			})
		},
	})
}

func (s *shell) switchSpace(ctx context.Context, k *knowledge, name string) error {
	space, err := k.store.SpaceNamed(ctx, name)
	if err != nil {
		return err
	}
	if space.URL == "" && space.Identity == "" {
		space.Identity = k.embedder.Identity()
	}
	model, err := k.spaces.Open(ctx, space)
	if err != nil {
		return err
	}
	// The most is done before the writers have to wait.
	meter := s.meter("passages")
	_, err = retrieval.Fill(ctx, k.store, space, model, func(p retrieval.Progress) { meter.show(p.Done, p.Total, p.PerSecond, p.Left) })
	meter.end()
	if err != nil {
		return err
	}
	if err := k.store.SwitchSpace(ctx, operator, space, model); err != nil {
		return err
	}
	space.State = "current"
	return s.print(space, func() { s.printf("%s is used from now on\n", space.Name) })
}

func (s *shell) embeddingsDrop() *cobra.Command {
	return s.withJSON(&cobra.Command{
		Use: "drop NAME", Short: "Remove a space with its vectors; neither the current one nor built-in", Args: cobra.ExactArgs(1),
		Example: "  signalbox embeddings drop e5-small",
		RunE: func(command *cobra.Command, args []string) error {
			ctx := command.Context()
			return s.withOwner(ctx, func(app *app, k *knowledge) error {
				space, err := k.store.SpaceNamed(ctx, args[0])
				switch {
				case err != nil:
					return err
				case space.State == "current":
					return &fault.Error{Kind: fault.Conflict, Message: "the space is the current one", Remedy: "switch to another one first, such as built-in"}
				case space.ID == retrieval.BuiltInSpace:
					return &fault.Error{Kind: fault.Conflict, Message: "the built-in space is the way back", Remedy: "leave it"}
				}
				if err := migrations.DropSpace(ctx, app.config.DatabaseURLMigrate, space.ID); err != nil {
					return err
				}
				return s.print(space, func() { s.printf("%s is gone\n", space.Name) })
			})
		},
	})
}

// withOwner wants the login that may make and drop tables.
func (s *shell) withOwner(ctx context.Context, do func(*app, *knowledge) error) error {
	return s.withKnowledge(ctx, func(app *app, k *knowledge) error {
		if app.config.DatabaseURLMigrate == "" {
			return withCode(exitUsage, fault.Field(fault.Invalid, "DATABASE_URL_MIGRATE", "is missing: a space's tables belong to the schema's owner", "name the login that ran signalbox migrate up"))
		}
		return do(app, k)
	})
}
