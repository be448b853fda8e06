package samplecompany

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/signalbox/signalbox/retrieval"
)

// The audiences of a question: who has an article that answers it.
const (
	AnsweredPublicly   = "public"
	AnsweredInternally = "internal" // a customer must be told that it is not known
	AnsweredNowhere    = "none"
)

// Question is what somebody asks, with where the answer stands.
type Question struct {
	ID       string `json:"id"`
	Audience string `json:"audience"`
	Language string `json:"language"` // en, de or fr
	Question string `json:"question"`
	// Section answers it; nil if none does.
	Section *Section `json:"section"`
	// RequiredFacts must be in a right answer.
	RequiredFacts []string `json:"required_facts"`
	// NoSharedContentWord says that the question and its section have no content
	// word in common, inflected or not.
	NoSharedContentWord bool `json:"no_shared_content_word"`
}

// Section is a part of an article.
type Section struct {
	Article string `json:"article"` // source key in the question's audience
	Heading string `json:"heading"` // without its number signs
}

// Holds reports whether a chunk of an article lies in the section.
func (s Section) Holds(sourceKey string, headings []string) bool {
	return s.Article == sourceKey && slices.Contains(headings, s.Heading)
}

func (c *Company) readQuestions() error {
	known := map[string]bool{}
	return readLines(c.files, "questions.jsonl", func(question Question) error {
		if err := errors.Join(unique(question.ID, known), question.validate()); err != nil {
			return err
		}
		if question.Section != nil {
			if err := c.checkSection(question.Audience, *question.Section); err != nil {
				return err
			}
		}
		known[question.ID] = true
		c.Questions = append(c.Questions, question)
		return nil
	})
}

func (q Question) validate() error {
	switch {
	case strings.TrimSpace(q.Question) == "":
		return errors.New("question is empty")
	case (q.Section == nil) != (q.Audience == AnsweredNowhere):
		return errors.New("section must be null if and only if audience is none")
	case q.Section == nil && q.NoSharedContentWord:
		return errors.New("no_shared_content_word needs a section")
	}
	return errors.Join(
		oneOf("audience", q.Audience, AnsweredPublicly, AnsweredInternally, AnsweredNowhere),
		oneOf("language", q.Language, "en", "de", "fr"),
	)
}

// checkSection makes sure that search could return the section.
func (c *Company) checkSection(audience string, section Section) error {
	text, err := fs.ReadFile(c.files, "articles/"+audience+"/"+section.Article+".md")
	if err != nil {
		return fmt.Errorf("section.article %q is no %s article", section.Article, audience)
	}
	document, err := retrieval.ParseMarkdown(section.Article, string(text))
	if err != nil {
		return fmt.Errorf("section.article %q: %w", section.Article, err)
	}
	for _, chunk := range document.Chunks {
		if section.Holds(section.Article, chunk.HeadingPath) {
			return nil
		}
	}
	return fmt.Errorf("section.heading %q is not in %s.md", section.Heading, section.Article)
}
