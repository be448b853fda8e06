package main

import (
	"encoding/json"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/cobra"

	"github.com/signalbox/signalbox/internal/httpapi"
	"github.com/signalbox/signalbox/internal/httpapi/customer"
	"github.com/signalbox/signalbox/workers"
)

const documents = "../../docs"

func page(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(documents, "reference", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestEverySettingStandsInTheReference(t *testing.T) {
	t.Parallel()
	reference := page(t, "settings.md")
	for _, setting := range settings() {
		row := regexp.MustCompile("(?m)^\\| `" + setting.name + "` \\| ([^|]*)\\|").FindStringSubmatch(reference)
		if row == nil {
			t.Errorf("%s has no row in docs/reference/settings.md", setting.name)
		} else if got := strings.Trim(row[1], " `"); got != setting.standard {
			t.Errorf("docs/reference/settings.md says that the default of %s is %q, and it is %q", setting.name, got, setting.standard)
		}
	}
}

var flagName = regexp.MustCompile(`(?m)^ +(--[a-z-]+)`)

func TestEveryCommandStandsInTheReference(t *testing.T) {
	t.Parallel()
	reference := page(t, "commands.md")
	var visit func(*cobra.Command)
	visit = func(command *cobra.Command) {
		for _, child := range command.Commands() {
			visit(child)
		}
		if !command.HasParent() || command.Hidden {
			return
		}
		text := entry(reference, command.CommandPath())
		if text == "" {
			t.Errorf("%s has no entry in docs/reference/commands.md", command.CommandPath())
		}
		for _, match := range flagName.FindAllStringSubmatch(command.LocalNonPersistentFlags().FlagUsages(), -1) {
			if !strings.Contains(text, "`"+match[1]) {
				t.Errorf("docs/reference/commands.md does not name %s of %s", match[1], command.CommandPath())
			}
		}
	}
	visit(newRoot(environment{stdout: io.Discard, stderr: io.Discard}))
	for code := exitOK; code <= exitUnsafe; code++ {
		if !strings.Contains(reference, "\n| "+string(rune('0'+code))+" | ") {
			t.Errorf("docs/reference/commands.md does not explain exit code %d", code)
		}
	}
}

// entry is what the reference says of a command: its section, or its line in the
// section of its group.
func entry(reference, command string) string {
	if _, section, found := strings.Cut(reference, "\n### `"+command); found {
		section, _, _ = strings.Cut(section, "\n#")
		return section
	}
	_, line, _ := strings.Cut(reference, "\n- `"+command)
	line, _, _ = strings.Cut(line, "\n")
	return line
}

func TestEveryRouteStandsInTheReference(t *testing.T) {
	t.Parallel()
	server, err := httpapi.New(httpapi.Config{Log: slog.New(slog.DiscardHandler)}, httpapi.Stores{Customer: &customer.Handlers{}})
	if err != nil {
		t.Fatal(err)
	}
	recorder := httptest.NewRecorder()
	server.Handler().ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/openapi.json", nil))
	var document struct {
		Paths map[string]map[string]any `json:"paths"`
	}
	if err := json.Unmarshal(recorder.Body.Bytes(), &document); err != nil || len(document.Paths) == 0 {
		t.Fatalf("the OpenAPI document cannot be read: %v", err)
	}
	reference := page(t, "http.md")
	for path, operations := range document.Paths {
		for method := range operations {
			if route := strings.ToUpper(method) + " " + path; !strings.Contains(reference, "\n| `"+route+"` |") {
				t.Errorf("%s has no row in docs/reference/http.md", route)
			}
		}
	}
}

// nameplates collects the names of what is registered, before anything is measured.
type nameplates struct{ names []string }

func (n *nameplates) Register(collector prometheus.Collector) error {
	described := make(chan *prometheus.Desc)
	go func() { collector.Describe(described); close(described) }()
	for description := range described {
		_, name, _ := strings.Cut(description.String(), `fqName: "`)
		name, _, _ = strings.Cut(name, `"`)
		n.names = append(n.names, name)
	}
	return nil
}

func (n *nameplates) MustRegister(collectors ...prometheus.Collector) {
	for _, collector := range collectors {
		_ = n.Register(collector) // never fails
	}
}

func (*nameplates) Unregister(prometheus.Collector) bool { return false }

func TestEveryMetricStandsInTheReference(t *testing.T) {
	t.Parallel()
	var registered nameplates
	workers.NewMetrics(&registered)
	if _, err := httpapi.New(httpapi.Config{Log: slog.New(slog.DiscardHandler), Metrics: &registered}, httpapi.Stores{Customer: &customer.Handlers{}}); err != nil {
		t.Fatal(err)
	}
	if len(registered.names) == 0 {
		t.Fatal("nothing was registered")
	}
	reference := page(t, "metrics.md")
	for _, name := range registered.names {
		if !strings.Contains(reference, "\n| `"+name+"` |") {
			t.Errorf("%s has no row in docs/reference/metrics.md", name)
		}
	}
}

func TestLinksBetweenDocumentsLead(t *testing.T) {
	t.Parallel()
	link := regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)
	files, err := filepath.Glob("../../*.md")
	if err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir(documents, func(path string, _ fs.DirEntry, err error) error {
		if filepath.Ext(path) == ".md" {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(filepath.Clean(file))
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range link.FindAllStringSubmatch(string(text), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(file), match[1])); err != nil {
				t.Errorf("%s links to %s, which is not there", file, match[1])
			}
		}
	}
}
