package customer

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

const eventStream = "text/event-stream"

// events writes server-sent events (WHATWG HTML, 9.2), each flushed. The head goes
// out with the first one, so that until then there can be another status.
type events struct {
	response huma.Context
	begun    bool
}

func (e *events) send(name string, value any) error {
	data, err := json.Marshal(value) // on one line, as an event's data must be
	if err != nil {
		return fmt.Errorf("encode an event: %w", err)
	}
	if !e.begun {
		e.begun = true
		e.response.SetHeader("Content-Type", eventStream)
		e.response.SetHeader("X-Accel-Buffering", "no") // nginx would hold sentences back
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

// refuse answers a request whose stream has not begun.
func refuse(response huma.Context, problem huma.StatusError) {
	if with, ok := problem.(huma.HeadersError); ok {
		for name, values := range with.GetHeaders() {
			response.SetHeader(name, values[0])
		}
	}
	response.SetHeader("Content-Type", "application/problem+json")
	response.SetStatus(problem.GetStatus())
	_ = json.NewEncoder(response.BodyWriter()).Encode(problem) // fails only if the caller has left
}
