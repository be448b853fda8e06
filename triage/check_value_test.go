package triage

import (
	"strings"
	"testing"

	"github.com/signalbox/signalbox/internal/fault"
)

func TestCheckValue(t *testing.T) {
	t.Parallel()
	taxonomy := Taxonomy{Routes: []Route{{Key: "desk", Name: "Desk"}}, Intents: []Intent{{Key: "refund", Name: "Refund"}, {Key: "login", Name: "Login"}}}
	for _, right := range [][2]string{{FieldIntent, "refund"}, {FieldRoute, "desk"}, {FieldUrgency, UrgencyHigh}, {FieldPriority, BandLow}, {FieldSensitive, ""}} {
		if err := taxonomy.CheckValue(right[0], right[1]); err != nil {
			t.Errorf("%v: %v", right, err)
		}
	}
	for _, wrong := range [][2]string{{FieldIntent, "desk"}, {FieldUrgency, "soon"}, {"colour", "red"}, {FieldLanguage, "en"}} {
		if err := taxonomy.CheckValue(wrong[0], wrong[1]); !fault.Is(err, fault.Unprocessable) {
			t.Errorf("%v: got %v, want an unprocessable fault", wrong, err)
		}
	}
	if err := taxonomy.CheckValue(FieldIntent, "x"); !strings.Contains(err.Error(), "refund, login") {
		t.Errorf("%v does not list what is allowed", err)
	}
}
