package customer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/negotiation"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/retrieval"
)

// AnswerView is an answer as a whole. When nothing supports one, known is false
// and the ticket form is offered.
type AnswerView struct {
	retrieval.Answer
	TicketForm string `json:"ticket_form,omitempty" doc:"Where to send a ticket instead."`
}

type askInput struct {
	Accept string `header:"Accept" doc:"text/event-stream (default) streams; application/json answers at once."`
	Body   struct {
		Question string `json:"question" minLength:"1" maxLength:"2000" doc:"The customer's question."`
	}
}

// recordTime bounds how long a customer's place is held to record an answer.
const recordTime = 5 * time.Second

// Ask is POST /v1/answers. It streams server-sent events: a `sentence` for each
// sentence with its citation, then one `answer` with the whole; an `error` ends a
// stream that broke. What fails before the first sentence is an ordinary problem.
func (h *Handlers) Ask(ctx context.Context, input *askInput) (*huma.StreamResponse, error) {
	question := strings.TrimSpace(input.Body.Question)
	if question == "" {
		return nil, fault.Field(fault.Unprocessable, "body.question", "is empty", "send a question")
	}
	if negotiation.SelectQValue(input.Accept, []string{eventStream, "application/json"}) == "application/json" {
		return h.askAtOnce(ctx, question)
	}
	return &huma.StreamResponse{Body: func(response huma.Context) {
		stream := &events{response: response}
		answer, err := h.Answerer.Answer(ctx, question, func(sentence retrieval.Sentence) error { return stream.send("sentence", sentence) })
		switch {
		case errors.Is(ctx.Err(), context.Canceled): // the customer left
		case err != nil && !stream.begun:
			refuse(response, h.Problem(ctx, err))
		case err != nil:
			_ = stream.send("error", h.Problem(ctx, err))
		case stream.send("answer", view(answer)) == nil:
			h.record(ctx, question, answer)
		}
	}}, nil
}

func (h *Handlers) askAtOnce(ctx context.Context, question string) (*huma.StreamResponse, error) {
	answer, err := h.Answerer.Answer(ctx, question, func(retrieval.Sentence) error { return nil })
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(view(answer))
	if err != nil {
		return nil, fmt.Errorf("encode an answer: %w", err)
	}
	return &huma.StreamResponse{Body: func(response huma.Context) {
		response.SetHeader("Content-Type", "application/json")
		if _, err := response.BodyWriter().Write(body); err == nil {
			h.record(ctx, question, answer)
		}
	}}, nil
}

// record keeps what was asked and cited. A customer's answer does not fail for it.
func (h *Handlers) record(ctx context.Context, question string, answer retrieval.Answer) {
	bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTime)
	defer cancel()
	if err := h.Writes.RecordAnswer(bounded, desk.ActorFrom(ctx), question, answer); err != nil {
		h.Warn("record an answer", err)
	}
}

func view(answer retrieval.Answer) AnswerView {
	view := AnswerView{Answer: answer}
	if answer.Sentences == nil {
		view.Sentences = []retrieval.Sentence{}
	}
	if !answer.Known {
		view.TicketForm = "/v1/customer/tickets"
	}
	return view
}
