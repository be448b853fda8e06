package triagefuzz

import (
	"context"
	"errors"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/evals/samplecompany"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/triage"
)

func sample(t *testing.T) *samplecompany.Company {
	t.Helper()
	company, err := samplecompany.Load()
	if err != nil {
		t.Fatal(err)
	}
	return company
}

// TestDecideSurvivesTwentyThousandInputs is the fast part of the million of
// signalbox bench fuzz. A second training and another number of workers must give
// the same digest.
func TestDecideSurvivesTwentyThousandInputs(t *testing.T) {
	t.Parallel()
	company := sample(t)
	generator := NewGenerator(company)
	inputs := 20_000
	if testing.Short() {
		inputs = 2_000
	}
	digest := func(inputs, workers int) string {
		deciders, err := SampleDeciders(t.Context(), company)
		if err != nil {
			t.Fatal(err)
		}
		result, err := Run(t.Context(), Config{Inputs: inputs, Seed: 1, Workers: workers}, generator, deciders...)
		if err != nil {
			t.Fatal(err)
		}
		if result.Broken > 0 {
			t.Errorf("%d of %d decisions are broken:\n%s", result.Broken, inputs, strings.Join(result.First, "\n"))
		}
		return result.Digest
	}
	digest(inputs, runtime.GOMAXPROCS(0))
	if one, many := digest(1_000, 1), digest(1_000, 4); one != many || len(one) != 64 {
		t.Errorf("one worker's digest is %s, four have %s", one, many)
	}
}

func TestInputsAreRepeatable(t *testing.T) {
	t.Parallel()
	generator := NewGenerator(sample(t))
	again := NewGenerator(sample(t))
	long, threads, same := 0, 0, 0
	for n := range uint64(3_000) {
		input := generator.Input(7, n)
		if !reflect.DeepEqual(input, again.Input(7, n)) {
			t.Fatalf("input %d is another one the second time", n)
		}
		if reflect.DeepEqual(input, generator.Input(8, n)) {
			same++
		}
		if len(input.Messages) > 20 {
			threads++
		}
		for _, message := range input.Messages {
			if len(message.Body) > 90_000 {
				long++
				break
			}
		}
	}
	if long == 0 || threads == 0 || same > 0 {
		t.Errorf("%d long texts, %d long threads, %d inputs that the seed does not change", long, threads, same)
	}
}

// wrongly decides in one wrong way.
type wrongly func(triage.Input) (triage.Decision, error)

func (w wrongly) Decide(input triage.Input) (triage.Decision, error) { return w(input) }

func TestBrokenDecisionsAreCounted(t *testing.T) {
	t.Parallel()
	nan := 0.0
	nan /= nan
	for want, decider := range map[string]wrongly{
		"panic: oh":              func(triage.Input) (triage.Decision, error) { panic("oh") },
		"no model":               func(triage.Input) (triage.Decision, error) { return triage.Decision{}, errors.New("no model") },
		"the priority is 101":    func(triage.Input) (triage.Decision, error) { return triage.Decision{Priority: 101}, nil },
		"the factors sum to 0":   func(triage.Input) (triage.Decision, error) { return triage.Decision{Priority: 1}, nil },
		"unsupported value: NaN": withField(triage.Field{Confidence: nan}),
		"route: the confidence":  withField(triage.Field{Confidence: 1.5}),
		"acted upon":             withField(triage.Field{Outcome: triage.Auto, State: triage.Uncalibrated}),
		"the scores are":         withField(triage.Field{Scores: []triage.Score{{Value: "a", Probability: 0.1}, {Value: "b", Probability: 0.2}}}),
		"leaves its text": func(input triage.Input) (triage.Decision, error) {
			return triage.Decision{Entities: []triage.Entity{{Span: triage.Span{MessageID: uuid.New(), End: 1}}}}, nil
		},
	} {
		result, err := Run(t.Context(), Config{Inputs: 12, Workers: 2}, NewGenerator(sample(t)), decider)
		if err != nil || result.Broken != 12 || len(result.First) != shownBroken || !strings.Contains(result.First[0], want) {
			t.Errorf("%s: %d broken, first %.200q, %v", want, result.Broken, result.First, err)
		}
	}
}

func withField(field triage.Field) wrongly {
	return func(triage.Input) (triage.Decision, error) {
		return triage.Decision{Fields: map[string]triage.Field{triage.FieldRoute: field}}, nil
	}
}

func TestRunRefusesAndStops(t *testing.T) {
	t.Parallel()
	generator := NewGenerator(sample(t))
	for _, config := range []Config{{Workers: 1}, {Inputs: 1}, {Inputs: -1, Workers: 1}} {
		if _, err := Run(t.Context(), config, generator); !fault.Is(err, fault.Invalid) {
			t.Errorf("%+v: %v, want invalid", config, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	var once sync.Once
	stop := wrongly(func(triage.Input) (triage.Decision, error) { once.Do(cancel); return triage.Decision{}, nil })
	if _, err := Run(ctx, Config{Inputs: 1_000_000_000, Workers: 2}, generator, stop); !errors.Is(err, context.Canceled) {
		t.Errorf("a run that is stopped: %v", err)
	}
}
