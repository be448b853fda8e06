package evals

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/signalbox/signalbox/internal/fault"
)

// Bound is what a figure must be.
type Bound struct {
	Min *float64 `yaml:"min"`
	Max *float64 `yaml:"max"`
}

// Gates are what a run must reach.
type Gates struct {
	Bounds map[string]Bound // by figure
	// Regression says by figure how much worse than the baseline is allowed. The
	// entry "slices" is about the accuracy of every slice.
	Regression map[string]float64
}

const (
	regressionKey = "regression"
	slicesKey     = "slices"
	maximumYAML   = 1 << 20
)

// ParseGates reads gates from YAML: a figure's name with min, max or both, and
// regression with the allowances. The error names the line or the key.
func ParseGates(text []byte) (Gates, error) {
	var raw map[string]yaml.Node
	if err := decodeYAML("--gate", text, &raw); err != nil {
		return Gates{}, err
	}
	return gatesOf("--gate", raw)
}

// decodeYAML refuses unknown keys, a second document and too much text.
func decodeYAML(what string, text []byte, to any) error {
	if len(text) > maximumYAML {
		return fault.Field(fault.TooLarge, what, "is over 1 MB", "write less")
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(to); errors.Is(err, io.EOF) {
		return fault.Field(fault.Invalid, what, "is empty", "write at least one entry")
	} else if err != nil {
		return fault.Field(fault.Invalid, what, "is not the expected YAML: "+firstLine(err.Error()), "see docs/reference/eval.md")
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return fault.Field(fault.Invalid, what, "holds more than one document", "write one")
	}
	return nil
}

// firstLine is the first complaint of the parser, without the types of this program.
func firstLine(text string) string {
	text = strings.TrimPrefix(strings.TrimPrefix(text, "yaml: "), "unmarshal errors:\n")
	line, _, _ := strings.Cut(text, "\n")
	line, _, _ = strings.Cut(line, " in type ")
	return strings.TrimSpace(line)
}

func gatesOf(what string, raw map[string]yaml.Node) (Gates, error) {
	gates := Gates{Bounds: map[string]Bound{}}
	for _, name := range sortedKeys(raw) {
		node := raw[name]
		if name == regressionKey {
			if err := node.Decode(&gates.Regression); err != nil {
				return Gates{}, fault.Field(fault.Invalid, what+", "+name, "is no list of allowances", "write regression: {accuracy: .005}")
			}
			continue
		}
		bound, err := boundOf(&node)
		if err != nil {
			return Gates{}, fault.Field(fault.Invalid, fmt.Sprintf("%s, line %d, %s", what, node.Line, name), err.Error(), "write {min: .9}, {max: .03} or both")
		}
		gates.Bounds[name] = bound
	}
	for _, name := range sortedKeys(gates.Regression) {
		if allowed := gates.Regression[name]; !(allowed >= 0) || math.IsInf(allowed, 0) {
			return Gates{}, fault.Field(fault.Invalid, what+", regression."+name, "is no allowance", "use a number from 0 up, such as .005")
		}
	}
	return gates, nil
}

// boundOf refuses misspelt keys, which would let everything pass.
func boundOf(node *yaml.Node) (Bound, error) {
	var values map[string]float64
	if err := node.Decode(&values); err != nil || len(values) == 0 {
		return Bound{}, errors.New("is no bound")
	}
	var bound Bound
	for key, value := range values {
		switch {
		case math.IsNaN(value) || math.IsInf(value, 0):
			return Bound{}, errors.New("has a bound that is no number")
		case key == "min":
			bound.Min = &value
		case key == "max":
			bound.Max = &value
		default:
			return Bound{}, errors.New("has a key that is neither min nor max")
		}
	}
	if bound.Min != nil && bound.Max != nil && *bound.Min > *bound.Max {
		return Bound{}, errors.New("has a min above its max")
	}
	return bound, nil
}

// Verdict is what became of one gate.
type Verdict struct {
	Gate   string  `json:"gate"` // such as "accuracy ≥ 0.9"
	Figure string  `json:"figure"`
	Value  float64 `json:"value"`
	Bound  float64 `json:"bound"`
	Passed bool    `json:"passed"`
	Detail string  `json:"detail"`
}

// Check holds a run against the gates. Errors name a gate that can't be judged:
// its figure is not in the run, or it needs a baseline.
func (g Gates) Check(figures map[string]float64, comparison *Comparison) ([]Verdict, error) {
	var verdicts []Verdict
	for _, name := range sortedKeys(g.Bounds) {
		value, known := figures[name]
		if !known {
			return nil, fault.Field(fault.Invalid, "--gate, "+name, "is no figure of this run", "docs/reference/eval.md lists the figures")
		}
		if least := g.Bounds[name].Min; least != nil {
			verdicts = append(verdicts, Verdict{Gate: fmt.Sprintf("%s ≥ %v", name, *least), Figure: name, Value: value, Bound: *least, Passed: value >= *least})
		}
		if most := g.Bounds[name].Max; most != nil {
			verdicts = append(verdicts, Verdict{Gate: fmt.Sprintf("%s ≤ %v", name, *most), Figure: name, Value: value, Bound: *most, Passed: value <= *most})
		}
	}
	for _, name := range sortedKeys(g.Regression) {
		verdict, err := g.regression(name, comparison)
		if err != nil {
			return nil, err
		}
		verdicts = append(verdicts, verdict)
	}
	return verdicts, nil
}

func (g Gates) regression(name string, comparison *Comparison) (Verdict, error) {
	if comparison == nil {
		return Verdict{}, fault.Field(fault.Invalid, "--gate, regression."+name, "needs a run to compare with", "name one with --baseline")
	}
	allowed := g.Regression[name]
	verdict := Verdict{Gate: fmt.Sprintf("%s at most %v worse than the baseline", name, allowed), Figure: name, Bound: allowed}
	if name == slicesKey {
		verdict.Gate = fmt.Sprintf("no slice's accuracy more than %v worse than the baseline", allowed)
		for _, slice := range comparison.Slices {
			if loss := -slice.Change; slice.Regressed && loss > verdict.Value {
				verdict.Value, verdict.Detail = loss, slice.String()
			}
		}
		verdict.Passed = verdict.Value <= allowed
		return verdict, nil
	}
	i := slices.IndexFunc(comparison.Figures, func(c Change) bool { return c.Figure == name })
	if i < 0 {
		return Verdict{}, fault.Field(fault.Invalid, "--gate, regression."+name, "is no figure of both runs", "docs/reference/eval.md lists the figures")
	}
	verdict.Value, verdict.Detail = comparison.Figures[i].loss(), comparison.Figures[i].String()
	verdict.Passed = verdict.Value <= allowed+1e-12
	return verdict, nil
}

// Missed counts the gates that were not passed.
func Missed(verdicts []Verdict) int {
	missed := 0
	for _, verdict := range verdicts {
		if !verdict.Passed {
			missed++
		}
	}
	return missed
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
