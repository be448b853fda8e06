package history_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/signalbox/signalbox/evals/history"
	"github.com/signalbox/signalbox/internal/fault"
)

func TestVMeasure(t *testing.T) {
	t.Parallel()
	homogeneity, completeness, v := history.VMeasure([]int{0, 0, 1, 1}, []string{"a", "a", "b", "b"})
	if homogeneity != 1 || completeness != 1 || v != 1 {
		t.Errorf("the same: %v %v %v", homogeneity, completeness, v)
	}
	homogeneity, completeness, _ = history.VMeasure([]int{0, 1, 2, 3}, []string{"a", "a", "b", "b"})
	if math.Abs(homogeneity-1) > 1e-9 || math.Abs(completeness-0.5) > 1e-9 {
		t.Errorf("each alone: homogeneity %v, completeness %v, want 1 and 0.5", homogeneity, completeness)
	}
	if _, _, v = history.VMeasure([]int{0, 0, 0, 0}, []string{"a", "a", "b", "b"}); v != 0 {
		t.Errorf("all in one: %v, want 0", v)
	}
}

func TestProposeFindsTopicsOfSeveralLanguages(t *testing.T) {
	t.Parallel()
	topics := []string{
		"please send the invoice for order %d again", "the password reset mail for account %d never arrives", "our scanner %d shows a red light and beeps",
		"die Rechnung zur Bestellung %d ist falsch berechnet", "la livraison du colis %d est en retard depuis lundi",
	}
	ends := []string{"", " thanks", " today please", " since this morning", " and nobody answers", " as before", " once more", " in our second office"}
	var rows []history.Row
	for i, topic := range topics {
		for j, end := range ends {
			rows = append(rows, history.Row{Line: i*10 + j, Body: fmt.Sprintf(topic, 4711) + end})
		}
	}
	h := &history.History{Rows: rows}
	found, err := history.Propose(t.Context(), h, 5, 1, func(string, int, int) {})
	if err != nil {
		t.Fatal(err)
	}
	again, err := history.Propose(t.Context(), h, 5, 1, func(string, int, int) {})
	if err != nil || fmt.Sprint(found) != fmt.Sprint(again) {
		t.Errorf("the same seed proposes something else: %v", err)
	}
	total := found.Rest
	for _, category := range found.Categories {
		total += category.Tickets
		for _, example := range category.Examples[1:] {
			if strings.Fields(example)[0] != strings.Fields(category.Examples[0])[0] {
				t.Errorf("%s holds %q and %q", category.Name, category.Examples[0], example)
			}
		}
	}
	if len(found.Categories) != 5 || total != found.Tickets {
		t.Errorf("%d categories with %d of %d tickets", len(found.Categories), total, found.Tickets)
	}
	if err := found.Taxonomy().Validate(); err != nil {
		t.Errorf("the taxonomy cannot be used: %v", err)
	}
	if _, err := history.Propose(t.Context(), h, 100, 1, func(string, int, int) {}); !fault.Is(err, fault.Unprocessable) {
		t.Errorf("more categories than texts: %v", err)
	}
}
