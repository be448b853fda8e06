package triage

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/embedding"
	"github.com/signalbox/signalbox/internal/fault"
)

// LabelledTicket is a ticket that a model may have been trained with.
type LabelledTicket struct {
	ID            uuid.UUID
	Subject, Text string            // Text is the beginning of the first message
	Labels        map[string]string // by field
}

// Nearest is a labelled ticket that reads alike.
type Nearest struct {
	TicketID   uuid.UUID         `json:"ticket_id"`
	Subject    string            `json:"subject"`
	Labels     map[string]string `json:"labels"`
	Similarity float64           `json:"similarity"` // cosine of the built-in embeddings
}

// Records reads what an explanation needs, as an actor: what they may not see is
// NotFound or left out.
type Records interface {
	Recorded(ctx context.Context, actor desk.Actor, id uuid.UUID) (Recorded, error)
	// LabelledTickets passes the newest tickets that were labelled by a moment, at
	// most limit of them, without one of them.
	LabelledTickets(ctx context.Context, actor desk.Actor, without uuid.UUID, by time.Time, limit int, use func(LabelledTicket) error) error
	Model(ctx context.Context, id uuid.UUID) (ModelRecord, []byte, error)
}

// How much an explanation compares and shows.
const (
	comparedTickets = 5_000
	nearestShown    = 5
	comparedBytes   = 4_000
	atOnce          = 2
)

// Explainer explains decisions. It is safe for concurrent use, and compares for two
// readers at once: each comparison reads thousands of tickets.
type Explainer struct {
	records Records
	places  chan struct{}

	mutex sync.Mutex // of the model that was read last
	model *Model
	of    ModelRecord
}

// NewExplainer returns an explainer of these records.
func NewExplainer(records Records) *Explainer {
	return &Explainer{records: records, places: make(chan struct{}, atOnce)}
}

// Explanation explains a decision to an actor. NotFound if there is none or the actor
// doesn't see it. What is gone, of the text or of the model, stands in Notes.
func (e *Explainer) Explanation(ctx context.Context, actor desk.Actor, id uuid.UUID) (Explanation, error) {
	recorded, err := e.records.Recorded(ctx, actor, id)
	if err != nil {
		return Explanation{}, err
	}
	explanation := recorded.explain()
	if recorded.Erased {
		return explanation, nil
	}
	modelID := recorded.Decision.Versions.ModelID
	if modelID == uuid.Nil {
		explanation.Notes = append(explanation.Notes, "no model was trained yet when this was decided")
		return explanation, nil
	}
	model, record, err := e.load(ctx, modelID)
	if fault.Is(err, fault.NotFound) {
		explanation.Notes = append(explanation.Notes, "the model that decided was deleted")
		return explanation, nil
	}
	if fault.Is(err, fault.Conflict) {
		explanation.Notes = append(explanation.Notes, "the model that decided cannot be read by this program any more")
		return explanation, nil
	}
	if err != nil {
		return Explanation{}, err
	}
	text := recorded.text()
	if explanation.Pieces, err = model.weigh(text, recorded.Decision.Fields); err != nil {
		return Explanation{}, fmt.Errorf("explain decision %s: %w", id, err)
	}
	explanation.Nearest, err = e.nearest(ctx, actor, recorded.Ticket.ID, text.text, record)
	return explanation, err
}

// load keeps the model that was read last: most questions are about the newest ones.
func (e *Explainer) load(ctx context.Context, id uuid.UUID) (*Model, ModelRecord, error) {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	if e.of.ID == id {
		return e.model, e.of, nil
	}
	record, artifact, err := e.records.Model(ctx, id)
	if err != nil {
		return nil, ModelRecord{}, err
	}
	model := &Model{}
	if err := model.UnmarshalBinary(artifact); err != nil {
		return nil, ModelRecord{}, fmt.Errorf("read model %d: %w", record.Version, err)
	}
	e.model, e.of = model, record
	return model, record, nil
}

// nearest ranks the tickets that were labelled before the model was trained.
func (e *Explainer) nearest(ctx context.Context, actor desk.Actor, own uuid.UUID, text string, trained ModelRecord) ([]Nearest, error) {
	select {
	case e.places <- struct{}{}:
		defer func() { <-e.places }()
	case <-ctx.Done():
		return nil, fault.Wrap(fault.Unavailable, ctx.Err(), "too many explanations at once")
	}
	embedder, err := embedding.Default()
	if err != nil {
		return nil, fmt.Errorf("load the built-in embedding: %w", err)
	}
	target := embedder.Embed(text)
	best := []Nearest{}
	var vector []float32
	err = e.records.LabelledTickets(ctx, actor, own, trained.CreatedAt, comparedTickets, func(ticket LabelledTicket) error {
		read := ticket.Subject + "\n" + ticket.Text
		vector = embedder.EmbedInto(vector, read[:runeStart(read, min(len(read), comparedBytes))])
		found := Nearest{ticket.ID, strings.ToValidUTF8(ticket.Subject, ""), ticket.Labels, fourDigits(cosine(target, vector))}
		place, _ := slices.BinarySearchFunc(best, found, func(a, b Nearest) int { return cmp.Compare(b.Similarity, a.Similarity) })
		if found.Similarity > 0 && place < nearestShown {
			best = slices.Insert(best, place, found)
			best = best[:min(len(best), nearestShown)]
		}
		return nil
	})
	return best, err
}

// cosine is that of vectors of length one.
func cosine(a, b []float32) float64 {
	sum := 0.0
	for i := range min(len(a), len(b)) {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}
