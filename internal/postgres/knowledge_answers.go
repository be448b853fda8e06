package postgres

import (
	"context"

	"github.com/signalbox/signalbox/retrieval"
)

const insertAnswer = `
insert into answers (id, site_id, customer_id, question, outcome, confidence, citations, expires_at)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (id) do nothing`

// RecordAnswer keeps what a customer asked and was told, until it expires. It may
// be called twice for one answer.
func (k *Knowledge) RecordAnswer(ctx context.Context, record retrieval.AnswerRecord) error {
	outcome := "unknown"
	if record.Known {
		outcome = "answered"
	}
	citations := record.Citations
	if citations == nil {
		citations = []retrieval.Citation{}
	}
	_, err := k.app.Exec(ctx, insertAnswer, record.ID, record.SiteID, record.CustomerID, record.Question, outcome,
		record.Confidence, citations, record.ExpiresAt)
	return failure(err, "record answer")
}
