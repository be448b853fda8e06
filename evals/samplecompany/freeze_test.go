package samplecompany

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
)

// notData are the endings of files here that are code, or this list itself.
var notData = []string{".go", ".sha256"}

// TestDataAreFrozen compares every data file with the hash it was frozen with, so
// that no statistic improves because the data did. frozen.sha256 has the format of
// sha256sum. Frozen data change only with a line in CHANGELOG.md that says why.
func TestDataAreFrozen(t *testing.T) {
	t.Parallel()
	got := hashes(t, os.DirFS("."))
	if *update {
		must(t, os.WriteFile("frozen.sha256", []byte(strings.Join(got, "\n")+"\n"), 0o644))
		return
	}
	text, err := os.ReadFile("frozen.sha256")
	must(t, err)
	want := strings.Split(strings.TrimSpace(string(text)), "\n")
	for _, line := range got {
		if !slices.Contains(want, line) {
			t.Errorf("changed or added since the freeze: %s", line)
		}
	}
	for _, line := range want {
		if !slices.Contains(got, line) {
			t.Errorf("as it was frozen: %s", line)
		}
	}
	if t.Failed() {
		t.Log("the data are frozen: to change them, say why in CHANGELOG.md, then run go test ./evals/samplecompany -run Frozen -update")
	}
}

// hashes lists the data files by path, each after its SHA-256.
func hashes(t *testing.T, files fs.FS) []string {
	t.Helper()
	var lines []string
	must(t, fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case name == "testdata" || name == suiteFolder: // suite_test.go holds the suite to the data
			return fs.SkipDir
		case entry.IsDir() || slices.Contains(notData, path.Ext(name)):
			return nil
		}
		data, err := fs.ReadFile(files, name)
		lines = append(lines, fmt.Sprintf("%x  %s", sha256.Sum256(data), name))
		return err
	}))
	return lines
}
