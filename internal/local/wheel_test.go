package local

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/signalbox/signalbox/internal/fault"
)

// These tests run the real pip on a package of their own from a folder, so they
// need no network. They set variables for it and therefore don't run in parallel.

const samplePackage = "signalbox-sample"

// sampleWheel writes a wheel with one program and makes pip look only there.
func sampleWheel(t *testing.T) (wheel, Config) {
	t.Helper()
	var archive bytes.Buffer
	writer := zip.NewWriter(&archive)
	for _, file := range []struct{ name, text string }{
		{"sample/bin/program", "#!/bin/sh\n"},
		{"sample/include/unwanted.h", ""},
		{"signalbox_sample-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: signalbox-sample\nVersion: 1.0\n"},
		{"signalbox_sample-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"},
		{"signalbox_sample-1.0.dist-info/RECORD", ""},
	} {
		header := &zip.FileHeader{Name: file.name, Method: zip.Deflate}
		header.SetMode(0o600)
		if strings.Contains(file.name, "/bin/") {
			header.SetMode(0o700)
		}
		entry, err := writer.CreateHeader(header)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := entry.Write([]byte(file.text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	shelf := t.TempDir()
	if err := os.WriteFile(filepath.Join(shelf, "signalbox_sample-1.0-py3-none-any.whl"), archive.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PIP_NO_INDEX", "1")
	t.Setenv("PIP_FIND_LINKS", shelf)
	sum := sha256.Sum256(archive.Bytes())
	sample := wheel{
		requirements: samplePackage + "==1.0 --hash=sha256:" + hex.EncodeToString(sum[:]),
		purpose:      "a sample", megabytes: 1, keep: postgresWheel.keep,
	}
	return sample, Config{CacheDir: filepath.Join(t.TempDir(), "cache")}
}

func TestFetch(t *testing.T) {
	if _, err := findPip(t.Context()); err != nil {
		t.Skip("no pip here")
	}
	sample, config := sampleWheel(t)
	var said strings.Builder
	config.Messages = &said
	got, err := sample.fetch(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	for _, phrase := range []string{samplePackage, "1.0", "1 MB", "a sample"} {
		if !strings.Contains(said.String(), phrase) {
			t.Errorf("said %q before fetching, want it to name %q", said.String(), phrase)
		}
	}
	info, err := os.Stat(filepath.Join(got, "sample/bin/program"))
	if err != nil || info.Mode().Perm() != 0o755 {
		t.Errorf("the program is %v (%v), want everybody to run it", info, err)
	}
	if _, err := os.Stat(filepath.Join(got, "sample/include")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("headers were unpacked: %v", err)
	}
	said.Reset()
	t.Setenv("PATH", "")
	if again, err := sample.fetch(t.Context(), config); err != nil || again != got || said.Len() > 0 {
		t.Errorf("the second time: %q, %v, said %q; want the cache's, in silence", again, err, said.String())
	}
}

func TestFetchRefusesOtherContent(t *testing.T) {
	if _, err := findPip(t.Context()); err != nil {
		t.Skip("no pip here")
	}
	sample, config := sampleWheel(t)
	sample.requirements = samplePackage + "==1.0 --hash=sha256:" + strings.Repeat("0", 64)
	_, err := sample.fetch(t.Context(), config)
	says(t, err, "fetch "+samplePackage)
	left, _ := filepath.Glob(filepath.Join(config.CacheDir, "*1.0*"))
	if len(left) > 0 {
		t.Errorf("the cache holds %v after a refusal", left)
	}
}

func TestVerify(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte("content"), 0o600); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte("content"))
	pin := requirement{name: "it", version: "1", hashes: []string{strings.Repeat("0", 64), hex.EncodeToString(sum[:])}}
	if err := pin.verify(path); err != nil {
		t.Errorf("a pinned file: %v", err)
	}
	pin.hashes = pin.hashes[:1]
	says(t, pin.verify(path), "not pinned")
	if err := pin.verify(path + "-absent"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an absent file: %v", err)
	}
}

// Where nothing can be found or fetched, the error is the line to type.
func TestMissingServersSayWhatToType(t *testing.T) {
	config := folder(t)
	config.CacheDir = filepath.Join(t.TempDir(), "cache")
	config.PostgresMajor = 18
	former := systemPostgres
	systemPostgres = nil
	t.Cleanup(func() { systemPostgres = former })
	t.Setenv("PATH", t.TempDir())
	_, err := Open(t.Context(), config)
	says(t, err, "neither pip nor uv", "postgresql", "pgvector", "DATABASE_URL=postgres://", "python3")
	if !fault.Is(err, fault.Unavailable) {
		t.Errorf("kind %q, want %q", fault.KindOf(err), fault.Unavailable)
	}
	config.WantPostgres = false
	_, err = Open(t.Context(), config)
	says(t, err, "redis", "REDIS_URL=redis://")
}
