package customer

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/retrieval"
)

// Searcher searches the public knowledge base on the customer login.
type Searcher interface {
	Search(ctx context.Context, text string, limit int, filter retrieval.Filter) ([]retrieval.Passage, error)
	Suggest(ctx context.Context, text string, limit int, filter retrieval.Filter) ([]retrieval.Suggestion, error)
}

// Articles reads public articles on the customer login.
type Articles interface {
	Article(ctx context.Context, id uuid.UUID, version int) (retrieval.Article, error) // version 0 is the current one
}

// Answerer answers from public passages; emit is called for each sentence in order.
type Answerer interface {
	Answer(ctx context.Context, question string, emit func(retrieval.Sentence) error) (retrieval.Answer, error)
}

// Reads is what a customer sees of their own tickets, by row-level security.
type Reads interface {
	OwnTickets(ctx context.Context, customerID uuid.UUID, limit int, cursor string) (tickets []desk.Ticket, next string, err error)
	OwnTicket(ctx context.Context, customerID, ticketID uuid.UUID) (desk.Ticket, []desk.Message, error)
}

// Writes is all that customers can change. The identity is the authenticated one.
type Writes interface {
	OpenTicket(ctx context.Context, actor desk.Actor, form Form) (desk.Receipt, error)
	RecordAnswer(ctx context.Context, actor desk.Actor, question string, answer retrieval.Answer) error
}

// Form is the ticket form.
type Form struct {
	Key     string // what a repeated form has in common with its first, for this caller alone; never ""
	Subject string
	Body    string
	Name    string // anonymous visitors only; it links to no earlier ticket
	Email   string
}

// Ticket is what a customer sees of a ticket.
type Ticket struct {
	ID        uuid.UUID   `json:"id"`
	Subject   string      `json:"subject"`
	Status    desk.Status `json:"status"`
	CreatedAt time.Time   `json:"created_at"`
	UpdatedAt time.Time   `json:"updated_at"`
}

// Comment is a public message.
type Comment struct {
	ID         uuid.UUID       `json:"id"`
	AuthorKind desk.AuthorKind `json:"author_kind"`
	Body       string          `json:"body"`
	SentAt     time.Time       `json:"sent_at"`
}

// Handlers answers customers' requests.
type Handlers struct {
	Searcher Searcher
	Articles Articles
	Answerer Answerer
	Reads    Reads
	Writes   Writes
	// Warn reports an answer that was given but could not be recorded.
	Warn func(message string, err error)
	// Problem renders an error, and logs it if it is ours. The server sets it.
	Problem func(ctx context.Context, err error) huma.StatusError
}

type searchInput struct {
	Query string `query:"q" required:"true" minLength:"1" maxLength:"2000" doc:"What to look for."`
	Limit int    `query:"limit" minimum:"1" maximum:"20" default:"5"`
}

// Result is a passage as customers see it: where it stands and what it says.
type Result struct {
	ArticleID   uuid.UUID `json:"article_id"`
	ChunkID     uuid.UUID `json:"chunk_id"`
	Title       string    `json:"title"`
	HeadingPath []string  `json:"heading_path"`
	Anchor      string    `json:"anchor"`
	Body        string    `json:"body"`
	Language    string    `json:"language"`
	Score       float64   `json:"score"`
}

// SearchOutput holds results, best first.
type SearchOutput struct {
	Body struct {
		Results []Result `json:"results"`
	}
}

// Search is GET /v1/search.
func (h *Handlers) Search(ctx context.Context, input *searchInput) (*SearchOutput, error) {
	passages, err := h.Searcher.Search(ctx, input.Query, input.Limit, retrieval.Filter{Audience: desk.Public})
	if err != nil {
		return nil, err
	}
	output := &SearchOutput{}
	output.Body.Results = make([]Result, 0, len(passages))
	for _, passage := range passages {
		output.Body.Results = append(output.Body.Results, Result{
			ArticleID: passage.ArticleID, ChunkID: passage.ChunkID, Title: passage.Title, HeadingPath: passage.HeadingPath,
			Anchor: passage.Anchor, Body: passage.Body, Language: passage.Language, Score: passage.Score,
		})
	}
	return output, nil
}

type suggestInput struct {
	Query string `query:"q" required:"true" minLength:"1" maxLength:"100" doc:"What was typed so far."`
	Limit int    `query:"limit" minimum:"1" maximum:"10" default:"5"`
}

// Suggestion is a title, or a heading of an article, that begins with what was typed.
type Suggestion struct {
	ArticleID uuid.UUID `json:"article_id"`
	Title     string    `json:"title"`
	Heading   string    `json:"heading,omitempty"`
	Anchor    string    `json:"anchor,omitempty"`
}

// SuggestOutput holds suggestions, best first.
type SuggestOutput struct {
	Body struct {
		Suggestions []Suggestion `json:"suggestions"`
	}
}

// Suggest is GET /v1/search/suggestions.
func (h *Handlers) Suggest(ctx context.Context, input *suggestInput) (*SuggestOutput, error) {
	found, err := h.Searcher.Suggest(ctx, input.Query, input.Limit, retrieval.Filter{Audience: desk.Public})
	if err != nil {
		return nil, err
	}
	output := &SuggestOutput{}
	output.Body.Suggestions = make([]Suggestion, 0, len(found))
	for _, each := range found {
		output.Body.Suggestions = append(output.Body.Suggestions, Suggestion{each.ArticleID, each.Title, each.Heading, each.Anchor})
	}
	return output, nil
}

type idInput struct {
	ID string `path:"id" format:"uuid"`
}

// Article is what a customer sees of an article.
type Article struct {
	ID        uuid.UUID `json:"id"`
	Title     string    `json:"title"`
	Body      string    `json:"body" doc:"Markdown."`
	Language  string    `json:"language"`
	Version   int       `json:"version"`
	UpdatedAt time.Time `json:"updated_at"`
}

// ArticleOutput holds one public article.
type ArticleOutput struct{ Body Article }

// Article is GET /v1/articles/{id}.
func (h *Handlers) Article(ctx context.Context, input *idInput) (*ArticleOutput, error) {
	id, err := uuid.Parse(input.ID)
	if err != nil {
		return nil, fault.New(fault.NotFound, "no such article")
	}
	article, err := h.Articles.Article(ctx, id, 0)
	if err != nil {
		return nil, err
	}
	return &ArticleOutput{Article{article.ID, article.Title, article.Body, article.Language, article.Version, article.UpdatedAt}}, nil
}
