package customer

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

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

// Ask is POST /v1/answers. It streams server-sent events: a `sentence` for each
// sentence with its citation, then one `answer` with the whole; an `error` ends a
// stream that broke.
func (h *Handlers) Ask(ctx context.Context, input *askInput) (*huma.StreamResponse, error) {
	question := strings.TrimSpace(input.Body.Question)
	if question == "" {
		return nil, fault.Field(fault.Unprocessable, "body.question", "is empty", "send a question")
	}
	if strings.Contains(input.Accept, "application/json") {
		return h.askAtOnce(ctx, question)
	}
	return &huma.StreamResponse{Body: func(response huma.Context) {
		response.SetHeader("Content-Type", "text/event-stream")
		response.SetHeader("Cache-Control", "no-store")
		response.SetHeader("X-Accel-Buffering", "no")
		stream := events{response}
		answer, err := h.Answerer.Answer(ctx, question, func(sentence retrieval.Sentence) error { return stream.send("sentence", sentence) })
		if err != nil {
			_ = stream.send("error", map[string]string{"detail": fault.Safe(err).Message})
			return
		}
		if stream.send("answer", view(answer)) == nil {
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
	h.record(ctx, question, answer)
	return &huma.StreamResponse{Body: func(response huma.Context) {
		response.SetHeader("Content-Type", "application/json")
		_, _ = response.BodyWriter().Write(body)
	}}, nil
}

// record keeps what was asked and cited. A customer's answer does not fail for it.
func (h *Handlers) record(ctx context.Context, question string, answer retrieval.Answer) {
	if err := h.Writes.RecordAnswer(context.WithoutCancel(ctx), desk.ActorFrom(ctx), question, answer); err != nil {
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

// events writes server-sent events, each flushed.
type events struct{ response huma.Context }

func (e events) send(name string, value any) error {
	data, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("encode an event: %w", err)
	}
	writer := e.response.BodyWriter()
	if _, err := fmt.Fprintf(writer, "event: %s\ndata: %s\n\n", name, data); err != nil {
		return err
	}
	if flusher, ok := writer.(http.Flusher); ok {
		flusher.Flush()
	}
	return nil
}
