package history_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/signalbox/signalbox/evals/history"
	"github.com/signalbox/signalbox/internal/fault"
)

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
	found, err := history.Propose(t.Context(), h, history.ProposeOptions{Categories: 5, Examples: 5, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	again, err := history.Propose(t.Context(), h, history.ProposeOptions{Categories: 5, Examples: 5, Seed: 1})
	if err != nil || fmt.Sprint(found) != fmt.Sprint(again) {
		t.Errorf("the same seed proposes something else: %v", err)
	}
	total := 0
	for _, category := range found.Categories {
		total += category.Tickets
		for _, example := range category.Examples[1:] {
			if strings.Fields(example.Text)[0] != strings.Fields(category.Examples[0].Text)[0] {
				t.Errorf("%s holds %q and %q", category.Name, category.Examples[0].Text, example.Text)
			}
		}
	}
	if len(found.Categories) != 5 || total != found.Tickets {
		t.Errorf("%d categories with %d of %d tickets", len(found.Categories), total, found.Tickets)
	}
	if err := found.Taxonomy().Validate(); err != nil {
		t.Errorf("the taxonomy cannot be used: %v", err)
	}
	if _, err := history.Propose(t.Context(), h, history.ProposeOptions{Categories: 100, Examples: 5, Seed: 1}); !fault.Is(err, fault.Unprocessable) {
		t.Errorf("more categories than texts: %v", err)
	}
}
