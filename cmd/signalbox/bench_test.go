package main

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/signalbox/signalbox/evals/ingestbench"
	"github.com/signalbox/signalbox/evals/triagefuzz"
)

// TestBenchIntake measures almost nothing: the figures are only looked at for sense.
func TestBenchIntake(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "private")
	keepServers(t, folder)
	variables := []string{"SIGNALBOX_DIR=" + folder, "SIGNALBOX_METRICS_LISTEN=off"}
	measured := map[string]float64{}
	command(t, variables, "bench", "intake", "--json", "--tickets", "200", "--noops", "500", "--inserts", "200", "--rate", "20", "--for", "2s").
		wants(t, exitOK).decode(t, &measured)
	want := []string{"inserts_per_second", "noop_per_second", "p50_ms", "p95_ms", "p99_ms", "share_of_noop", "tickets_per_second"}
	if keys := slices.Sorted(maps.Keys(measured)); !slices.Equal(keys, want) {
		t.Errorf("the result's keys are %v, want %v", keys, want)
	}
	for name, value := range measured {
		if value <= 0 {
			t.Errorf("%s is %v, want more than 0", name, value)
		}
	}
	if measured["p50_ms"] > measured["p95_ms"] || measured["p95_ms"] > measured["p99_ms"] {
		t.Errorf("the percentiles fall: %v", measured)
	}
}

// TestBenchIngest measures almost nothing, on a database that is gone afterwards.
func TestBenchIngest(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "private")
	keepServers(t, folder)
	var measured ingestbench.Result
	command(t, []string{"SIGNALBOX_DIR=" + folder}, "bench", "ingest", "--articles", "80", "--json").wants(t, exitOK).decode(t, &measured)
	if measured.Articles != 80 || measured.Unchanged != 80 || measured.Chunks < 160 || measured.PerSecond <= 0 || measured.Words < 250 {
		t.Errorf("measured %+v", measured)
	}
	command(t, nil, "bench", "ingest", "--articles", "-1").wants(t, exitUsage, "--articles")
}

// TestBenchFlood runs the real program, whose customers are a process of their own.
func TestBenchFlood(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "private")
	keepServers(t, folder)
	flood := exec.Command(program(t), "bench", "flood", "--for", "1s", "--json") //nolint:gosec // this program
	flood.Env = append(os.Environ(), "SIGNALBOX_DIR="+folder)
	printed, err := flood.Output()
	must(t, err)
	var measured floodResult
	must(t, json.Unmarshal(printed, &measured))
	if measured.Answered <= 0 || measured.Capacity <= 0 || measured.Refusal.Count == 0 || measured.Failed != 0 || measured.Flooded.Count == 0 || measured.Refusal.Max < measured.Refusal.P99 {
		t.Errorf("measured %+v", measured)
	}
	command(t, nil, "bench", "flood", "--for", "1h").wants(t, exitUsage, "--for")
}

// TestBenchTriage needs no servers.
func TestBenchTriage(t *testing.T) {
	t.Parallel()
	var measured triageBench
	command(t, nil, "bench", "triage", "--json", "--texts", "10").wants(t, exitOK).decode(t, &measured)
	if len(measured.Sizes) != 4 || measured.Sizes[0].Median <= 0 || measured.Reference <= 0 || measured.ModelBytes == 0 || measured.TrainSeconds <= 0 {
		t.Errorf("measured %+v", measured)
	}
	command(t, nil, "bench", "triage", "--texts", "10").wants(t, exitOK, "MEDIAN", "2000")
}

// TestBenchFuzz runs in two processes, on one core and on two: the digest is the same.
func TestBenchFuzz(t *testing.T) {
	t.Parallel()
	digests := map[string]bool{}
	for _, cores := range []string{"1", "2"} {
		fuzz := exec.CommandContext(t.Context(), program(t), "bench", "fuzz", "--inputs", "500", "--json")
		fuzz.Env = append(os.Environ(), "GOMAXPROCS="+cores)
		printed, err := fuzz.Output()
		must(t, err)
		var made triagefuzz.Result
		must(t, json.Unmarshal(printed, &made))
		if made.Broken > 0 || made.Inputs != 500 || made.PerSecond <= 0 {
			t.Errorf("on %s cores: %+v", cores, made)
		}
		digests[made.Digest] = true
	}
	if len(digests) != 1 {
		t.Errorf("two processes have the digests %v", digests)
	}
	command(t, nil, "bench", "fuzz", "--inputs", "20").wants(t, exitOK, "0 broken", "digest ")
}
