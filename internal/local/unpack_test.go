package local

import (
	"archive/zip"
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// archiveOf writes a zip with one entry.
func archiveOf(t testing.TB, name string, mode fs.FileMode, content []byte) string {
	t.Helper()
	var buffer bytes.Buffer
	writer := zip.NewWriter(&buffer)
	header := &zip.FileHeader{Name: name, Method: zip.Deflate}
	header.SetMode(mode)
	entry, err := writer.CreateHeader(header)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := entry.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	return archiveFile(t, buffer.Bytes())
}

func archiveFile(t testing.TB, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "archive.zip")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func everything(string) bool { return true }

func TestUnpackRefuses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, entry string
		mode        fs.FileMode
		want        string
	}{
		{"parent", "../outside", 0o644, "unsafe name"},
		{"hidden parent", "a/../../outside", 0o644, "unsafe name"},
		{"absolute", "/outside", 0o644, "unsafe name"},
		{"link", "link", fs.ModeSymlink | 0o777, "is no file"},
		{"device", "device", fs.ModeDevice | 0o644, "is no file"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			target := filepath.Join(t.TempDir(), "target")
			says(t, unpack(archiveOf(t, test.entry, test.mode, []byte("/etc/passwd")), target, everything), test.want)
			if _, err := os.Lstat(filepath.Join(filepath.Dir(target), "outside")); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("something was written outside: %v", err)
			}
		})
	}
}

// The true size counts, not the one that the header gives.
func TestUnpackBoundsSizes(t *testing.T) {
	t.Parallel()
	reader, err := zip.OpenReader(archiveOf(t, "a/large", 0o644, make([]byte, 101)))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = reader.Close() }()
	if _, err := unpackEntry(reader.File[0], t.TempDir(), 101); err != nil {
		t.Errorf("a file at the bound: %v", err)
	}
	_, err = unpackEntry(reader.File[0], t.TempDir(), 100)
	says(t, err, "too large")
}

func TestUnpackRefusesBrokenArchives(t *testing.T) {
	t.Parallel()
	if err := unpack(archiveFile(t, []byte("no zip")), filepath.Join(t.TempDir(), "x"), everything); !errors.Is(err, zip.ErrFormat) {
		t.Errorf("got %v, want %v", err, zip.ErrFormat)
	}
}

// FuzzUnpack checks that whatever an archive holds, nothing lands outside the
// folder and nothing panics.
func FuzzUnpack(f *testing.F) {
	for _, name := range []string{"a/b", "../a", "a//b", "./a"} {
		content, err := os.ReadFile(archiveOf(f, name, 0o644, []byte("text")))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(content)
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		parent := t.TempDir()
		path := archiveFile(t, content)
		_ = unpack(path, filepath.Join(parent, "target"), everything)
		entries, err := os.ReadDir(parent)
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range entries {
			if entry.Name() != "target" {
				t.Errorf("%s was written outside the folder", entry.Name())
			}
		}
	})
}
