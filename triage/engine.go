package triage

import (
	"fmt"
	"math"
	"unicode"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/internal/learn"
)

// EngineOptions are what an engine needs beside model and policy.
type EngineOptions struct {
	// HashKey keys the hash of the input.
	HashKey []byte
	// ModelID and ModelVersion name the model in decisions.
	ModelID      uuid.UUID
	ModelVersion int
}

// Engine decides tickets. It never changes and is safe for concurrent use: a new
// model or policy takes a new engine.
type Engine struct {
	model    *Model
	policy   Policy
	options  EngineOptions
	taxonomy Taxonomy
	versions Versions
}

// NewEngine returns an engine for a model, nil if none is trained yet, and a
// policy that is valid. Without a model every ticket goes to a person, with the
// priority that the account's facts give.
func NewEngine(model *Model, policy Policy, options EngineOptions) *Engine {
	e := &Engine{model: model, policy: policy, options: options}
	e.versions = Versions{Features: FeaturesVersion, Model: options.ModelVersion, ModelID: options.ModelID, Policy: policy.Version}
	if model != nil {
		e.taxonomy = model.taxonomy
		e.versions.Taxonomy = model.TaxonomyHash()
	}
	return e
}

// Decide reads a ticket. It depends on nothing but the input, the model and the
// policy, so the decision has neither an ID nor a latency yet; its time is the
// input's. The error is a defect of the model, never of the input.
func (e *Engine) Decide(input Input) (Decision, error) {
	document := newDocument(input)
	read, err := e.read(document, input)
	if err != nil {
		return Decision{}, fmt.Errorf("decide ticket %s: %w", input.Ticket.ID, err)
	}
	assessed := e.policy.Priority.assess(input, read)
	decision := Decision{
		TicketID: input.Ticket.ID, Priority: assessed.priority, Factors: assessed.factors,
		Fields: e.fields(read, assessed), Entities: findEntities(input), Versions: e.versions,
		InputHash: hashInput(e.options.HashKey, input), CreatedAt: input.Now,
	}
	decision.CauseID, decision.ThroughSequence = newest(input)
	reason := e.policy.applyPolicy(&decision, read, assessed.conflict)
	decision.Reason = e.reasonLine(decision, input, read, reason)
	return decision, nil
}

// read asks the models and looks for phrases.
func (e *Engine) read(document document, input Input) (reading, error) {
	read := reading{
		fields:   make(map[string]fieldReading, len(learnedFields)),
		language: detectLanguage(document.text, knownLanguage(input)),
		letters:  countLetters(document.text, e.policy.MinimumLetters),
	}
	for _, match := range knownPhrases.find(document.text) {
		span, ok := document.source(match.start, match.end)
		switch {
		case !ok:
		case match.topic == topicOutage:
			read.outage = append(read.outage, span)
		case read.sensitive == "":
			read.sensitive, read.sensitiveSpan = match.topic, span
		}
	}
	if e.model == nil {
		return read, nil
	}
	return read, e.readFields(document, input, &read)
}

func (e *Engine) readFields(document document, input Input, read *reading) error {
	if e.model.panel == nil {
		return nil
	}
	text, err := e.model.read(document.text)
	if err != nil {
		return err
	}
	defer text.Release()
	for _, name := range learnedFields {
		model := e.model.fields[name]
		if model == nil {
			continue
		}
		context, err := e.context(model, input, *read)
		if err != nil {
			return err
		}
		scores, strange, err := model.predict(text, context)
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		read.fields[name] = fieldReading{trained: true, state: model.state, scores: scores}
		if name == FieldIntent {
			read.outOfScope = strange > model.strangeAbove
		}
	}
	return e.addEvidence(document, text, read)
}

// context is nil for models that read only the text.
func (e *Engine) context(model *fieldModel, input Input, read reading) (*learn.Features, error) {
	if model.context == nil {
		return nil, nil
	}
	value := func(field string) string {
		if !read.fields[field].trained {
			return ""
		}
		return learnLabel(read.fields[field].value())
	}
	text := contextOf(input, read.language.code, value(FieldIntent), value(FieldKind), value(FieldSensitive)).text()
	features, err := e.model.contexts.Extract(text, nil)
	return &features, err
}

// fields turns the reading into the decision's fields, without outcomes.
func (e *Engine) fields(read reading, assessed assessment) map[string]Field {
	fields := make(map[string]Field, len(policyFields))
	for _, name := range learnedFields {
		fields[name] = read.fields[name].field()
	}
	fields[FieldSensitive] = read.sensitiveField()
	fields[FieldLanguage] = Field{Value: read.language.code, Confidence: read.language.confidence, State: Uncalibrated}
	fields[FieldPriority] = Field{Value: e.policy.Priority.Bands.band(assessed.priority), Confidence: assessed.confidence, State: assessed.state}
	for name, field := range fields {
		field.Confidence = fourDigits(field.Confidence)
		for i := range field.Scores {
			field.Scores[i].Probability = fourDigits(field.Scores[i].Probability)
		}
		fields[name] = field
	}
	return fields
}

// fourDigits rounds down, so that no confidence reaches a threshold by rounding.
// Further digits would say nothing and fill the store.
func fourDigits(probability float64) float64 { return math.Floor(probability*1e4) / 1e4 }

// newest returns the customer's newest public message, the cause, and the
// sequence of the newest message that was given.
func newest(input Input) (cause uuid.UUID, through int) {
	for _, message := range input.Messages {
		through = max(through, message.Sequence)
	}
	if own := customerMessages(input.Messages); len(own) > 0 {
		cause = own[len(own)-1].ID
	}
	return cause, through
}

func knownLanguage(input Input) string {
	if input.Customer == nil {
		return ""
	}
	return input.Customer.Language
}

// countLetters stops once there are enough.
func countLetters(text string, enough int) int {
	letters := 0
	for _, r := range text {
		if unicode.IsLetter(r) {
			letters++
		}
		if letters >= enough {
			break
		}
	}
	return letters
}
