package copilot

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/retrieval"
	"github.com/signalbox/signalbox/triage"
)

// Tickets reads tickets and decisions as an actor.
type Tickets interface {
	Ticket(ctx context.Context, actor desk.Actor, id uuid.UUID) (desk.Ticket, []desk.Message, error)
	Decision(ctx context.Context, actor desk.Actor, id uuid.UUID) (triage.Decision, error)
	// Neighbours lists the newest tickets of an intent that the actor sees, without
	// this one, each with the text of its first message.
	Neighbours(ctx context.Context, actor desk.Actor, id uuid.UUID, intent string, limit int) ([]Neighbour, error)
}

// Neighbour is a ticket that may read alike.
type Neighbour struct {
	Ticket desk.Ticket
	Intent string
	Text   string
}

// Searcher searches both audiences.
type Searcher interface {
	Search(ctx context.Context, text string, limit int, filter retrieval.Filter) ([]retrieval.Passage, error)
}

// Embedder makes unit vectors.
type Embedder interface{ Embed(text string) []float32 }

// How much a brief looks at and shows.
const (
	articlesShown   = 5
	similarShown    = 5
	neighboursRead  = 200
	leastSimilarity = 0.35
	queryBytes      = 2_000
)

// Briefer prepares briefs. Writer may be nil: then drafts are the built-in ones.
type Briefer struct {
	Tickets  Tickets
	Searcher Searcher
	Embedder Embedder
	Writer   Writer
	Log      *slog.Logger
}

// Brief prepares what the sidebar shows of a ticket, as the agent sees it.
func (b *Briefer) Brief(ctx context.Context, actor desk.Actor, ticketID uuid.UUID) (Brief, error) {
	ticket, messages, err := b.Tickets.Ticket(ctx, actor, ticketID)
	if err != nil {
		return Brief{}, err
	}
	brief := Brief{TicketID: ticket.ID, Summary: summarise(ticket, messages), Why: []string{}, Articles: []retrieval.Passage{}, Similar: []SimilarTicket{}}
	intent := ""
	if ticket.CurrentDecisionID != nil {
		decision, err := b.Tickets.Decision(ctx, actor, *ticket.CurrentDecisionID)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return Brief{}, err
		}
		if err == nil {
			brief.Decision, brief.Why, intent = &decision, triage.Explain(decision), decision.Fields[triage.FieldIntent].Value
		}
	}
	question := asked(ticket, messages)
	if brief.Articles, err = b.Searcher.Search(ctx, question, articlesShown, retrieval.Filter{}); err != nil {
		return Brief{}, err
	}
	if brief.Similar, err = b.similar(ctx, actor, ticket, intent, question); err != nil {
		return Brief{}, err
	}
	brief.Draft, brief.Notes = b.draft(ctx, ticket, messages, brief.Articles)
	return brief, nil
}

// similar ranks the intent's newest tickets by the cosine to this one.
func (b *Briefer) similar(ctx context.Context, actor desk.Actor, ticket desk.Ticket, intent, question string) ([]SimilarTicket, error) {
	neighbours, err := b.Tickets.Neighbours(ctx, actor, ticket.ID, intent, neighboursRead)
	if err != nil {
		return nil, err
	}
	own := b.Embedder.Embed(question)
	similar := []SimilarTicket{}
	for _, neighbour := range neighbours {
		cosine := dot(own, b.Embedder.Embed(first(neighbour.Ticket.Subject+"\n"+neighbour.Text, queryBytes)))
		if cosine < leastSimilarity {
			continue
		}
		similar = append(similar, SimilarTicket{
			TicketID: neighbour.Ticket.ID, Subject: neighbour.Ticket.Subject, Status: neighbour.Ticket.Status,
			Intent: neighbour.Intent, Similarity: cosine, CreatedAt: neighbour.Ticket.CreatedAt,
		})
	}
	slices.SortStableFunc(similar, func(x, y SimilarTicket) int { return cmp.Compare(y.Similarity, x.Similarity) })
	return similar[:min(len(similar), similarShown)], nil
}

// asked is what a ticket is about, as a query: subject and the customer's newest text.
func asked(ticket desk.Ticket, messages []desk.Message) string {
	return first(ticket.Subject+"\n"+newestByCustomer(messages), queryBytes)
}

func newestByCustomer(messages []desk.Message) string {
	for _, message := range slices.Backward(messages) {
		if message.AuthorKind == desk.ByCustomer && message.Audience == desk.Public && strings.TrimSpace(message.Body) != "" {
			return message.Body
		}
	}
	return ""
}

// first cuts a text to at most limit bytes at a character's edge.
func first(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	return strings.ToValidUTF8(text[:limit], "")
}

func dot(a, b []float32) float64 {
	sum := 0.0
	for i := range min(len(a), len(b)) {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}
