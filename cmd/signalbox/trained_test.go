package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/signalbox/signalbox/retrieval"
	"github.com/signalbox/signalbox/triage"
)

// testTrainedCommands are the commands that show something only with a model and articles.
func testTrainedCommands(t *testing.T, c *company) {
	var decision triage.Decision
	command(t, c.variables, "triage", "--json", lockedOut).wants(t, exitOK).decode(t, &decision)
	if decision.Fields[triage.FieldIntent].Value == "" || decision.Versions.Model == 0 {
		t.Errorf("triage --json decides %+v", decision)
	}
	command(t, c.variables, "triage", lockedOut).wants(t, exitOK, "is the sum of", "intent", "route")
	commandReading(t, lockedOut, c.variables, "triage", "-").wants(t, exitOK, "is the sum of")

	var answer retrieval.Answer
	command(t, c.variables, "ask", "--json", "How do I change the card that we pay with?").wants(t, exitOK).decode(t, &answer)
	if !answer.Known {
		t.Errorf("ask --json knows nothing: %+v", answer)
	}
	command(t, c.variables, "ask", "How do I change the card that we pay with?").wants(t, exitOK, "[1]")
	command(t, c.variables, "ask", "Which planet has the most moons?").wants(t, exitOK, "I don't know")
	command(t, c.variables, "ask", "--agent", "debited twice after paying by hand").wants(t, exitOK, "internal", "Debited twice")

	var checks []check
	healthy := command(t, c.variables, "doctor", "--json").wants(t, exitOK)
	healthy.decode(t, &checks)
	for _, check := range checks {
		if check.Level == levelProblem {
			t.Errorf("a healthy system has the problem %+v", check)
		}
	}
	if text := command(t, c.variables, "doctor").wants(t, exitOK).stdout; strings.Contains(text, levelProblem) {
		t.Errorf("the doctor prints a problem of a healthy system:\n%s", text)
	}
	var rows []fileDecision
	path := writeFile(t, t.TempDir(), "tickets.csv", sheet)
	read := command(t, c.variables, "triage", "--file", path, "--json").wants(t, exitPartial, "line 6")
	must(t, json.Unmarshal([]byte(read.stdout), &rows))
	if len(rows) != 3 || rows[0].ID != "a1" || rows[1].ID != "a2" || rows[2].ID != "5" {
		t.Errorf("the sheet's decisions are for %+v, want a1, a2 and line 5", rows)
	}
}

// sheet is as spreadsheets save it: a byte order mark, quoted names and cells,
// doubled quotes, a line break in a cell, Windows line ends, a row without text and
// one without an ID or with too few cells.
const sheet = "\uFEFF\"ID\",\"Subject\",\"Body\",\"tier\"\r\n" +
	"a1,\"Locked out\",\"It says \"\"AUTH_498\"\", again and\r\nagain\",business\r\n" +
	"a2,Invoice,\"Why has 312 left my account twice?\",enterprise\r\n" +
	",\"Slow\",\"Everything is slow since 9\"\r\n" +
	"a4,,\"  \",free\r\n"
