package triage

import (
	"fmt"
	"math"
	"sync"
	"unicode"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/internal/detect"
	"github.com/signalbox/signalbox/internal/embedding"
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
	model      *Model
	policy     Policy
	options    EngineOptions
	taxonomy   Taxonomy
	versions   Versions
	own        ownEntities
	thresholds map[string]float64 // of the fields that may act alone
	detectors  detectors          // nil without any
	embedder   *embedding.Model
}

// NewEngine returns an engine for a model, nil if none is trained yet, and a
// policy that is valid. Without a model every ticket goes to a person, with the
// priority that the account's facts give.
func NewEngine(model *Model, policy Policy, options EngineOptions) *Engine {
	e := &Engine{model: model, policy: policy, options: options}
	e.versions = Versions{Features: FeaturesVersion, Model: options.ModelVersion, ModelID: options.ModelID, Policy: policy.Version, HashKey: keyName(options.HashKey)}
	e.thresholds = policy.thresholds()
	e.own, _ = newOwnEntities(policy.Products, policy.Patterns) // a valid policy has usable ones
	e.loadPortable()
	if model != nil {
		e.taxonomy = model.taxonomy
		e.versions.Taxonomy = model.TaxonomyHash()
	}
	return e
}

// Versions says what decides here.
func (e *Engine) Versions() Versions { return e.versions }

// NeedsLoad says whether a rule of the policy asks for the open tickets of a route.
func (e *Engine) NeedsLoad() bool { return e.policy.NeedsLoad() }

// loadPortable takes what ships with the program. It can only fail in a program
// whose parts don't fit together, which its tests find.
func (e *Engine) loadPortable() {
	embedder, err := embedding.Default()
	if err != nil {
		return
	}
	shipped, err := detect.Default()
	if err != nil {
		return
	}
	e.embedder, e.detectors, e.versions.Detectors = embedder, shipped, shipped.Version()
}

// Decide reads a ticket. It depends on nothing but the input, the model and the
// policy, so the decision has neither an ID nor a latency yet; its time is the
// input's. The error is a defect of the model, never of the input.
func (e *Engine) Decide(input Input) (Decision, error) {
	act := e.actOf(input)
	heard := withoutQuiet(input, reading{fields: map[string]fieldReading{FieldAct: act}}.act())
	document := newDocument(heard)
	read, err := e.read(document, heard)
	if err != nil {
		return Decision{}, fmt.Errorf("decide ticket %s: %w", input.Ticket.ID, err)
	}
	read.fields[FieldAct] = act
	read.applyEdits(input.Edits)
	assessed := e.policy.Priority.assess(input, read)
	if e.model != nil {
		e.model.bands.calibrate(&assessed, e.policy.Priority)
	}
	decision := Decision{
		TicketID: input.Ticket.ID, Priority: assessed.priority, Factors: assessed.factors,
		Fields: e.fields(read, assessed), Entities: findEntities(input, e.own), Versions: e.versions,
		InputHash: hashInput(e.options.HashKey, input), CreatedAt: input.Now,
		Details: Details{Secondary: read.secondary, Changes: e.policy.Priority.changes(input, read, assessed), Thresholds: e.thresholds, Facts: factsOf(input)},
	}
	decision.CauseID, decision.ThroughSequence = newest(input)
	e.policy.assignRoute(&decision, read, input)
	e.hold(&decision, input, read)
	e.keepEdits(&decision, input)
	if input.Merged {
		// It is decided, so that its record is whole and its work is done, but whoever
		// works on the matter works on the other ticket: nothing is proposed here.
		decision.Proposals = nil
	} else {
		proposeFor(&decision, input, read.act())
	}
	reason := e.policy.applyPolicy(&decision, read, assessed.conflict)
	decision.Level = e.policy.Priority.Levels[decision.Fields[FieldPriority].Value]
	decision.Reason = e.reasonLine(decision, input, read, reason)
	return decision, nil
}

// seen is what the embedding reads of a text: its vector and its tokens' classes.
type seen struct {
	vector  []float32
	classes []byte
}

// readings are of one ticket's text each; nothing keeps them.
var readings = sync.Pool{New: func() any { return new(seen) }}

// languageFloor is how sure a language must be to send a ticket to a person for it.
const languageFloor = 0.8

// read asks the detectors and the models, and looks for phrases.
func (e *Engine) read(document document, input Input) (reading, error) {
	read := reading{
		fields:   make(map[string]fieldReading, len(learnedFields)),
		language: detectLanguage(document.text, knownLanguage(input)),
		letters:  countLetters(document.text, e.policy.MinimumLetters),
	}
	for _, match := range knownPhrases.find(document.text) {
		if span, ok := document.source(match.start, match.end); ok {
			read.outage = append(read.outage, span)
		}
	}
	var text seen
	if e.embedder != nil {
		pooled := readings.Get().(*seen)
		defer readings.Put(pooled)
		pooled.vector, pooled.classes = e.embedder.Read(pooled.vector, pooled.classes[:0], document.text)
		text = *pooled
	}
	if err := e.detect(document, text, &read); err != nil {
		return read, err
	}
	if e.model == nil || e.model.panel == nil {
		return read, e.addEvidence(document, nil, &read)
	}
	read.unreadable = len(e.policy.Languages) == 0 && read.language.confidence >= languageFloor && !e.model.learned(read.language.code)
	return read, e.readFields(document, text.vector, input, &read)
}

func (e *Engine) readFields(document document, vector []float32, input Input, read *reading) error {
	text, err := e.model.panel.Read(document.text, vector)
	if err != nil {
		return err
	}
	defer text.Release()
	for _, name := range learnedFields {
		model := e.model.fields[name]
		if model == nil {
			continue
		}
		other, err := e.opinion(name, model, input, *read)
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		scores, strange := model.predict(text, other)
		read.fields[name] = fieldReading{trained: true, state: model.state, scores: scores}
		if name == FieldIntent {
			read.outOfScope = strange > model.strangeAbove
		}
	}
	if err := e.addSecondary(document.text, read); err != nil {
		return err
	}
	return e.addEvidence(document, text, read)
}

// fields turns the reading into the decision's fields, without outcomes.
func (e *Engine) fields(read reading, assessed assessment) map[string]Field {
	fields := make(map[string]Field, len(policyFields))
	for _, name := range learnedFields {
		fields[name] = read.fields[name].field()
	}
	fields[FieldSensitive] = read.sensitiveField()
	fields[FieldSeverity] = read.severity()
	fields[FieldAct] = read.fields[FieldAct].field()
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
