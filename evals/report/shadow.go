package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/signalbox/signalbox/evals/history"
	"github.com/signalbox/signalbox/evals/shadow"
)

// shownIntents is how many intents that need labels a terminal lists.
const shownIntents = 15

// ShadowText writes a replay for a terminal.
func ShadowText(to io.Writer, r shadow.Result) error {
	t := &terminal{to: to}
	for _, line := range wrap(shadowSetting(r), columns) {
		t.line("%s", line)
	}
	for _, warning := range r.Warnings {
		t.line("note: %s", printable(warning, 200))
	}
	t.line("")
	t.line("TODAY")
	for _, fact := range todayFacts(r.Today) {
		t.row(fact.Name, fact.Figure+" "+fact.Note)
	}
	for _, name := range history.Fields {
		if field, judged := r.Fields[name]; judged {
			t.shadowField(name, field, r.Target)
		}
	}
	t.line("")
	t.line("PER TICKET (everything that was acted on is right)")
	t.row("newest block", verifiedWords(r.Tickets, r.Target))
	t.needed(r.Intents)
	t.line("")
	for _, line := range wrap(guarantee(r), columns) {
		t.line("%s", line)
	}
	return t.err
}

func (t *terminal) shadowField(name string, field shadow.Field, wanted float64) {
	t.line("")
	t.line("%s (right in %s of all tickets; confidence %s)", strings.ToUpper(name), percent(field.Accuracy), field.State)
	if field.Chosen.Threshold == nil {
		t.row("chosen", "nothing acts alone: "+field.Chosen.Reason)
	} else {
		t.row("chosen", fmt.Sprintf("confidence from %.3f on: %s of %s judged cases acted on, %s right (p %.3f)",
			*field.Chosen.Threshold, count(field.Chosen.Acted), count(field.Chosen.Cases), percent(field.Chosen.Precision()), field.Chosen.PValue))
		t.row("verified once", verifiedWords(field.Verified, wanted))
	}
	t.row("at 99.8 %", strictWords(field))
}

// verifiedWords tells what acting came to.
func verifiedWords(v shadow.Verified, wanted float64) string {
	if v.Acted == 0 {
		return fmt.Sprintf("nothing is acted on, of %s tickets", count(v.Tickets))
	}
	words := fmt.Sprintf("acts on %s (%s) of %s tickets; %s right (%s)", percent(v.Coverage), within(v.CoverageInterval), count(v.Tickets), percentOrNone(v.Precision), within(*v.PrecisionInterval))
	if !v.Kept {
		words += ", under the target of " + target(wanted)
	}
	return words
}

func strictWords(field shadow.Field) string {
	if field.Strictest.Threshold == nil {
		return fmt.Sprintf("0 %%: it takes at least %s judged cases that are all right; here were %s", count(field.StrictNeed), count(field.Chosen.Cases))
	}
	return verifiedWords(field.Strictest, 0.998)
}

func (t *terminal) needed(intents []shadow.Intent) {
	var lacking []shadow.Intent
	for _, intent := range intents {
		if intent.Needs > 0 {
			lacking = append(lacking, intent)
		}
	}
	if len(intents) == 0 {
		return
	}
	t.line("")
	if len(lacking) == 0 {
		t.line("INTENTS: all %d have evidence enough", len(intents))
		return
	}
	t.line("INTENTS: %d of %d have evidence enough; the others only suggest", len(intents)-len(lacking), len(intents))
	for i, intent := range lacking {
		if i == shownIntents {
			t.line("  … and %d more: --json lists them", len(lacking)-i)
			break
		}
		t.row(printable(intent.Name, 21), fmt.Sprintf("needs %d more labels (has %d)", intent.Needs, intent.Labels))
	}
}

func shadowSetting(r shadow.Result) string {
	text := fmt.Sprintf("%s: learned from %s tickets, thresholds chosen on %s, verified once on the newest %s.",
		printable(r.Name, 40), count(r.Blocks.Train.Rows), count(r.Blocks.Calibrate.Tickets), count(r.Blocks.Verify.Tickets))
	if r.Blocks.OneOf > 0 {
		text += fmt.Sprintf(" %s rows count with an earlier one of the same thread or text.", count(r.Blocks.OneOf))
	}
	return text
}

// guarantee says what the numbers promise and what they assume.
func guarantee(r shadow.Result) string {
	return fmt.Sprintf("The thresholds were chosen so that the precision is under %s with a probability of at most %s, for all fields and whole tickets together. That holds for a future that is like this history: new products, seasons or habits of labelling change it, which is why a sample goes on being judged.",
		target(r.Target), target(r.Delta))
}

// fact is one figure with its name.
type fact struct{ Name, Figure, Note string }

func todayFacts(today shadow.Today) []fact {
	var facts []fact
	if today.Reassigned != nil {
		facts = append(facts, fact{"passed on", percent(*today.Reassigned), fmt.Sprintf("of %s tickets went to another team first (%s)", count(today.ReassignedOf), within(*today.ReassignedInterval))})
	} else {
		facts = append(facts, fact{"passed on", "unknown", "the history has neither reassignments nor the team at intake"})
	}
	if today.MinutesToTeam != nil {
		facts = append(facts, fact{"to the right team", duration(*today.MinutesToTeam), fmt.Sprintf("half of the tickets; one in ten takes %s or more", duration(*today.MinutesToTeam90))})
	}
	if today.PerDay != nil {
		facts = append(facts, fact{"tickets a day", fmt.Sprintf("%.0f", *today.PerDay), "on average"})
	}
	return facts
}

// duration writes minutes for a person.
func duration(minutes float64) string {
	switch {
	case minutes < 90:
		return fmt.Sprintf("%.0f min", minutes)
	case minutes < 48*60:
		return fmt.Sprintf("%.1f h", minutes/60)
	default:
		return fmt.Sprintf("%.1f days", minutes/60/24)
	}
}
