package httpapi

import (
	"context"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/triage"
)

// Reviews asks people what is right, and keeps what they say.
type Reviews interface {
	Unsure(ctx context.Context, actor desk.Actor, limit int, all bool) ([]triage.Unsure, error)
	AnswerUnsure(ctx context.Context, actor desk.Actor, decisionID uuid.UUID, answers map[string]string) (triage.Reviewed, error)
	BlindQuestions(ctx context.Context, actor desk.Actor, limit int) (triage.BlindQueue, error)
	AnswerBlind(ctx context.Context, actor desk.Actor, ticketID uuid.UUID, answers map[string]string) (triage.Reviewed, error)
}

// Promises says how what acts alone stands.
type Promises interface {
	Promise(ctx context.Context) (triage.PromiseReport, error)
}

const (
	reviewUnsure = "unsure"
	reviewBlind  = "blind"
)

// ReviewQueue holds the tickets of one kind.
type ReviewQueue struct {
	Kind   string             `json:"kind"`
	Unsure []triage.Unsure    `json:"unsure,omitempty"`
	Blind  *triage.BlindQueue `json:"blind,omitempty"`
}

type reviewInput struct {
	Kind  string `query:"kind" enum:"unsure,blind" default:"unsure" doc:"unsure: what was left to a person. blind: the sample, as it was at intake."`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"20"`
}

func (s *Server) listReview(ctx context.Context, input *reviewInput) (*body[ReviewQueue], error) {
	actor, queue := desk.ActorFrom(ctx), ReviewQueue{Kind: input.Kind}
	if input.Kind == reviewBlind {
		blind, err := s.stores.Reviews.BlindQuestions(ctx, actor, input.Limit)
		queue.Blind = &blind
		return &body[ReviewQueue]{queue}, err
	}
	var err error
	queue.Unsure, err = s.stores.Reviews.Unsure(ctx, actor, input.Limit, false)
	return &body[ReviewQueue]{queue}, err
}

type answerReviewInput struct {
	Body struct {
		Kind    string            `json:"kind" enum:"unsure,blind"`
		ID      string            `json:"id" format:"uuid" doc:"unsure: the decision_id. blind: the ticket_id."`
		Answers map[string]string `json:"answers" doc:"What is right, by field. Leave out what you cannot tell."`
	}
}

// maximumAnswers bounds what one request can say: there are not so many fields.
const maximumAnswers = 20

// answerReview stores an answer. Sending it again stores nothing and says so.
func (s *Server) answerReview(ctx context.Context, input *answerReviewInput) (*body[triage.Reviewed], error) {
	id, err := idInput{input.Body.ID}.uuid()
	if err != nil {
		return nil, err
	}
	if len(input.Body.Answers) > maximumAnswers {
		return nil, fault.Field(fault.Unprocessable, "answers", "are too many", "answer the fields that are asked")
	}
	for field, value := range input.Body.Answers {
		if err := s.stores.Values.CheckValue(field, value); err != nil {
			return nil, err
		}
	}
	answer := s.stores.Reviews.AnswerUnsure
	if input.Body.Kind == reviewBlind {
		answer = s.stores.Reviews.AnswerBlind
	}
	reviewed, err := answer(ctx, desk.ActorFrom(ctx), id, input.Body.Answers)
	return &body[triage.Reviewed]{reviewed}, err
}

func (s *Server) promise(ctx context.Context, _ *struct{}) (*body[triage.PromiseReport], error) {
	report, err := s.stores.Promises.Promise(ctx)
	return &body[triage.PromiseReport]{report}, err
}
