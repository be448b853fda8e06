package main

import (
	"maps"
	"path/filepath"
	"slices"
	"testing"
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
