package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/signalbox/signalbox/evals"
	"github.com/signalbox/signalbox/evals/retrievalsuite"
)

// helpCentre writes a small set with what real ones have: a title that is empty,
// lines that end in CRLF, judgements in TREC's form, and IDs that nobody knows.
func helpCentre(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	must(t, os.Mkdir(filepath.Join(folder, "qrels"), 0o750))
	writeFile(t, folder, "corpus.jsonl", strings.ReplaceAll(`{"_id": "a", "title": "Refunds", "text": "A yearly plan is refunded within 30 days."}
{"_id": "b", "title": "", "text": "Rechnungen finden Sie unter Konto. Die Adresse ändern Sie dort."}
{"_id": "c", "title": "Sync", "text": "Error SYNC_409 means that two devices wrote at once."}
`, "\n", "\r\n"))
	writeFile(t, folder, "queries.jsonl", `{"_id": "1", "text": "refund of a yearly plan"}
{"_id": "2", "text": "Wo ändere ich die Adresse der Rechnung?"}
{"_id": "3", "text": "SYNC-409"}
{"_id": "4", "text": "nobody judged this"}
`)
	writeFile(t, folder, "qrels/test.tsv", "query-id\tcorpus-id\tscore\textra\r\n1\ta\t2\tx\r\n1\tc\t0\tx\r\n2\tb\t1\tx\r\n3\tc\t1\tx\r\n9\ta\t1\tx\r\n3\tgone\t1\tx\r\n")
	writeFile(t, folder, "qrels/trec.txt", "1 0 a 1\n2 0 b 1\n3 0 c 1\n")
	writeFile(t, folder, "qrels/broken.tsv", "query-id\tcorpus-id\tscore\n1\ta\tmuch\n")
	return folder
}

func TestEvalRetrieval(t *testing.T) {
	t.Parallel()
	data, folder := helpCentre(t), t.TempDir()
	variables := []string{"SIGNALBOX_DIR=" + filepath.Join(folder, "private")}
	out, page := filepath.Join(folder, "run.json"), filepath.Join(folder, "a.html")
	got := command(t, variables, "eval", "retrieval", "--beir", data, "--json", "--runs", "off", "--out", out, "--html", page).wants(t, exitOK)
	var result retrievalsuite.Result
	must(t, json.Unmarshal([]byte(got.stdout), &result))
	if result.Queries != 3 || result.Documents != 3 || result.Chunks != 3 || len(result.Warnings) != 2 || result.Data["qrels"].Rows != 6 {
		t.Errorf("got %+v", result)
	}
	// Of the third question's two relevant documents one is not in the corpus.
	if words := result.Modes["bm25"]; words.NDCG10 < 0.87 || words.NDCG10 > 0.88 || words.MRR10 != 1 || words.P50 <= 0 {
		t.Errorf("words alone: %+v", words)
	}
	if result.Modes["hybrid"].NDCG10 != result.Modes["bm25"].NDCG10 || result.HybridAgainstBM25.Same != 3 {
		t.Errorf("both: %+v, against words %+v", result.Modes["hybrid"], result.HybridAgainstBM25)
	}
	gates := writeFile(t, folder, "g.yaml", "modes.hybrid.ndcg@10: {min: .99}\nregression: {modes.bm25.ndcg@10: 0}\n")
	command(t, variables, "eval", "retrieval", "--beir", data, "--runs", "off", "--baseline", out, "--gate", gates).
		wants(t, exitGate, "GATES: 1 of 2 passed", "BESIDE THE BASELINE", "words (BM25)")
	text, err := os.ReadFile(page)
	must(t, err)
	if !strings.Contains(string(text), "prefers-color-scheme: dark") || strings.Contains(string(text), "ZgotmplZ") {
		t.Error("the page is not whole")
	}
	suite := t.TempDir()
	writeFile(t, suite, "suite.yaml", "name: Help\nsuite: retrieval\ndata: {beir: "+data+", split: trec}\ngates: {modes.bm25.recall@10: {min: 1}}\n")
	runs := filepath.Join(folder, "runs")
	command(t, variables, "eval", "retrieval", "--suite", suite, "--runs", runs).wants(t, exitOK, "GATES: 1 of 1 passed")
	var history struct{ Runs []evals.Kept }
	command(t, nowhere, "eval", "history", "--runs", runs, "--json").wants(t, exitOK).decode(t, &history)
	if len(history.Runs) != 1 || history.Runs[0].Rows != 9 {
		t.Errorf("the history is %+v", history)
	}
}

func TestEvalRetrievalThatCannotRun(t *testing.T) {
	t.Parallel()
	data, broken := helpCentre(t), helpCentre(t)
	writeFile(t, broken, "corpus.jsonl", "{\"_id\": \"a\", \"text\": \"x\"}\n{\"text\": \"no ID\"}\n")
	for name, test := range map[string]struct {
		line  []string
		words []string
	}{
		"no folder":      {nil, []string{"--beir"}},
		"no such folder": {[]string{"--beir", "/nowhere"}, []string{"--beir"}},
		"no split":       {[]string{"--beir", data, "--split", "dev"}, []string{"--split dev", "broken, test, trec"}},
		"a bad score":    {[]string{"--beir", data, "--split", "broken"}, []string{"broken.tsv, line 2", "score"}},
		"no ID":          {[]string{"--beir", broken}, []string{"corpus.jsonl, line 2", "_id"}},
		"language":       {[]string{"--beir", data, "--language", "English"}, []string{"--language", "auto"}},
		"suite and data": {[]string{"--beir", data, "--suite", data}, []string{"--beir", "--suite"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			command(t, nowhere, append([]string{"eval", "retrieval", "--runs", "off"}, test.line...)...).wants(t, exitUsage, test.words...)
		})
	}
}

// TestMeaningTakesNothingFromWordsInNineLanguages asks a small help centre that holds
// the same three articles in each language.
func TestMeaningTakesNothingFromWordsInNineLanguages(t *testing.T) {
	t.Parallel()
	var result retrievalsuite.Result
	command(t, []string{"SIGNALBOX_DIR=" + filepath.Join(t.TempDir(), "private")}, "eval", "retrieval", "--json", "--runs", "off",
		"--beir", "../../evals/retrievalsuite/testdata/nine-languages").wants(t, exitOK).decode(t, &result)
	if words, both := result.Modes["bm25"].NDCG10, result.Modes["hybrid"].NDCG10; words < 0.96 || both < words || len(result.Languages) != 9 {
		t.Errorf("words %.3f, both %.3f in %d languages, want at least 0.96, no less, and 9", words, both, len(result.Languages))
	}
}

// TestMeaningHelpsInJapanese asks a help centre of one language, whose questions were
// written and judged by somebody who had not seen the search.
func TestMeaningHelpsInJapanese(t *testing.T) {
	t.Parallel()
	var result retrievalsuite.Result
	command(t, []string{"SIGNALBOX_DIR=" + filepath.Join(t.TempDir(), "private")}, "eval", "retrieval", "--json", "--runs", "off", "--language", "ja",
		"--beir", "../../evals/retrievalsuite/testdata/languages/ja").wants(t, exitOK).decode(t, &result)
	if words, both := result.Modes["bm25"].NDCG10, result.Modes["hybrid"].NDCG10; words < 0.74 || both < 0.77 {
		t.Errorf("words %.3f, both %.3f, want at least 0.74 and 0.77", words, both)
	}
}
