package triage

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/signalbox/signalbox/internal/fault"
)

const smallTaxonomy = `
routes:
  - {key: desk, name: Desk, description: All.}
intents:
  - {key: fault, name: Fault, description: It broke., examples: [It is dead.], default_route: desk}
  - {key: wish, name: Wish, description: Wants more.}
`

func TestParseTaxonomyNamesTheBadKey(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, from, to, field string }{
		{"upper-case key", "key: fault", "key: Fault", "intents[0].key"},
		{"repeated intent", "key: wish", "key: fault", "intents[1].key"},
		{"no name", "name: Wish", "name: ''", "intents[1].name"},
		{"unknown route", "default_route: desk", "default_route: moon", "intents[0].default_route"},
		{"no route key", "key: desk", "key: ''", "routes[0].key"},
		{"one intent", "  - {key: wish, name: Wish, description: Wants more.}\n", "", "intents"},
		{"no routes", "routes:\n  - {key: desk, name: Desk, description: All.}\n", "", "routes"},
	} {
		_, err := ParseTaxonomy([]byte(strings.Replace(smallTaxonomy, test.from, test.to, 1)))
		var failure *fault.Error
		if !errors.As(err, &failure) || failure.Field != test.field || failure.Remedy == "" {
			t.Errorf("%s: the error is %v, want one about %s with a remedy", test.name, err, test.field)
		}
	}
}

func TestParseTaxonomyRefusesOtherShapes(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"misspelt key": strings.Replace(smallTaxonomy, "examples:", "exmaples:", 1),
		"a list":       "- a\n- b\n",
		"no YAML":      "routes: [",
		"empty":        "",
	} {
		if _, err := ParseTaxonomy([]byte(text)); err == nil {
			t.Errorf("%s: there is no error", name)
		}
	}
	if _, err := ParseTaxonomy(make([]byte, maximumTaxonomyBytes+1)); fault.KindOf(err) != fault.TooLarge {
		t.Errorf("a huge taxonomy: the error is %v, want too_large", err)
	}
}

func TestSampleCompanyTaxonomyIsValid(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../evals/samplecompany/intents.yaml")
	if err != nil {
		t.Fatal(err)
	}
	taxonomy, err := ParseTaxonomy(text)
	if err != nil {
		t.Fatalf("parse: %v", err)
	}
	if len(taxonomy.Intents) != 12 || len(taxonomy.Routes) != 6 {
		t.Errorf("it has %d intents and %d routes, want 12 and 6", len(taxonomy.Intents), len(taxonomy.Routes))
	}
}

func TestTaxonomyHash(t *testing.T) {
	t.Parallel()
	parse := func(text string) Taxonomy {
		taxonomy, err := ParseTaxonomy([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return taxonomy
	}
	base := parse(smallTaxonomy)
	reordered := parse(smallTaxonomy)
	slices.Reverse(reordered.Intents)
	if base.Hash() != reordered.Hash() {
		t.Error("the order of intents changes the hash")
	}
	for _, change := range [][2]string{{"It broke.", "It's broken."}, {"[It is dead.]", "[It is, dead.]"}, {", default_route: desk", ""}, {"name: Desk", "name: Table"}} {
		if parse(strings.Replace(smallTaxonomy, change[0], change[1], 1)).Hash() == base.Hash() {
			t.Errorf("%q instead of %q leaves the hash as it was", change[1], change[0])
		}
	}
}

func TestExamplesOfTheTaxonomyTrainANewInstallation(t *testing.T) {
	t.Parallel()
	taxonomy := testCorpus(t).taxonomy
	examples := taxonomy.Examples()
	if len(examples) != 18 {
		t.Fatalf("there are %d examples, want 18", len(examples))
	}
	model, err := Train(context.Background(), examples, taxonomy, Options{})
	if err != nil {
		t.Fatalf("train: %v", err)
	}
	metrics := model.Metrics()[FieldIntent]
	if metrics.Independent != 0 || metrics.State != Uncalibrated {
		t.Errorf("example phrases judged: %+v", metrics)
	}
	decision := decide(t, NewEngine(model, DefaultPolicy(), EngineOptions{}), ticket("", "I was charged twice, where is my refund?"))
	if got := decision.Fields[FieldIntent].Value; got != "bill_question" {
		t.Errorf("the intent is %q, want bill_question", got)
	}
}

func FuzzParseTaxonomy(f *testing.F) {
	f.Add([]byte(smallTaxonomy))
	f.Add([]byte("intents: [{key: &a b, name: *a}]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		taxonomy, err := ParseTaxonomy(text)
		if err == nil && len(taxonomy.Hash()) != 64 {
			t.Error("a valid taxonomy has no hash")
		}
	})
}
