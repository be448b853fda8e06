package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/signalbox/signalbox/triage"
)

// pastTickets writes a history of two matters.
func pastTickets(rows int) string {
	var text strings.Builder
	text.WriteString("ticket_id,created_at,subject,body,category,team,initial_team,email,plan\n")
	for i := range rows {
		at := fmt.Sprintf("2025-%02d-%02dT%02d:%02d:00Z", i/40000%12+1, i/1440%28+1, i/60%24, i%60)
		if i%2 == 0 {
			fmt.Fprintf(&text, "%d,%s,Invoice %d,The invoice %d shows the wrong amount.,Billing,Finance,Front desk,p%d@example.com,gold\n", i, at, i, i, i%97)
		} else {
			fmt.Fprintf(&text, "%d,%s,Login %d,My password is rejected at the login for the %d. time.,Access,Identity,Identity,p%d@example.com,free\n", i, at, i, i, i%97)
		}
	}
	return text.String()
}

func TestHistoryImportFeedsTraining(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	file := s.file("past.csv", pastTickets(120)+"x,soon,,Unreadable time,,,,,\n")
	var report historyImported
	s.run("history", "import", file, "--json").wants(t, exitPartial, "1 rows were skipped", "line 122").decode(t, &report)
	if report.Tickets != 120 || report.Labels != 240 || !report.Extended || len(report.Skipped) != 1 {
		t.Errorf("imported %+v", report)
	}
	s.run("history", "import", file, "--json").wants(t, exitPartial).decode(t, &report)
	if report.Tickets != 0 || report.Known != 120 || report.Labels != 0 {
		t.Errorf("imported again: %+v", report)
	}
	if got := s.count("select count(*) from signalbox.labels where replaced = 'front_desk'"); got != 60 {
		t.Errorf("%d labels know what stood there at intake, want 60", got)
	}
	var trained trained
	s.run("train", "--json").wants(t, exitOK).decode(t, &trained)
	if trained.Fields[triage.FieldIntent].Labels < 120 || trained.Fields[triage.FieldRoute].Labels != 120 {
		t.Errorf("trained from %+v", trained.Fields)
	}
	if got := s.count("select count(*) from signalbox.outbox where ticket_id is not null"); got > 0 {
		t.Errorf("%d rows ask for work on past tickets", got)
	}
}

func TestHistoryImportKeepsToTheTaxonomy(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.run("train", "--taxonomy", s.file("intents.yaml", smallTaxonomy)).wants(t, exitOK)
	file := s.file("past.csv", pastTickets(10))
	s.run("history", "import", file).wants(t, exitOK, "are not in the taxonomy")
	var report historyImported
	s.run("history", "import", file, "--extend", "--json").wants(t, exitOK).decode(t, &report)
	if report.Tickets != 0 || report.Labels == 0 || !report.Extended {
		t.Errorf("extended: %+v, want the labels that were left out", report)
	}
	s.run("history", "import", "/nowhere.csv").wants(t, exitUsage, "does not exist")
}

// TestHistoryImportSurvivesKill kills the program in the middle of an import, twice,
// and lets a last run take up the rest.
func TestHistoryImportSurvivesKill(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	const rows = 20_000
	file := s.file("past.csv", pastTickets(rows))
	stored := func() int { return s.count("select count(*) from signalbox.tickets where not is_sentinel") }
	for range 2 {
		before := stored()
		child := s.start("history", "import", file)
		eventually(t, "some tickets are stored", func() bool { return stored() > before || child.ProcessState != nil })
		must(t, child.Process.Kill())
		_ = child.Wait()
	}
	kept := stored()
	t.Logf("%d of %d tickets were stored when the program was killed", kept, rows)
	if broken := s.count(`select count(*) from signalbox.tickets t where not is_sentinel and (
		(select count(*) from signalbox.messages m where m.ticket_id = t.id) <> 1 or (select count(*) from signalbox.labels l where l.ticket_id = t.id) <> 2)`); broken > 0 {
		t.Errorf("%d tickets are stored in part", broken)
	}
	var report historyImported
	s.run("history", "import", file, "--json").wants(t, exitOK).decode(t, &report)
	if report.Tickets+report.Known != rows || report.Known < kept || stored() != rows {
		t.Errorf("the last run added %d and knew %d after %d were stored; %d are there", report.Tickets, report.Known, kept, stored())
	}
}

func TestTaxonomyIsProposedMergedAndRenamed(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	folder := t.TempDir()
	file, out := writeFile(t, folder, "past.csv", distinctTickets()), folder+"/intents.yaml"
	s.run("taxonomy", "propose", "--history", file, "--categories", "4", "--out", out).wants(t, exitOK, "4 categories", "train --taxonomy")
	s.run("taxonomy", "propose", "--history", file, "--categories", "4", "--out", out).wants(t, exitUsage, "--out")
	text, err := os.ReadFile(out) //nolint:gosec // the test's own file
	must(t, err)
	proposed, err := triage.ParseTaxonomy(text)
	must(t, err)
	first, second := proposed.Intents[0].Key, proposed.Intents[1].Key
	s.run("taxonomy", "merge", first, second, "--file", out, "--name", "Both").wants(t, exitOK, "3 intents")
	s.run("taxonomy", "rename", first, "everything", "--file", out, "--name", "Everything").wants(t, exitOK, "3 intents")
	s.run("taxonomy", "rename", first, "x", "--file", out).wants(t, exitNotFound, "no other intent")
	s.run("taxonomy", "merge", "everything", "everything", "--file", out).wants(t, exitNotFound)
	s.run("taxonomy", "propose", "--history", file, "--categories", "1").wants(t, exitUsage, "--categories")
	s.run("train", "--taxonomy", out).wants(t, exitOK)
}

// distinctTickets are texts that are no near-duplicates of each other.
func distinctTickets() string {
	matters := []string{"invoice amount", "password login", "parcel courier", "refund card", "broken scanner", "new address"}
	ways := []string{"Where is my %s?", "The %s is wrong", "Help with the %s please", "I cannot find the %s", "Nobody answers about the %s", "Please change the %s today", "Again trouble: %s", "Who looks after the %s here"}
	var text strings.Builder
	text.WriteString("text\n")
	for _, matter := range matters {
		for _, way := range ways {
			fmt.Fprintf(&text, way+"\n", matter)
		}
	}
	return text.String()
}
