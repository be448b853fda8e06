package shadow_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/signalbox/signalbox/evals/history"
	"github.com/signalbox/signalbox/evals/shadow"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/triage"
)

var update = flag.Bool("update", false, "rewrite the golden statistics")

func config(folder string) shadow.Config {
	return shadow.Config{Target: 0.95, Delta: 0.1, Policy: triage.DefaultPolicy(), Seed: 1, Folder: folder, Version: "test"}
}

var (
	learned     sync.Once
	modelFolder string
)

func TestMain(m *testing.M) {
	flag.Parse()
	code := m.Run()
	if modelFolder != "" {
		_ = os.RemoveAll(modelFolder)
	}
	os.Exit(code)
}

// keptModel is a folder in which the model of the invented history is kept, so that one
// training serves every test.
func keptModel(t *testing.T) string {
	t.Helper()
	learned.Do(func() {
		folder, err := os.MkdirTemp("", "shadow")
		if err != nil {
			t.Fatal(err)
		}
		modelFolder = folder
		replay(t, config(folder), readTable(t, inventedTickets()))
	})
	return modelFolder
}

func replay(t *testing.T, c shadow.Config, h *history.History) *shadow.Report {
	t.Helper()
	found, err := shadow.Run(t.Context(), c, h)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// statistics are what a change of the engine or of the selection shows in.
type statistics struct {
	Blocks                         map[string]int
	Reassigned, Minutes, Minutes90 float64
	Fields                         map[string]fieldStatistics
	Tickets                        rates
	Needs                          map[string]int
	Shown, ShownWrong              int
}

type fieldStatistics struct {
	Threshold, Accuracy float64
	Chosen, Verified    rates
	StrictCoverage      float64
	State               string
}

type rates struct {
	Tickets, Acted, Right int
}

func statisticsOf(found *shadow.Report) statistics {
	r := found.Result
	s := statistics{
		Blocks: map[string]int{
			"train": r.Blocks.Train.Rows, "calibrate": r.Blocks.Calibrate.Tickets, "verify": r.Blocks.Verify.Tickets, "duplicates": r.Blocks.OneOf,
		},
		Reassigned: rounded(*r.Today.Reassigned), Minutes: *r.Today.MinutesToTeam, Minutes90: *r.Today.MinutesToTeam90,
		Fields: map[string]fieldStatistics{}, Tickets: rates{r.Tickets.Tickets, r.Tickets.Acted, r.Tickets.Right}, Needs: map[string]int{}, Shown: len(found.Shown),
	}
	for name, field := range r.Fields {
		told := fieldStatistics{
			Threshold: -1, Accuracy: rounded(field.Accuracy), StrictCoverage: rounded(field.Strictest.Coverage), State: field.State,
			Chosen:   rates{field.Chosen.Cases, field.Chosen.Acted, field.Chosen.Right},
			Verified: rates{field.Verified.Tickets, field.Verified.Acted, field.Verified.Right},
		}
		if field.Chosen.Threshold != nil {
			told.Threshold = rounded(*field.Chosen.Threshold)
		}
		s.Fields[name] = told
	}
	for _, intent := range r.Intents {
		s.Needs[intent.Key] = intent.Needs
	}
	for _, shown := range found.Shown {
		if !shown.Right {
			s.ShownWrong++
		}
	}
	return s
}

func rounded(x float64) float64 { return math.Round(1000*x) / 1000 }

func TestStatisticsOfAnInventedHistory(t *testing.T) {
	found := replay(t, config(keptModel(t)), readTable(t, inventedTickets()))
	encoded, err := json.MarshalIndent(statisticsOf(found), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	encoded = append(encoded, '\n')
	path := filepath.Join("testdata", "invented.json")
	if *update {
		if err := os.MkdirAll("testdata", 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, encoded, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, encoded) {
		t.Errorf("%s differs: if that is meant, run go test ./evals/shadow -run Statistics -update\ngot:\n%s", path, encoded)
	}
}

func TestTheRareIntentWaitsForLabels(t *testing.T) {
	found := replay(t, config(keptModel(t)), readTable(t, inventedTickets()))
	var rare shadow.Intent
	for _, intent := range found.Result.Intents {
		if intent.Key == "press_enquiry" {
			rare = intent
		} else if intent.Needs > 0 {
			t.Errorf("%s needs %d more labels of %d tickets", intent.Key, intent.Needs, intent.Tickets)
		}
	}
	if rare.Needs == 0 || rare.Needs+rare.Labels != 45 || rare.Acted > 0 {
		t.Fatalf("the rare intent is %+v", rare)
	}
	acting := 0
	for _, name := range []string{triage.FieldIntent, triage.FieldRoute} {
		field := found.Policy.Fields[name]
		if field.Mode != triage.ModeAuto {
			continue
		}
		acting++
		veto := field.Intents["press_enquiry"]
		if veto.Mode != triage.ModeSuggest || !strings.HasPrefix(veto.Reason, "needs ") || len(field.Intents) != 1 || field.Target != 0.95 {
			t.Errorf("%s has the policy %+v", name, field)
		}
	}
	if acting == 0 {
		t.Error("no field acts alone")
	}
}

// The policy that is applied must do in production what the replay counted.
func TestProductionDoesWhatWasReplayed(t *testing.T) {
	h := readTable(t, inventedTickets())
	found := replay(t, config(keptModel(t)), h)
	if err := found.Policy.Validate(); err != nil {
		t.Fatalf("the policy cannot be put in force: %v", err)
	}
	engine := triage.NewEngine(found.Model, found.Policy, triage.EngineOptions{HashKey: []byte("test")})
	groups, acted := history.Groups(h.Rows), map[string]int{}
	for i := len(h.Rows) * 8 / 10; i < len(h.Rows); i++ {
		if groups[i] != i {
			continue
		}
		decision, err := engine.Decide(h.Rows[i].Input())
		if err != nil {
			t.Fatal(err)
		}
		for name, field := range decision.Fields {
			if field.Outcome == triage.Auto && decision.Outcome != triage.Review {
				acted[name]++
			}
		}
	}
	for name, field := range found.Result.Fields {
		if field.Verified.Acted != acted[name] {
			t.Errorf("%s: the engine acts on %d tickets, the replay on %d", name, acted[name], field.Verified.Acted)
		}
	}
}

// What the newest tickets turned out to be is no part of any choice.
func TestTheNewestBlockChoosesNothing(t *testing.T) {
	plain := readTable(t, inventedTickets())
	before := replay(t, config(keptModel(t)), plain)
	changed := readTable(t, inventedTickets())
	for i := len(changed.Rows) * 8 / 10; i < len(changed.Rows); i++ {
		changed.Rows[i].Labels = map[string]string{triage.FieldIntent: "Refund request", triage.FieldRoute: "Finance"}
		changed.Rows[i].Reassignments, changed.Rows[i].Intake = 9, nil
	}
	after := replay(t, config(keptModel(t)), changed)
	if !reflect.DeepEqual(before.Policy, after.Policy) {
		t.Errorf("the policy depends on the newest labels:\n%+v\n%+v", before.Policy.Fields, after.Policy.Fields)
	}
	for name := range before.Result.Fields {
		was, is := before.Result.Fields[name], after.Result.Fields[name]
		if !reflect.DeepEqual(was.Chosen, is.Chosen) {
			t.Errorf("%s: chosen was %+v and is %+v", name, was.Chosen, is.Chosen)
		}
		if was.Verified.Acted != is.Verified.Acted || was.Verified.Right <= is.Verified.Right {
			t.Errorf("%s: verified was %+v and is %+v", name, was.Verified, is.Verified)
		}
	}
}

func TestARunGoesOnFromItsModel(t *testing.T) {
	h := readTable(t, inventedTickets())
	h.Rows = h.Rows[:500]
	folder := t.TempDir()
	first := replay(t, config(folder), h)
	again := replay(t, config(folder), h)
	if again.Result.Train != 0 || !strings.Contains(strings.Join(again.Result.Warnings, "\n"), "kept by an earlier run") {
		t.Errorf("trained for %g s, %q", again.Result.Train, again.Result.Warnings)
	}
	kept, err := filepath.Glob(filepath.Join(folder, "*", "model"))
	if err != nil || len(kept) != 1 {
		t.Fatalf("kept are %v, %v", kept, err)
	}
	if err := os.WriteFile(kept[0], []byte("half a mod"), 0o600); err != nil {
		t.Fatal(err)
	}
	anew := replay(t, config(folder), h)
	if anew.Result.Train == 0 || !reflect.DeepEqual(statisticsOf(anew), statisticsOf(first)) || !reflect.DeepEqual(statisticsOf(again), statisticsOf(first)) {
		t.Error("a half written model was not replaced by the same model")
	}
	later := config(folder)
	later.Version = "later"
	if found := replay(t, later, h); found.Result.Train == 0 {
		t.Error("the model of another version was taken")
	}
}

func TestRunNamesWhatIsWrong(t *testing.T) {
	h := readTable(t, inventedTickets())
	few, unlabelled := *h, *h
	few.Rows = h.Rows[:59]
	unlabelled.Rows = make([]history.Row, 100)
	for i := range unlabelled.Rows {
		unlabelled.Rows[i] = history.Row{Line: i + 2, Body: "hello", Reassignments: -1}
	}
	for name, c := range map[string]struct {
		change  func(*shadow.Config)
		history *history.History
		want    string
		kind    fault.Kind
	}{
		"a target of 1":        {func(c *shadow.Config) { c.Target = 1 }, h, "--target", fault.Invalid},
		"a target of nothing":  {func(c *shadow.Config) { c.Target = math.NaN() }, h, "--target", fault.Invalid},
		"a delta of 0":         {func(c *shadow.Config) { c.Delta = 0 }, h, "--delta", fault.Invalid},
		"an unknown field":     {func(c *shadow.Config) { c.Fields = []string{"colour"} }, h, "colour", fault.Invalid},
		"a field that may not": {func(c *shadow.Config) { c.Fields = []string{triage.FieldSensitive} }, h, "cannot act alone", fault.Invalid},
		"no such label":        {func(c *shadow.Config) { c.Fields = []string{triage.FieldKind} }, h, "--column kind=NAME", fault.Unprocessable},
		"no label at all":      {func(*shadow.Config) {}, &unlabelled, "taxonomy propose", fault.Unprocessable},
		"few rows":             {func(*shadow.Config) {}, &few, "at least 60", fault.Unprocessable},
	} {
		wrong := config("")
		c.change(&wrong)
		if _, err := shadow.Run(t.Context(), wrong, c.history); err == nil || !fault.Is(err, c.kind) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
