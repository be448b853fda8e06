package retrieval_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/retrieval"
)

func TestGoldenAnswers(t *testing.T) {
	t.Parallel()
	r := withArticles(t)
	var lines strings.Builder
	for _, q := range questions(t) {
		var streamed []retrieval.Sentence
		answer, err := r.answerer.Answer(t.Context(), q.text, func(s retrieval.Sentence) error {
			streamed = append(streamed, s)
			return nil
		})
		must(t, err)
		if len(streamed) != len(answer.Sentences) || answer.Known != (len(streamed) > 0) || answer.Confidence < 0 || answer.Confidence > 1 {
			t.Errorf("%q: streamed %d of %d sentences, known %v, confidence %v", q.text, len(streamed), len(answer.Sentences), answer.Known, answer.Confidence)
		}
		fmt.Fprintf(&lines, "\n%s\n", q.text)
		if !answer.Known {
			fmt.Fprintln(&lines, "  I don't know")
		}
		for _, s := range answer.Sentences {
			checkCitation(t, r, s)
			fmt.Fprintf(&lines, "  %s#%s: %s\n", s.Citation.Title, s.Citation.Anchor, strings.ReplaceAll(s.Text, "\n", " ⏎ "))
		}
	}
	golden(t, "answers.golden", lines.String())
}

// checkCitation reads the cited version and compares the span.
func checkCitation(t *testing.T, r rig, s retrieval.Sentence) {
	t.Helper()
	article, err := r.customer.Article(t.Context(), s.Citation.ArticleID, s.Citation.Version)
	must(t, err)
	if got := article.Body[s.Citation.StartOffset:s.Citation.EndOffset]; got != s.Text {
		t.Errorf("the cited span holds %q, the sentence says %q", got, s.Text)
	}
}

func TestAnswerKeepsStepsTogether(t *testing.T) {
	t.Parallel()
	r := withArticles(t)
	answer, err := r.answerer.Answer(t.Context(), "start over: quit the program and delete the cache folder", nil)
	must(t, err)
	var texts []string
	for _, s := range answer.Sentences {
		texts = append(texts, s.Text)
	}
	steps := "Quit the program.|Delete the folder `.ferrybox/cache`.|Start it again and wait until the sign is green."
	if got := strings.Join(texts, "|"); !strings.Contains(got, steps) {
		t.Errorf("answer %q, want all steps in order", got)
	}
}

func TestAnswerNeverTellsInternalText(t *testing.T) {
	t.Parallel()
	r := withArticles(t)
	_, err := r.ingester.IngestDir(t.Context(), fstest.MapFS{"int.md": {Data: []byte("# Brazil office\n\nThe office in Brazil opens in May.")}}, desk.Internal, retrieval.Options{})
	must(t, err)
	answer, err := r.answerer.Answer(t.Context(), "When does the office in Brazil open?", nil)
	must(t, err)
	for _, s := range answer.Sentences {
		if strings.Contains(s.Text, "Brazil") {
			t.Errorf("a customer is told %q", s.Text)
		}
	}
}

func TestAnswerEndsWithTheReader(t *testing.T) {
	t.Parallel()
	r := withArticles(t)
	gone := errors.New("reader is gone")
	if _, err := r.answerer.Answer(t.Context(), "SYNC_409", func(retrieval.Sentence) error { return gone }); !errors.Is(err, gone) {
		t.Errorf("error %v, want the reader's", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.answerer.Answer(ctx, "SYNC_409", nil); err == nil {
		t.Error("a cancelled question is answered")
	}
	if _, err := r.answerer.Answer(t.Context(), " \n", nil); !fault.Is(err, fault.Unprocessable) {
		t.Errorf("an empty question: %v, want unprocessable", err)
	}
}

func TestAnswerIsRecordedOnce(t *testing.T) {
	t.Parallel()
	r := withArticles(t)
	answer, err := r.answerer.Answer(t.Context(), "What does QUOTA_507 mean?", nil)
	must(t, err)
	record := answer.Record("What does QUOTA_507 mean?")
	record.ExpiresAt = fixedNow().Add(24 * time.Hour)
	must(t, r.store.RecordAnswer(t.Context(), record))
	must(t, r.store.RecordAnswer(t.Context(), record))
	must(t, r.store.RecordAnswer(t.Context(), retrieval.AnswerRecord{ID: uuid.Must(uuid.NewV7()), Question: "?", ExpiresAt: record.ExpiresAt}))
	if !record.Known || len(record.Citations) == 0 || record.Citations[0].Title != "When storage is full" {
		t.Errorf("%+v, want the citations of a known answer", record)
	}
}

func TestBestSteps(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		"Intro. So:\n\n1. One.\n2. Two.\n\nLater.\n\n1. Other.": "So:|One.|Two.",
		"First. Second. Third. Fourth. Fifth.":                  "First.|Second.|Third.|Fourth.",
		"- a\n- b":                                              "a|b",
		"```\ncode\n```":                                        "",
	} {
		var texts []string
		for _, s := range retrieval.BestSteps(retrieval.Passage{Body: body, StartOffset: 3, EndOffset: 3 + len(body)}) {
			texts = append(texts, s.Text)
		}
		if got := strings.Join(texts, "|"); got != want {
			t.Errorf("%q: %q, want %q", body, got, want)
		}
	}
	if got := retrieval.BestSteps(retrieval.Passage{Body: "First.", StartOffset: 0, EndOffset: 99}); len(got) != 0 {
		t.Errorf("%+v, want nothing told of a passage whose span does not fit", got)
	}
}

func TestConfidence(t *testing.T) {
	t.Parallel()
	weak := retrieval.Confidence(retrieval.Passage{Coverage: -1, DenseScore: -1})
	words := retrieval.Confidence(retrieval.Passage{Coverage: 0.8})
	both := retrieval.Confidence(retrieval.Passage{Coverage: 2, DenseScore: 2})
	if !(0 <= weak && weak < 0.1 && weak < words && words < both && both <= 1) {
		t.Errorf("confidences %v, %v, %v, want rising within 0–1", weak, words, both)
	}
	for _, config := range []retrieval.AnswerConfig{{Floor: -1, MaximumSentences: 4, Passages: 3}, {MaximumSentences: 0, Passages: 3}, {MaximumSentences: 4, Passages: 11}} {
		if _, err := retrieval.NewAnswerer(nil, nil, nil, config); !fault.Is(err, fault.Invalid) {
			t.Errorf("%+v: %v, want an invalid fault", config, err)
		}
	}
}
