package main

import (
	"strings"
	"testing"
	"time"
)

// badValues holds a wrong value for each setting that has one.
var badValues = map[string]string{
	"DATABASE_URL": "mysql://x", "DATABASE_URL_CUSTOMER": "mysql://x", "REDIS_URL": "http://x", "SIGNALBOX_SECRET_KEYS": "k1:short",
	"SIGNALBOX_LISTEN": "8080", "SIGNALBOX_METRICS_LISTEN": "nine", "SIGNALBOX_PUBLIC_URL": "ftp://x", "SIGNALBOX_TRUSTED_PROXIES": "proxy.example", "SIGNALBOX_IMPORT_HOSTS": "http://a.example/x",
	"SIGNALBOX_LOG": "loud", "SIGNALBOX_LOG_FORMAT": "xml", "SIGNALBOX_KEEP_RAW_DAYS": "0", "SIGNALBOX_CONCURRENCY": "1001",
	"SIGNALBOX_DATABASE_CONNECTIONS": "1", "SIGNALBOX_POSTGRES": "14", "OPENAI_BASE_URL": "api", "ANTHROPIC_BASE_URL": "://",
}

// anything marks settings whose every value is right until it is used.
var anything = map[string]bool{
	"SIGNALBOX_DIR": true, "PGBIN": true, "OPENAI_API_KEY": true, "ANTHROPIC_API_KEY": true, "SIGNALBOX_MODEL": true, "SIGNALBOX_EMBEDDING_KEY": true,
	"DATABASE_URL_MIGRATE": true, // only migrate reads it; tried below
}

func TestEverySettingsBadValueIsNamed(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	for _, setting := range settings() {
		bad, known := badValues[setting.name]
		if !known && !anything[setting.name] {
			t.Errorf("%s has no bad value in this test", setting.name)
		}
		if !known {
			continue
		}
		t.Run(setting.name, func(t *testing.T) {
			got := command(t, s.with(setting.name+"="+bad), "doctor").wants(t, exitUsage, setting.name)
			if strings.Contains(got.stderr, "k1:short") {
				t.Errorf("a secret is repeated: %s", got.stderr)
			}
		})
	}
	command(t, s.with("DATABASE_URL_MIGRATE=mysql://x"), "migrate", "status").wants(t, exitUsage, "DATABASE_URL_MIGRATE")
	many := command(t, s.with("SIGNALBOX_LOG=loud", "SIGNALBOX_CONCURRENCY=none"), "doctor").wants(t, exitUsage, "SIGNALBOX_LOG", "SIGNALBOX_CONCURRENCY")
	if lines := strings.Count(many.stderr, "\n"); lines < 2 {
		t.Errorf("two wrong settings are named on %d lines:\n%s", lines, many.stderr)
	}
	for _, name := range []string{"DATABASE_URL_CUSTOMER", "SIGNALBOX_SECRET_KEYS", "DATABASE_URL"} {
		command(t, s.with(name+"="), "doctor").wants(t, exitUsage, name, "is missing")
	}
}

func TestEnvironmentWinsOverFile(t *testing.T) {
	t.Parallel()
	file := writeFile(t, t.TempDir(), "settings.env", "# a comment\n\nexport SIGNALBOX_CONCURRENCY=3\nSIGNALBOX_LOG = \"debug\"\nSIGNALBOX_KEEP_RAW_DAYS='7'\nSIGNALBOX_LISTEN=127.0.0.1:1\n")
	read, err := readConfig([]string{"SIGNALBOX_LISTEN=127.0.0.1:2", "SIGNALBOX_LOG=", "UNKNOWN=1"}, file)
	must(t, err)
	if read.Concurrency != 3 || read.LogLevel != "debug" || read.KeepRaw != 7*24*time.Hour {
		t.Errorf("the file's settings are %+v", read)
	}
	if read.Listen != "127.0.0.1:2" || read.DatabaseConnections != 16 {
		t.Errorf("the environment's address or the default is not used: %+v", read)
	}
	s := newStage(t)
	bad := s.file("bad.env", "SIGNALBOX_LOG=loud\n")
	command(t, s.with("SIGNALBOX_CONFIG="+bad), "doctor").wants(t, exitUsage, "SIGNALBOX_LOG")
	command(t, s.with("SIGNALBOX_CONFIG="+bad, "SIGNALBOX_LOG=warn"), "doctor").wants(t, exitOK)
	command(t, s.with("SIGNALBOX_CONFIG="+bad), "doctor", "--config", file, "--json").wants(t, exitOK)
	for _, text := range []string{"SIGNALBOX_LOUD=1\n", "no setting\n", "=x\n"} {
		command(t, s.variables, "doctor", "--config", s.file("c.env", "\n"+text)).wants(t, exitUsage, "c.env:2", "is no setting")
	}
}

func FuzzParseFile(f *testing.F) {
	f.Add("SIGNALBOX_LOG=debug\n# x\nexport REDIS_URL='redis://x'\n")
	f.Add("=\n")
	f.Add("PGBIN")
	f.Fuzz(func(t *testing.T, text string) {
		values := map[string]string{}
		if parseFile(strings.NewReader(text), "file", values) != nil {
			return
		}
		known := map[string]bool{}
		for _, setting := range settings() {
			known[setting.name] = true
		}
		for name := range values {
			if !known[name] {
				t.Errorf("%q is read as a setting", name)
			}
		}
	})
}
