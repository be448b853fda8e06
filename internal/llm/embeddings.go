package llm

import (
	"context"
	"math"
	"math/rand/v2"
	"strings"
	"time"

	openai "github.com/sashabaranov/go-openai"

	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/internal/outbound"
)

// embeddingAttempts is how often a failed request is made altogether: a long job
// should outlive a server's restart.
const embeddingAttempts = 4

// embeddingBytes of a text are sent: models cut what is longer, or refuse it.
const embeddingBytes = 6_000

// Embeddings is an embedding model behind an OpenAI-compatible endpoint. It is safe
// for concurrent use.
type Embeddings struct {
	client *openai.Client
	config Config
}

// NewEmbeddings connects to the endpoint that the owner set; it may be in a private
// network.
func NewEmbeddings(config Config) (*Embeddings, error) {
	switch {
	case outbound.HostOf(config.BaseURL) == "" || !strings.HasPrefix(config.BaseURL, "http"):
		return nil, fault.Field(fault.Invalid, "--embedding-url", "is no http or https address", "name the endpoint, such as http://127.0.0.1:8080/v1")
	case config.Model == "":
		return nil, fault.Field(fault.Invalid, "--embedding-model", "is missing beside --embedding-url", "name an embedding model of the endpoint")
	}
	if config.Timeout == 0 {
		config.Timeout = 2 * time.Minute
	}
	settings := openai.DefaultConfig(config.Key)
	settings.BaseURL = strings.TrimRight(config.BaseURL, "/")
	settings.HTTPClient = outbound.New(outbound.Config{PrivateHosts: []string{outbound.HostOf(config.BaseURL)}, HeaderTimeout: config.Timeout})
	return &Embeddings{openai.NewClientWithConfig(settings), config}, nil
}

// Name is the model's name.
func (e *Embeddings) Name() string { return e.config.Model }

// Embed returns one vector of length one a text, and nil for a text without any.
// Errors are Unavailable or Unprocessable, or the context's.
func (e *Embeddings) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	vectors := make([][]float32, len(texts))
	var sent []string
	var places []int
	for i, text := range texts {
		if strings.TrimSpace(text) != "" {
			sent, places = append(sent, strings.ToValidUTF8(text[:min(len(text), embeddingBytes)], "")), append(places, i)
		}
	}
	if len(sent) == 0 {
		return vectors, ctx.Err()
	}
	received, err := e.retry(ctx, sent)
	if err != nil {
		return nil, err
	}
	for i, vector := range received {
		vectors[places[i]] = vector
	}
	return vectors, nil
}

func (e *Embeddings) retry(ctx context.Context, texts []string) (vectors [][]float32, err error) {
	for attempt := range embeddingAttempts {
		if attempt > 0 {
			select {
			case <-ctx.Done():
				return nil, ctx.Err()
			case <-time.After(time.Duration(1<<attempt)*150*time.Millisecond + rand.N(200*time.Millisecond)):
			}
		}
		vectors, err = e.once(ctx, texts)
		if err == nil || !fault.Is(err, fault.Unavailable) || ctx.Err() != nil {
			break
		}
	}
	if err != nil && ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return vectors, err
}

func (e *Embeddings) once(ctx context.Context, texts []string) ([][]float32, error) {
	ctx, cancel := context.WithTimeout(ctx, e.config.Timeout)
	defer cancel()
	response, err := e.client.CreateEmbeddings(ctx, openai.EmbeddingRequestStrings{
		Input: texts, Model: openai.EmbeddingModel(e.config.Model), Dimensions: e.config.Dimension,
	})
	if err != nil {
		return nil, classify(err)
	}
	vectors := make([][]float32, len(texts))
	for _, entry := range response.Data {
		if entry.Index < 0 || entry.Index >= len(vectors) || len(entry.Embedding) == 0 ||
			len(entry.Embedding) != len(response.Data[0].Embedding) || !normalise(entry.Embedding) {
			return nil, fault.New(fault.Unprocessable, "the model answered with embeddings that cannot be used")
		}
		vectors[entry.Index] = entry.Embedding
	}
	for _, vector := range vectors {
		if vector == nil {
			return nil, fault.New(fault.Unprocessable, "the model answered with too few embeddings")
		}
	}
	return vectors, nil
}

// normalise makes the length one; it is false for a vector that has none.
func normalise(vector []float32) bool {
	var square float64
	for _, x := range vector {
		square += float64(x) * float64(x)
	}
	if !(square > 0) || math.IsInf(square, 0) {
		return false
	}
	for i := range vector {
		vector[i] = float32(float64(vector[i]) / math.Sqrt(square))
	}
	return true
}
