package report

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/net/html"

	"github.com/signalbox/signalbox/evals/shadow"
	"github.com/signalbox/signalbox/internal/promise"
	"github.com/signalbox/signalbox/triage"
)

// replayed is a replay with every part, full of what outsiders could write.
func replayed() *shadow.Report {
	from, to := time.Date(2026, 2, 2, 8, 0, 0, 0, time.UTC), time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	kept := shadow.Verified{
		Tickets: 400, Acted: 300, Right: 291, Coverage: 0.75, CoverageInterval: shadow.Range{Low: 0.71, High: 0.79},
		Precision: pointer(0.97), PrecisionInterval: &shadow.Range{Low: 0.944, High: 0.986}, Threshold: pointer(0.83), Kept: true,
	}
	acting := shadow.Field{
		Chosen: promise.Selection{Target: 0.95, Delta: 0.1, Threshold: pointer(0.83), Cases: 390, Acted: 310, Right: 305, PValue: 0.01}, Accuracy: 0.91, Verified: kept,
		Curve: []shadow.Point{{Threshold: 0.99, Coverage: 0.1, Precision: 1, Low: 0.9, High: 1}, {Threshold: 0.5, Coverage: 1, Precision: 0.91, Low: 0.88, High: 0.94}}, StrictNeed: 1151, State: "calibrated",
	}
	idle := shadow.Field{Chosen: promise.Selection{Reason: "no confidence reaches the target"}, Accuracy: 0.7, StrictNeed: 1151, State: "provisional", Verified: shadow.Verified{Tickets: 400, Kept: true}}
	result := shadow.Result{
		Name: hostile, DataHash: strings.Repeat("ab", 32), Version: "v1", Target: 0.95, Delta: 0.1, Seed: 1, Warnings: []string{hostile},
		Blocks: shadow.Blocks{Train: shadow.Block{Rows: 1200, Tickets: 1100, From: &from, To: &to}, Calibrate: shadow.Block{Rows: 400, Tickets: 390}, Verify: shadow.Block{Rows: 400, Tickets: 400}, OneOf: 110},
		Today: shadow.Today{
			Reassigned: pointer(0.21), ReassignedInterval: &shadow.Range{Low: 0.19, High: 0.23}, ReassignedOf: 2000, MinutesToTeam: pointer(67.0), MinutesToTeam90: pointer(1500.0), PerDay: pointer(30.0),
			CategoriesFrom: triage.FieldIntent, Categories: []shadow.Category{{Key: "a", Name: hostile, Tickets: 900, Share: 0.45, Example: hostile}},
		},
		Fields:  map[string]shadow.Field{triage.FieldIntent: acting, triage.FieldRoute: idle},
		Tickets: kept,
		Intents: []shadow.Intent{{Key: "a", Name: hostile, Tickets: 900, Labels: 800, Acted: 3, Right: 3, Of: 4, Precision: pointer(1.0)}, {Key: "b", Name: "b", Tickets: 5, Labels: 3, Needs: 42}},
		Slices:  map[string][]shadow.Slice{triage.FieldIntent: {{Dimension: "channel", Value: hostile, Verified: kept}}},
	}
	report := &shadow.Report{Result: result}
	for i := range 50 {
		report.Shown = append(report.Shown, shadow.Shown{Line: i, Text: hostile + strings.Repeat("ä", 600), Right: i > 8, Field: triage.FieldIntent, Decided: hostile, People: "other", Sure: 0.97, Threshold: 0.83})
	}
	return report
}

func TestTheFirstHourStandsAlone(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	if err := FirstHour(&out, replayed()); err != nil {
		t.Fatal(err)
	}
	if out.Len() > 3<<20 {
		t.Errorf("the page has %d bytes", out.Len())
	}
	root, err := html.Parse(strings.NewReader(out.String()))
	if err != nil {
		t.Fatal(err)
	}
	ids, pictures, quotes := map[string]bool{}, 0, 0
	for node := range root.Descendants() {
		if node.Type != html.ElementNode {
			continue
		}
		switch node.Data {
		case "script", "link", "iframe", "img", "object", "embed", "base", "form":
			t.Errorf("the page holds <%s>", node.Data)
		case "svg":
			pictures++
		case "blockquote":
			quotes++
		}
		if id := attribute(node, "id"); id != "" && ids[id] {
			t.Errorf("the id %s stands twice", id)
		} else {
			ids[id] = true
		}
		for _, a := range node.Attr {
			if strings.HasPrefix(a.Key, "on") || (a.Key == "href" || a.Key == "src") && !strings.HasPrefix(a.Val, "#") {
				t.Errorf("the page has %s=%q", a.Key, a.Val)
			}
		}
	}
	if pictures != 1 || quotes != 50 { // a field that never acts has no curve
		t.Errorf("%d pictures and %d tickets", pictures, quotes)
	}
	for _, forbidden := range []string{"NaN", "ZgotmplZ", "Inf", "http://", "https://"} {
		if strings.Contains(out.String(), forbidden) {
			t.Errorf("the page holds %s", forbidden)
		}
	}
	for _, want := range []string{
		"prefers-color-scheme: dark", "@media print", "&lt;script&gt;", "21.0 %", "67 min", "75.0 %", "97.0 %", "suggests only", "no confidence reaches the target",
		"a future that is like this history", "1,151 judged cases", "9 that people had decided otherwise", "1 of 2 intents have labels enough", ">42<",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

func TestAReplaysTextFitsATerminal(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	if err := ShadowText(&out, replayed().Result); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(out.String()) {
		if utf8.RuneCountInString(strings.TrimSuffix(line, "\n")) > columns && !strings.HasPrefix(line, "note: ") {
			t.Errorf("too wide: %s", line)
		}
		if strings.ContainsAny(strings.TrimSuffix(line, "\n"), "\x1b\x00\r") {
			t.Errorf("a control character: %q", line)
		}
	}
	text := strings.Join(strings.Fields(out.String()), " ")
	for _, want := range []string{"verified once acts on 75.0 %", "nothing acts alone: no confidence reaches the target", "needs 42 more labels (has 3)", "1 of 2 have evidence enough", "like this history"} {
		if !strings.Contains(text, want) {
			t.Errorf("the text does not say %q:\n%s", want, out.String())
		}
	}
}
