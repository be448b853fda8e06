package history_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/signalbox/signalbox/evals/dataset"
	"github.com/signalbox/signalbox/evals/history"
	"github.com/signalbox/signalbox/internal/fault"
)

func write(t testing.TB, name, text string) dataset.Source {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return dataset.Source{Flag: "--history", Path: path}
}

func TestReadFindsColumnsUnderTheirUsualNames(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"a.csv": "\uFEFFTicket ID;Created At;Subject;Description;Team;Category;Initial Team;Plan;Reassignments\n" +
			"7;2026-03-02 14:22;Hi;The bill is wrong.;billing;invoice;front desk;gold;2\n8;;;;;;;;\n9;soon;a;b;;;;;\n",
		"a.jsonl": `{"Ticket ID": 7, "Created At": "2026-03-02T14:22:00Z", "Subject": "Hi", "Description": "The bill is wrong.", "Team": "billing", "Category": "invoice", "Initial Team": "front desk", "Plan": "gold", "Reassignments": 2}` + "\n" +
			`{"Ticket ID": 8}` + "\n" + `{"Ticket ID": 9, "Created At": "soon", "Description": "b"}` + "\n",
	} {
		h, err := history.Read(t.Context(), write(t, name, text), nil)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if len(h.Rows) != 1 || len(h.Skipped) != 2 {
			t.Fatalf("%s: %d rows, skipped %v", name, len(h.Rows), h.Skipped)
		}
		row := h.Rows[0]
		if row.ID != "7" || row.Subject != "Hi" || row.Body != "The bill is wrong." || row.Labels["route"] != "billing" || row.Labels["intent"] != "invoice" ||
			row.Intake["route"] != "front desk" || row.Tier != "gold" || row.Reassignments != 2 || !row.Time.Equal(time.Date(2026, 3, 2, 14, 22, 0, 0, time.UTC)) {
			t.Errorf("%s: read %+v", name, row)
		}
	}
}

func TestReadNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"no text column":  {"id,when\n1,2\n", "--column body="},
		"nothing":         {"", "is empty"},
		"no row":          {"body,team\n", "no rows"},
		"only bad rows":   {"body,created_at\nx,soon\n", "the time"},
		"an open quote":   {"body,team\n\"x,y\n", "line 2"},
		"too few columns": {"body,team\nx\n", "line 2"},
	} {
		_, err := history.Read(t.Context(), write(t, "h.csv", c.text), nil)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	columns, err := history.ParseColumns([]string{"route=Squad", "intake_route = Desk"})
	if err != nil {
		t.Fatal(err)
	}
	h, err := history.Read(t.Context(), write(t, "h.csv", "text,Squad,Desk\nx,a,b\n"), columns)
	if err != nil || h.Rows[0].Labels["route"] != "a" || h.Rows[0].Intake["route"] != "b" {
		t.Errorf("named columns: %+v, %v", h, err)
	}
	for _, flag := range []string{"squad=Team", "route", "route="} {
		if _, err := history.ParseColumns([]string{flag}); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v, want a fault", flag, err)
		}
	}
}

func TestGroupsJoinThreadsAndNearDuplicates(t *testing.T) {
	t.Parallel()
	long := "please send the invoice for order 4711 again because our accounting department lost the first copy that you sent to us in march and we need it now"
	rows := []history.Row{
		{Body: long}, {Body: strings.Replace(long, "4711", "4712", 1)}, {Body: strings.Replace(long, "need it now", "need it soon", 1)},
		{Body: "something else entirely that nobody has written before about a broken scanner in the north hall"},
		{Body: "short"}, {Body: "Short!"}, {Body: "one", Thread: "t"}, {Body: "two", Thread: "t"},
	}
	want := []int{0, 0, 0, 3, 4, 4, 6, 6}
	for i, got := range history.Groups(rows) {
		if got != want[i] {
			t.Errorf("row %d is in group %d, want %d", i, got, want[i])
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add("body,team\nx,y\n")
	f.Add(`{"body": "x", "created_at": 1700000000}`)
	f.Add("a;b\n\"")
	f.Fuzz(func(t *testing.T, text string) {
		h, err := history.Read(t.Context(), write(t, "h", text), nil)
		if err == nil && len(h.Rows) == 0 {
			t.Error("no row and no error")
		}
		if err == nil {
			history.Groups(h.Rows)
		}
	})
}
