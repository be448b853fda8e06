package evals

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// FiguresOf collects the numbers of a result by their path in its JSON, such as
// accuracy or fields.route.accuracy. Entries of a list are named by what tells
// them apart: coverage_at_precision.0.95.coverage, per_class.refund.recall,
// slices.language.de.accuracy. Other lists and null are left out.
func FiguresOf(result any) (map[string]float64, error) {
	encoded, err := json.Marshal(result)
	if err != nil {
		return nil, fmt.Errorf("encode the result: %w", err)
	}
	decoder := json.NewDecoder(bytes.NewReader(encoded))
	decoder.UseNumber()
	var tree map[string]any
	if err := decoder.Decode(&tree); err != nil {
		return nil, fmt.Errorf("read the result: %w", err)
	}
	figures := map[string]float64{}
	collect(figures, "", tree)
	return figures, nil
}

func collect(figures map[string]float64, path string, value any) {
	switch value := value.(type) {
	case json.Number:
		if number, err := value.Float64(); err == nil {
			figures[path] = number
		}
	case map[string]any:
		for key, inner := range value {
			collect(figures, join(path, key), inner)
		}
	case []any:
		for _, entry := range value {
			if object, ok := entry.(map[string]any); ok {
				if name, known := nameOf(object); known {
					collect(figures, join(path, name), object)
				}
			}
		}
	}
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// nameOf tells an entry of a list from the others.
func nameOf(entry map[string]any) (string, bool) {
	if target, ok := entry["target"].(json.Number); ok && entry["dimension"] == nil {
		return target.String(), true
	}
	if dimension, ok := entry["dimension"].(string); ok {
		return fmt.Sprintf("%s.%v", dimension, entry["value"]), true
	}
	label, ok := entry["label"].(string)
	_, isPair := entry["predicted"].(string)
	return label, ok && !isPair
}

// lowerIsBetter lists the figures, by the last part of their path, whose rise is a loss.
var lowerIsBetter = map[string]bool{
	"ece": true, "ece_before": true, "ece_equal_mass": true, "brier": true, "log_loss": true, "aurc": true, "gap": true,
	"train_seconds": true, "microseconds_per_text": true, "model_bytes": true, "in_scope_flagged": true,
	"out_of_scope_acted_on": true, "accuracy_sd": true,
	"p50_ms": true, "p95_ms": true, "ingest_seconds": true, "worse": true,
}
