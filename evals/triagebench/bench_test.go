package triagebench

import (
	"errors"
	"runtime"
	"strings"
	"testing"

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

func TestRunMeasuresEveryLength(t *testing.T) {
	company := sample(t)
	model, err := SampleModel(t.Context(), company)
	if err != nil {
		t.Fatal(err)
	}
	cores := runtime.GOMAXPROCS(0)
	engine := triage.NewEngine(model, company.Policy, triage.EngineOptions{HashKey: []byte("bench")})
	got, err := Run(t.Context(), Config{Texts: 20}, engine, NewSource(company))
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOMAXPROCS(0) != cores || got.Cores != cores || got.Reference <= 0 || len(got.Sizes) != 4 {
		t.Fatalf("measured %+v on %d cores", got, cores)
	}
	for i, size := range got.Sizes {
		for name, value := range map[string]float64{
			"median": size.Median, "CPU": size.CPU, "ratio": size.ToReference, "allocations": size.Allocations, "bytes": size.Bytes, "one core": size.OneCore, "all cores": size.AllCores,
		} {
			if value <= 0 {
				t.Errorf("%d words: %s is %v", size.Words, name, value)
			}
		}
		if size.Median > size.P95 || size.P95 > size.P99 || size.Words != standardWords[i] {
			t.Errorf("the quantiles fall: %+v", size)
		}
	}
}

func TestInputsHaveTheirLengthAndDiffer(t *testing.T) {
	t.Parallel()
	source := NewSource(sample(t))
	for _, words := range []int{1, 15, 2_000} {
		seen := map[string]bool{}
		inputs := source.Inputs(words, 60)
		for _, input := range inputs {
			text := input.Ticket.Subject + " " + input.Messages[0].Body
			if got := len(strings.Fields(text)); got != words {
				t.Errorf("a ticket has %d words, want %d", got, words)
			}
			seen[text+input.Ticket.ID.String()] = true
		}
		if len(seen) != len(inputs) {
			t.Errorf("%d of %d tickets of %d words differ", len(seen), len(inputs), words)
		}
	}
}

type broken struct{}

func (broken) Decide(triage.Input) (triage.Decision, error) {
	return triage.Decision{}, errors.New("broken")
}

func TestRunSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	source := NewSource(sample(t))
	for _, config := range []Config{{Texts: 3}, {Words: []int{0}}} {
		if _, err := Run(t.Context(), config, broken{}, source); !fault.Is(err, fault.Invalid) {
			t.Errorf("%+v: %v, want invalid", config, err)
		}
	}
	if _, err := Run(t.Context(), Config{Texts: 10}, broken{}, source); err == nil || err.Error() != "broken" {
		t.Errorf("a decision that fails: %v", err)
	}
	if _, err := together(t.Context(), broken{}, source.Inputs(3, 10)); err == nil {
		t.Error("a decision that fails beside others is no error")
	}
}

func TestQuantile(t *testing.T) {
	t.Parallel()
	values := []float64{5, 1, 4, 2, 3}
	if quantile(values, 0.5) != 3 || quantile(values, 0.99) != 5 || quantile(values[:1], 0.5) != 5 {
		t.Error("a quantile is wrong")
	}
}
