package triagefuzz

import (
	"fmt"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/triage"
)

// check says what about a decision cannot be, "" if nothing.
func check(decision triage.Decision, input triage.Input) string {
	if decision.Priority < 0 || decision.Priority > 100 {
		return fmt.Sprintf("the priority is %d", decision.Priority)
	}
	sum := 0
	for _, factor := range decision.Factors {
		sum += factor.Points
	}
	if min(max(sum, 0), 100) != decision.Priority {
		return fmt.Sprintf("the factors sum to %d and the priority is %d", sum, decision.Priority)
	}
	for name, field := range decision.Fields {
		if wrong := checkField(field); wrong != "" {
			return name + ": " + wrong
		}
	}
	return checkSpans(decision, input)
}

func checkField(field triage.Field) string {
	if !isShare(field.Confidence) {
		return fmt.Sprintf("the confidence is %v", field.Confidence)
	}
	if field.Outcome == triage.Auto && field.State == triage.Uncalibrated {
		return "an uncalibrated confidence is acted upon"
	}
	for i, score := range field.Scores {
		if !isShare(score.Probability) || i > 0 && score.Probability > field.Scores[i-1].Probability {
			return fmt.Sprintf("the scores are %v", field.Scores)
		}
	}
	return ""
}

func isShare(x float64) bool { return x >= 0 && x <= 1 }

func checkSpans(decision triage.Decision, input triage.Input) string {
	lengths := map[uuid.UUID]int{uuid.Nil: len(input.Ticket.Subject)}
	for _, message := range input.Messages {
		lengths[message.ID] = max(lengths[message.ID], len(message.Body))
	}
	var spans []triage.Span
	for _, factor := range decision.Factors {
		spans = append(spans, factor.Evidence...)
	}
	for _, entity := range decision.Entities {
		spans = append(spans, entity.Span)
	}
	for _, span := range spans {
		if length, known := lengths[span.MessageID]; !known || span.Start < 0 || span.Start >= span.End || span.End > length {
			return fmt.Sprintf("the span %+v leaves its text of %d bytes", span, length)
		}
	}
	return ""
}
