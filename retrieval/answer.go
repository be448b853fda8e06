package retrieval

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
)

// PassageSearcher ranks passages for a question.
type PassageSearcher interface {
	Search(ctx context.Context, text string, limit int, filter Filter) ([]Passage, error)
}

// Answerer answers customers from public passages, in the passages' own words.
// It writes nothing and is safe for concurrent use.
type Answerer struct {
	searcher PassageSearcher
	embedder QueryEmbedder
	analyser *Analyser
	config   AnswerConfig
}

// NewAnswerer checks the configuration. The searcher must be a customer's.
func NewAnswerer(searcher PassageSearcher, embedder QueryEmbedder, analyser *Analyser, config AnswerConfig) (*Answerer, error) {
	if err := config.Validate(); err != nil {
		return nil, err
	}
	return &Answerer{searcher: searcher, embedder: embedder, analyser: analyser, config: config}, nil
}

// Answer calls emit with each sentence in reading order, and returns all of them.
// emit may be nil; its error ends the answer and is returned. An Answer that is not
// Known has no sentences, and is no error. A question over 4 KB is cut, an empty
// one is an Unprocessable fault.
func (a *Answerer) Answer(ctx context.Context, question string, emit func(Sentence) error) (Answer, error) {
	question = strings.TrimSpace(firstBytes(strings.ToValidUTF8(question, " "), maximumQuestionBytes))
	if question == "" {
		return Answer{}, fault.Field(fault.Unprocessable, "question", "is empty", "ask something")
	}
	passages, err := a.searcher.Search(ctx, question, a.config.Passages, Filter{})
	if err != nil {
		return Answer{}, err
	}
	if len(passages) > 0 {
		question = withCorrections(question, passages[0].Why.Corrections)
	}
	query := a.analyser.Query(question)
	query.Embedding = a.embedder.Embed(question)
	a.measure(passages, query)
	answer := Answer{ID: uuid.Must(uuid.NewV7()), Language: query.Language, Sentences: []Sentence{}}
	passages = onlyPublic(passages)
	for _, passage := range passages {
		answer.Confidence = max(answer.Confidence, Confidence(passage))
	}
	if answer.Confidence < a.config.Floor || len(passages) == 0 {
		return answer, nil
	}
	for _, sentence := range a.compose(query, passages) {
		if err := ctx.Err(); err != nil {
			return answer, err
		}
		if emit != nil {
			if err := emit(sentence); err != nil {
				return answer, err
			}
		}
		answer.Sentences = append(answer.Sentences, sentence)
	}
	answer.Known = len(answer.Sentences) > 0
	return answer, nil
}

// measure takes the cosines of passages that were found in another space anew: the
// confidence is calibrated on this embedder's alone.
func (a *Answerer) measure(passages []Passage, query Query) {
	for i := range passages {
		if p := &passages[i]; p.Why.Space != "" && p.Why.Space != BuiltInName || p.Why.Note != "" {
			p.DenseScore = dot(query.Embedding, a.embedder.Embed(embeddedText(p.Title, p.HeadingPath, p.Body)))
		}
	}
}

// Record is what to keep of an answer.
func (a Answer) Record(question string) AnswerRecord {
	record := AnswerRecord{ID: a.ID, Question: question, Known: a.Known, Confidence: a.Confidence, Citations: []Citation{}}
	for _, sentence := range a.Sentences {
		record.Citations = append(record.Citations, sentence.Citation)
	}
	return record
}

// onlyPublic is a second lock: a customer's store returns nothing else.
func onlyPublic(passages []Passage) []Passage {
	var public []Passage
	for _, passage := range passages {
		if passage.Audience == desk.Public {
			public = append(public, passage)
		}
	}
	return public
}

// cite makes the sentence for a span of the passage's body. It reports false
// if the span is not within the body: such a sentence is never told.
func cite(passage Passage, part span) (Sentence, bool) {
	if part.start < 0 || part.end > len(passage.Body) || part.start >= part.end ||
		passage.EndOffset-passage.StartOffset != len(passage.Body) {
		return Sentence{}, false
	}
	return Sentence{Text: passage.Body[part.start:part.end], Citation: Citation{
		ArticleID: passage.ArticleID, VersionID: passage.VersionID, Version: passage.Version, ChunkID: passage.ChunkID,
		Title: passage.Title, HeadingPath: passage.HeadingPath, Anchor: passage.Anchor,
		StartOffset: passage.StartOffset + part.start, EndOffset: passage.StartOffset + part.end,
	}}, true
}
