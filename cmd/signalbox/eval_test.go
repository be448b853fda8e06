package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/signalbox/signalbox/evals"
	"github.com/signalbox/signalbox/evals/triagesuite"
)

// nowhere are settings under which any use of a database or Redis would fail.
var nowhere = []string{
	"DATABASE_URL=postgres://app@127.0.0.1:1/x", "DATABASE_URL_CUSTOMER=postgres://customer@127.0.0.1:1/x", "REDIS_URL=redis://127.0.0.1:1/0",
	"SIGNALBOX_SECRET_KEYS=k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
}

const rentalData = "../../evals/triagesuite/testdata/rental-"

// evalLine measures the invented rental's intents.
func evalLine(runs string, more ...string) []string {
	return append([]string{
		"eval", "triage", "--train", rentalData + "train.csv", "--test", rentalData + "test.csv", "--text-column", "subject,body",
		"--label-column", "intent", "--oos-label", "none", "--runs", runs,
	}, more...)
}

func TestEvalWithoutAnyServer(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	runs, out, page, junit := filepath.Join(folder, "runs"), filepath.Join(folder, "run.json"), filepath.Join(folder, "a.html"), filepath.Join(folder, "a.xml")
	got := command(t, nowhere, evalLine(runs, "--json", "--out", out, "--html", page, "--junit", junit)...).wants(t, exitOK)
	var result triagesuite.Result
	decoder := json.NewDecoder(strings.NewReader(got.stdout))
	must(t, decoder.Decode(&result))
	if decoder.More() || result.N != 55 || result.Accuracy < 0.8 || result.OOS == nil || result.Version != version {
		t.Errorf("one object was wanted; n %d, accuracy %v, out of scope %v, more %v", result.N, result.Accuracy, result.OOS, decoder.More())
	}
	for path, word := range map[string]string{page: "<!doctype html>", junit: "<testsuite"} {
		text, err := os.ReadFile(path)
		must(t, err)
		if !strings.Contains(string(text), word) {
			t.Errorf("%s lacks %s", path, word)
		}
	}
	gates := writeFile(t, folder, "gates.yaml", "accuracy: {min: .5}\nmacro_f1: {min: .999}\nregression: {accuracy: 0}\n")
	text := command(t, nowhere, evalLine(runs, "--baseline", out, "--gate", gates)...).wants(t, exitGate, "GATES: 2 of 3 passed", "MISSED  macro_f1", "BESIDE THE BASELINE", "1 of 3 gates were missed")
	if strings.Contains(text.stdout, "Mill Bridge") {
		t.Error("the table shows text of tickets")
	}
	var history struct{ Runs []evals.Kept }
	command(t, nowhere, "eval", "history", "--runs", runs, "--json").wants(t, exitOK).decode(t, &history)
	if len(history.Runs) != 2 || history.Runs[0].Rows != 61 || history.Runs[0].ModelHash != history.Runs[1].ModelHash {
		t.Errorf("the history is %+v", history)
	}
	command(t, nowhere, "eval", "history", "--runs", runs).wants(t, exitOK, "COVERS@95", history.Runs[0].DataHash[:8])
	command(t, nowhere, "eval", "history", "--runs", filepath.Join(folder, "none")).wants(t, exitOK, "no run is kept yet")
}

func TestEvalOfASuite(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	train, err := filepath.Abs(rentalData + "train.csv")
	must(t, err)
	writeFile(t, folder, "suite.yaml", fmt.Sprintf("name: Rental\nsuite: triage\ndata: {train: %s, text: [body], labels: [intent], few_shot: 4, seeds: 2}\ngates: {accuracy: {min: .999}}\n", train))
	command(t, nowhere, "eval", "triage", "--suite", folder, "--runs", "off").wants(t, exitGate, "5-fold cross-validation", "4 examples a label", "MISSED")
}

// TestEvalThatCannotRun expects what is wrong by its name, and the exit code.
func TestEvalThatCannotRun(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	gates, broken := writeFile(t, folder, "g.yaml", "acuracy: {min: .5}\n"), writeFile(t, folder, "b.yaml", "a: 1\n")
	latin := writeFile(t, folder, "latin.csv", "subject,body,intent\na,caf\xe9,x\n")
	for name, test := range map[string]struct {
		line  []string
		code  int
		words []string
	}{
		"no file":          {[]string{"eval", "triage"}, exitUsage, []string{"--train"}},
		"missing column":   {evalLine("off", "--label-column", "topic"), exitUsage, []string{"column topic", "intent, priority"}},
		"encoding":         {[]string{"eval", "triage", "--train", latin, "--text-column", "body", "--label-column", "intent"}, exitUsage, []string{"latin.csv, line 2, column body", "--encoding"}},
		"unknown figure":   {evalLine("off", "--gate", gates), exitUsage, []string{"acuracy"}},
		"broken gates":     {evalLine("off", "--gate", broken), exitUsage, []string{"--gate"}},
		"no gates":         {evalLine("off", "--gate", "/nowhere"), exitUsage, []string{"--gate"}},
		"no baseline":      {evalLine("off", "--baseline", gates), exitUsage, []string{"--baseline"}},
		"no folder":        {evalLine("off", "--html", "/nowhere/a.html"), exitUsage, []string{"--html"}},
		"no suite":         {[]string{"eval", "triage", "--suite", folder}, exitUsage, []string{"suite.yaml"}},
		"suite and data":   {evalLine("off", "--suite", folder), exitUsage, []string{"--train", "--suite"}},
		"model, no url":    {evalLine("off", "--embedding-model", "m"), exitUsage, []string{"--embedding-url"}},
		"url, no model":    {evalLine("off", "--embedding-url", "http://127.0.0.1:1"), exitUsage, []string{"--embedding-model"}},
		"server is down":   {evalLine("off", "--embedding-url", "http://127.0.0.1:1", "--embedding-model", "m", "--cache", folder), exitUnavailable, []string{"model"}},
		"import from none": {[]string{"eval", "import", gates}, exitUsage, []string{"--from"}},
		"import of none":   {[]string{"eval", "import", "--from", "zendesk", "/nowhere"}, exitUsage, []string{"EXPORT"}},
		"import, no out":   {[]string{"eval", "import", "--from", "zendesk", gates, "--json"}, exitUsage, []string{"--out"}},
		"import onto self": {[]string{"eval", "import", "--from", "zendesk", gates, "--out", gates}, exitUsage, []string{"--out"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			command(t, nowhere, test.line...).wants(t, test.code, test.words...)
		})
	}
}

func TestEvalStopsWhenAsked(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var told strings.Builder
	code := run(ctx, evalLine("off"), environment{strings.NewReader(""), &told, &told, nowhere})
	if code != exitFailed || strings.Contains(told.String(), "panic") || !strings.Contains(told.String(), "cancel") {
		t.Errorf("exit %d with %q", code, told.String())
	}
}

// TestEvalWithAnEndpoint embeds every text once, by a server that answers with two
// numbers, and then without any server.
func TestEvalWithAnEndpoint(t *testing.T) {
	t.Parallel()
	cache := t.TempDir()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		var asked struct{ Input []string }
		if request.Header.Get("Authorization") != "Bearer k" || json.NewDecoder(request.Body).Decode(&asked) != nil {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		var entries []map[string]any
		for i, text := range asked.Input {
			entries = append(entries, map[string]any{"index": i, "embedding": []int{1, len(text)}})
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"data": entries})
	}))
	line := evalLine("off", "--json", "--embedding-url", server.URL, "--embedding-model", "two", "--cache", cache)
	var first, second triagesuite.Result
	command(t, append([]string{"SIGNALBOX_EMBEDDING_KEY=k"}, nowhere...), line...).wants(t, exitOK).decode(t, &first)
	server.Close()
	command(t, nowhere, line...).wants(t, exitOK).decode(t, &second)
	if first.Embedding != "two" || first.ModelHash != second.ModelHash {
		t.Errorf("embedded by %s; models %s and %s", first.Embedding, first.ModelHash, second.ModelHash)
	}
}

func TestEvalImport(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	export := writeFile(t, folder, "export.json", `{"tickets":[{"id":1,"subject":"=a","description":"b","group_id":5},{"id":2}]}`)
	out := filepath.Join(folder, "labelled.csv")
	command(t, nowhere, "eval", "import", "--from", "zendesk", export, "--out", out).wants(t, exitPartial, "1 tickets", "1 tickets have no text or were deleted: 2")
	text, err := os.ReadFile(out)
	must(t, err)
	if want := "id,created_at,subject,body,channel,priority,status,group,tags\n1,,'=a,b,,,,5,\n"; string(text) != want {
		t.Errorf("got %q, want %q", text, want)
	}
	if got := command(t, nowhere, "eval", "import", "--from", "zendesk", export).wants(t, exitPartial); got.stdout != string(text) {
		t.Errorf("standard output has %q", got.stdout)
	}
}
