package main

import (
	"context"
	"errors"
	"io"
	"maps"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/triage"
)

var reviewTaxonomy = triage.Taxonomy{
	Intents: []triage.Intent{{Key: "sign_in", Name: "Sign in"}, {Key: "refund", Name: "Refund wanted"}, {Key: "invoice", Name: "Invoice"}},
	Routes:  []triage.Route{{Key: "desk", Name: "Desk"}, {Key: "money", Name: "Money"}},
}

// typed answers tasks with these keys and returns what was stored and shown.
func typed(t testing.TB, keys string, tasks []reviewTask, refuse error) ([]map[string]string, string) {
	t.Helper()
	var shown output
	asking := &asking{shell: &shell{environment: environment{stdout: &shown, stderr: &shown}}, keys: readKeys(t.Context(), strings.NewReader(keys)), taxonomy: reviewTaxonomy}
	var stored []map[string]string
	err := asking.all(t.Context(), tasks, func(_ reviewTask, answers map[string]string) error {
		if refuse != nil {
			return refuse
		}
		stored = append(stored, answers)
		return nil
	})
	if refuse == nil || fault.Is(refuse, fault.Conflict) {
		must(t, err)
	} else if err == nil {
		t.Error("a failure to store is no error")
	}
	return stored, shown.String()
}

func unsureTask() reviewTask {
	return reviewTask{id: uuid.New(), head: "Help\nbetween two", text: []string{"My \x1b[2Jmoney"}, fields: []triage.AskedField{
		{Field: triage.FieldIntent, Value: "refund", State: triage.Calibrated, Scores: []triage.Score{{Value: "refund", Probability: 0.4}, {Value: "invoice", Probability: 0.35}}},
		{Field: triage.FieldRoute, Value: "money"},
	}}
}

func TestOneKeystrokeAnswers(t *testing.T) {
	t.Parallel()
	for keys, want := range map[string]map[string]string{
		"aa":                {"intent": "refund", "route": "money"},
		"2a":                {"intent": "invoice", "route": "money"},
		"a1":                {"intent": "refund", "route": "desk"},
		"/sign\na":          {"intent": "sign_in", "route": "money"},
		"/in2a":             {"intent": "invoice", "route": "money"},
		"/zz\x7f\x7fref\na": {"intent": "refund", "route": "money"},
		"/zz\nn2":           {"route": "money"},
		"9xa\n":             {"intent": "refund", "route": "money"},
		"s":                 nil,
		"q":                 nil,
		"aq":                nil,
		"":                  nil,
		"nn":                nil,
		"\x03":              nil,
	} {
		stored, shown := typed(t, keys, []reviewTask{unsureTask()}, nil)
		if want == nil && len(stored) > 0 || want != nil && (len(stored) != 1 || !maps.Equal(stored[0], want)) {
			t.Errorf("the keys %q stored %v, want %v\n%s", keys, stored, want, shown)
		}
		if strings.Contains(shown, "\x1b") || !strings.Contains(shown, "40 %") {
			t.Errorf("shown was %q", shown)
		}
	}
}

func TestABlindQuestionHasNoSuggestion(t *testing.T) {
	t.Parallel()
	task := unsureTask()
	task.blind = true
	stored, shown := typed(t, "aa22", []reviewTask{task}, nil)
	if len(stored) != 1 || stored[0]["intent"] != "refund" || stored[0]["route"] != "money" {
		t.Errorf("stored %v", stored)
	}
	if strings.Contains(shown, "%") || strings.Index(shown, "Sign in") > strings.Index(shown, "Refund wanted") {
		t.Errorf("a blind question shows what was thought:\n%s", shown)
	}
}

func TestAReviewGoesOnAfterAConflict(t *testing.T) {
	t.Parallel()
	_, shown := typed(t, "aaaa", []reviewTask{unsureTask(), unsureTask()}, fault.New(fault.Conflict, "somebody was first"))
	if strings.Count(shown, "not stored: somebody was first") != 2 || !strings.Contains(shown, "0 answered") {
		t.Errorf("shown was:\n%s", shown)
	}
	typed(t, "aa", []reviewTask{unsureTask()}, errors.New("the database is away"))
}

func TestKeysEndWithTheirContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	read, write := io.Pipe()
	defer write.Close()
	keys := readKeys(ctx, read)
	cancel()
	if key := keys(); key != keyEnd {
		t.Errorf("after the end %q was read", key)
	}
}

func TestReviewAndPromiseCommands(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.run("train", "--taxonomy", s.file("intents.yaml", smallTaxonomy)).wants(t, exitOK)
	for _, line := range []string{"review --kind all", "review --limit 0", "review --as 17", "promise now"} {
		s.run(strings.Fields(line)...).wants(t, exitUsage)
	}
	s.run("review", "--as", uuid.NewString()).wants(t, exitNotFound)
	s.run("review").wants(t, exitOK, "nothing waits for you")
	s.run("review", "--kind", "blind", "--json").wants(t, exitOK, `"left_today": 30`)

	id, secret := s.connect()
	server := serve(t, s.variables, "--work")
	server.hook(t, id, secret, eventOf("review-1", "Hello", "Something about the thing with the other thing")).wants(t, 202)
	eventually(t, "the ticket is decided", func() bool { return s.count("select count(*) from signalbox.decisions") == 1 })
	s.sql(`insert into blind_samples (ticket_id, decision_id, probability, readings, fields)
		select ticket_id, id, 1, 1, '{intent,route}' from decisions on conflict do nothing`)
	s.sql(`update decisions set outcome = 'review'`)
	s.run("review", "--list").wants(t, exitOK, "Hello", "intent")
	s.run("review", "--kind", "blind", "--list").wants(t, exitOK, "Hello", "30 answers are left", "intent, route")
	s.run("review", "--kind", "blind").wants(t, exitUsage, "--list or --json")
	s.run("policy", "set", "route", "--mode", "auto", "--target", "0.95").wants(t, exitOK)
	s.run("promise").wants(t, exitOK, "95 %", "inconclusive (0 of ", "blind sample", "minutes of your 15")
	s.run("promise", "--check", "--json").wants(t, exitOK, `"state": "inconclusive"`)
}

func FuzzReviewKeys(f *testing.F) {
	f.Add("a2/inv\nq")
	f.Add("/\x7f\x7f1n")
	f.Fuzz(func(t *testing.T, keys string) {
		stored, shown := typed(t, keys, []reviewTask{unsureTask(), unsureTask()}, nil)
		for _, answers := range stored {
			for field, value := range answers {
				if err := reviewTaxonomy.CheckValue(field, value); err != nil {
					t.Errorf("the keys %q stored %s %q", keys, field, value)
				}
			}
		}
		if strings.Contains(shown, "\x1b") {
			t.Errorf("the keys %q move the cursor", keys)
		}
	})
}
