package local

import (
	"strings"
	"testing"
)

func TestParseVersion(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text         string
		major, minor int
	}{
		{"postgres (PostgreSQL) 18.4\n", 18, 4},
		{"postgres (PostgreSQL) 15.13 (Debian 15.13-0+deb12u1)", 15, 13},
		{"postgres (PostgreSQL) 19devel", 19, 0},
		{"Redis server v=6.2.14 sha=40305114:0 malloc=libc bits=64", 6, 2},
		{"Valkey server v=8.0.1 sha=00000000:0", 8, 0},
	} {
		if major, minor, err := parseVersion(test.text); err != nil || major != test.major || minor != test.minor {
			t.Errorf("parseVersion(%q) = %d, %d, %v; want %d, %d", test.text, major, minor, err, test.major, test.minor)
		}
	}
	if _, _, err := parseVersion("command not found"); err == nil {
		t.Error("no version was found in an error message, and that is no error")
	}
}

func TestControlVersion(t *testing.T) {
	t.Parallel()
	major, minor, err := controlVersion("comment = 'vector'\ndefault_version = '0.8.5'\nrelocatable = true\n")
	if err != nil || major != 0 || minor != 8 {
		t.Errorf("got %d.%d, %v; want 0.8", major, minor, err)
	}
	if _, _, err := controlVersion("# default_version = '0.8'"); err == nil {
		t.Error("a comment is taken for the version")
	}
}

func FuzzVersions(f *testing.F) {
	f.Add("postgres (PostgreSQL) 18.4")
	f.Add("default_version = '0.8.5'")
	f.Fuzz(func(t *testing.T, text string) {
		for _, parse := range []func(string) (int, int, error){parseVersion, controlVersion} {
			if major, minor, err := parse(text); err == nil && (major < 0 || major > 9999 || minor < 0 || minor > 9999) {
				t.Errorf("%q: %d.%d is out of range", text, major, minor)
			}
		}
	})
}

func TestPinnedRequirements(t *testing.T) {
	t.Parallel()
	for text, platforms := range map[string]int{postgresRequirements: 4, redisRequirements: 1} {
		pin, err := parseRequirement(text)
		if err != nil || len(pin.hashes) != platforms {
			t.Errorf("got %v, %v; want %d hashes", pin, err, platforms)
		}
		if strings.Contains(text, "://") {
			t.Errorf("%s: an address is in the requirements", pin.name)
		}
	}
}

func TestParseRequirementRefuses(t *testing.T) {
	t.Parallel()
	hash := "--hash=sha256:" + strings.Repeat("a", 64)
	for _, text := range []string{
		"", "name==1.0", hash, "name>=1.0 " + hash, "name==1.0 --hash=md5:aa", "name==1.0 " + hash + " other==2.0",
		"--index-url=x name==1.0 " + hash, "../name==1.0 " + hash,
	} {
		if pin, err := parseRequirement(text); err == nil {
			t.Errorf("%q was read as %v, want an error", text, pin)
		}
	}
}

func FuzzParseRequirement(f *testing.F) {
	f.Add(postgresRequirements)
	f.Add("a==1 --hash=sha256:\\")
	f.Fuzz(func(t *testing.T, text string) {
		pin, err := parseRequirement(text)
		if err == nil && (pin.name == "" || strings.ContainsAny(pin.name+pin.version, "/\\ \n") || len(pin.hashes) == 0) {
			t.Errorf("%q was read as %v", text, pin)
		}
	})
}

func TestGlobLiteral(t *testing.T) {
	t.Parallel()
	if got, want := globLiteral(`/a[b]*?\c`), `/a\[b\]\*\?\\c`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
