package samplecompany

import (
	"flag"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/retrieval"
)

var update = flag.Bool("update", false, "rewrite the golden files and the hash of the frozen data")

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// load returns the built-in company.
func load(t testing.TB) *Company {
	t.Helper()
	company, err := Load()
	must(t, err)
	return company
}

// golden compares with a file of testdata line by line, or rewrites it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	t.Logf("%s:\n%s", name, got)
	path := "testdata/" + name
	if *update {
		must(t, os.WriteFile(path, []byte(got), 0o644))
		return
	}
	want, err := os.ReadFile(path)
	must(t, err)
	if string(want) == got {
		return
	}
	gotLines, wantLines := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for i := range min(len(gotLines), len(wantLines)) {
		if gotLines[i] != wantLines[i] {
			t.Errorf("%s line %d:\n got %s\nwant %s", path, i+1, gotLines[i], wantLines[i])
		}
	}
	t.Errorf("%s differs: if that is meant, run go test ./evals/samplecompany -run Statistics -update", path)
}

func testAnalyser(t testing.TB) *retrieval.Analyser {
	t.Helper()
	analyser, err := retrieval.NewAnalyser(retrieval.DefaultParameters(), nil)
	must(t, err)
	return analyser
}

func articlesOf(t testing.TB, company *Company, audience desk.Audience) fs.FS {
	t.Helper()
	articles, err := company.Articles(audience)
	must(t, err)
	return articles
}
