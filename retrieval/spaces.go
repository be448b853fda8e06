package retrieval

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/signalbox/signalbox/internal/fault"
)

// BuiltInSpace is the number of the embedding space that the migrations make.
const BuiltInSpace = 1

// BuiltInName is its name.
const BuiltInName = "built-in"

// EmbeddingSpace is where vectors can be compared: one model, one dimension. The
// zero value stands for the built-in space.
type EmbeddingSpace struct {
	ID             int       `json:"id"`
	Name           string    `json:"name"`
	State          string    `json:"state"` // building, ready, current or retired
	Model          string    `json:"model,omitempty"`
	URL            string    `json:"url,omitempty"` // "" for the built-in embedding
	Identity       string    `json:"identity"`      // names model, dimension and prefixes
	Dimension      int       `json:"dimension"`
	AskedDimension int       `json:"-"` // what the endpoint is asked for; 0 leaves it to the model
	DocumentPrefix string    `json:"document_prefix,omitempty"`
	QueryPrefix    string    `json:"query_prefix,omitempty"`
	Probe          []float32 `json:"-"`                      // the vector of [ProbeText]
	DenseWeight    *float64  `json:"dense_weight,omitempty"` // 0–1, how much meaning counts beside words; nil is that of [Parameters]
	CreatedAt      time.Time `json:"created_at"`
}

// ProbeText is embedded when a space is built and again when it is opened: a model
// that was exchanged under the same name gives itself away.
const ProbeText = "The parcel was sent to the old address."

// leastLikeness of two embeddings of the probe by one model; servers' batches and
// rounding move them in the fourth place.
const leastLikeness = 0.99

// ErrOtherSpace reports that another embedding space has become the current one.
var ErrOtherSpace = errors.New("another embedding space is current")

// TextEmbedder embeds texts as they are, each as a vector of length one, or nil
// for a text that has none.
type TextEmbedder interface {
	Embed(ctx context.Context, texts []string) ([][]float32, error)
}

// Spaces embeds in the current space, whichever it is. It is safe for concurrent use.
type Spaces struct {
	Store interface {
		CurrentSpace(ctx context.Context) (EmbeddingSpace, error)
	}
	BuiltIn Embedder
	Remote  func(EmbeddingSpace) (TextEmbedder, error) // connects to a space's endpoint
	Missed  func(error)                                // told of each question that was not embedded; may be nil

	mutex  sync.Mutex
	space  EmbeddingSpace
	model  TextEmbedder
	readAt time.Time // when the space was asked for; zero asks again
	downTo time.Time // until then a failed endpoint is left alone
}

const (
	spaceAge      = 2 * time.Second
	questionTime  = 2 * time.Second
	endpointPause = 5 * time.Second
)

// Current returns the current space with its embedder. It may be two seconds old:
// stores refuse what is older than their own view.
func (s *Spaces) Current(ctx context.Context) (EmbeddingSpace, TextEmbedder, error) {
	s.mutex.Lock()
	space, model, fresh := s.space, s.model, time.Since(s.readAt) < spaceAge
	s.mutex.Unlock()
	if fresh {
		return space, model, nil
	}
	latest, err := s.Store.CurrentSpace(ctx)
	if err != nil {
		return EmbeddingSpace{}, nil, err
	}
	if model == nil || latest.ID != space.ID || latest.Identity != space.Identity {
		if model, err = s.Open(ctx, latest); err != nil {
			return latest, nil, err
		}
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.space, s.model, s.readAt = latest, model, time.Now()
	return latest, model, nil
}

// Forget makes the next call ask for the current space.
func (s *Spaces) Forget() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.readAt = time.Time{}
}

// Open connects to a space's model and makes sure that it is the one that the
// space was made with; else it is a Conflict fault.
func (s *Spaces) Open(ctx context.Context, space EmbeddingSpace) (TextEmbedder, error) {
	if space.URL == "" {
		if space.Identity != "" && space.Identity != s.BuiltIn.Identity() {
			return nil, &fault.Error{Kind: fault.Conflict, Message: "the space " + space.Name + " was made by another version's embedding",
				Remedy: "run `signalbox embeddings build --built-in`, and switch to the space that it makes"}
		}
		return Local{s.BuiltIn}, nil
	}
	model, err := s.Remote(space)
	if err != nil {
		return nil, err
	}
	vectors, err := model.Embed(ctx, []string{space.DocumentPrefix + ProbeText})
	if err != nil {
		return nil, err
	}
	if len(vectors[0]) != space.Dimension || dot(vectors[0], space.Probe) < leastLikeness {
		return nil, &fault.Error{Kind: fault.Conflict, Message: "the endpoint of the space " + space.Name + " has another model now",
			Remedy: "start the model " + space.Model + " that the space was built with, or build another space"}
	}
	return model, nil
}

// Question embeds a question in the current space. An error means that only its
// words can be searched; the endpoint is then left alone for some seconds.
func (s *Spaces) Question(ctx context.Context, text string) (vector []float32, space EmbeddingSpace, err error) {
	defer func() {
		if err != nil && s.Missed != nil && ctx.Err() == nil {
			s.Missed(err)
		}
	}()
	s.mutex.Lock()
	down := time.Now().Before(s.downTo)
	s.mutex.Unlock()
	if down {
		return nil, space, fault.New(fault.Unavailable, "the embedding endpoint failed some seconds ago")
	}
	bounded, cancel := context.WithTimeout(ctx, questionTime)
	defer cancel()
	space, model, err := s.Current(bounded)
	if err == nil {
		var vectors [][]float32
		if vectors, err = model.Embed(bounded, []string{space.QueryPrefix + text}); err == nil {
			if vector = vectors[0]; vector != nil && len(vector) != space.Dimension {
				vector, err = nil, fault.New(fault.Unprocessable, "the embedding endpoint answered with another dimension")
			}
		}
	}
	if err != nil && ctx.Err() == nil && space.URL != "" {
		s.mutex.Lock()
		s.downTo, s.readAt, s.model = time.Now().Add(endpointPause), time.Time{}, nil
		s.mutex.Unlock()
	}
	return vector, space, err
}

// Local is the built-in embedding as a TextEmbedder.
type Local struct{ Model Embedder }

// Embed never fails.
func (l Local) Embed(_ context.Context, texts []string) ([][]float32, error) {
	vectors := make([][]float32, len(texts))
	for i, text := range texts {
		if vector := l.Model.Embed(text); HasDirection(vector) {
			vectors[i] = vector
		}
	}
	return vectors, nil
}
