package zendesk

import (
	"context"
	"encoding/csv"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/signalbox/signalbox/internal/fault"
)

func quiet(int, int) {}

func imported(t *testing.T, text string) ([][]string, Summary, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "export.json")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	summary, err := Import(t.Context(), path, &out, quiet)
	if err != nil {
		return nil, summary, err
	}
	rows, err := csv.NewReader(strings.NewReader(out.String())).ReadAll()
	if err != nil {
		t.Fatalf("the CSV cannot be read: %v", err)
	}
	return rows, summary, nil
}

const (
	one = `{"id":7,"created_at":"2026-03-01T08:00:00Z","subject":"Refund\nplease","description":"=1+1\nsecond \"line\"","priority":"high","status":"open","group_id":360,"tags":["vip","a"],"custom_fields":[{"id":12,"value":"late"},{"id":9,"value":null},{"id":30,"value":["x","y"]}],"via":{"channel":"email","source":{}}}`
	two = `{"id":"8","raw_subject":"Hi","comments":[{"public":false,"body":"secret"},{"public":true,"plain_body":"first","body":"<b>first</b>"},{"body":"later"}],"custom_fields":{"odd":1},"via":"web","tags":null,"group_id":null}`
)

var (
	header   = []string{"id", "created_at", "subject", "body", "channel", "priority", "status", "group", "tags", "custom_12", "custom_30"}
	firstRow = []string{"7", "2026-03-01T08:00:00Z", "Refund please", "'=1+1\nsecond \"line\"", "email", "high", "open", "360", "vip a", "late", "x y"}
	nextRow  = []string{"8", "", "Hi", "first", "", "", "", "", "", "", ""}
)

// TestEveryFormGivesTheSameRows knows the forms that exports come in.
func TestEveryFormGivesTheSameRows(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"an object":       `{"count":2,"tickets":[` + one + `,` + two + `],"next_page":null}`,
		"a list":          "[" + one + ",\n" + two + "]",
		"one a line":      one + "\n" + two + "\n",
		"pages":           `{"tickets":[` + one + `]}` + "\n" + `{"end":1,"tickets":[` + two + `]}`,
		"byte order mark": "\xef\xbb\xbf" + `{"tickets":[` + one + `,` + two + `]}`,
	} {
		rows, summary, err := imported(t, text)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if want := [][]string{header, firstRow, nextRow}; !reflect.DeepEqual(rows, want) {
			t.Errorf("%s: got %q, want %q", name, rows, want)
		}
		if summary.Tickets != 2 || summary.Left != 0 || !reflect.DeepEqual(summary.Columns, header) {
			t.Errorf("%s: %+v", name, summary)
		}
	}
}

func TestWhatIsLeftOut(t *testing.T) {
	t.Parallel()
	rows, summary, err := imported(t, one+one+`{"id":9}`+`{"id":10,"subject":"x","status":"deleted"}`)
	if err != nil || len(rows) != 2 || summary.Duplicates != 1 || summary.Left != 2 || !reflect.DeepEqual(summary.Skipped, []string{"9", "10"}) {
		t.Errorf("got %d rows, %+v, %v", len(rows), summary, err)
	}
}

func TestNoCellIsAFormula(t *testing.T) {
	t.Parallel()
	for _, start := range []string{"=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n"} {
		if got := safe([]string{start + "cmd|' /C calc'!A0"})[0]; !strings.HasPrefix(got, "'") {
			t.Errorf("%q begins a cell", start)
		}
	}
	if got := safe([]string{"", "plain", "ü"}); !reflect.DeepEqual(got, []string{"", "plain", "ü"}) {
		t.Errorf("got %q", got)
	}
}

func TestWhatIsNoExport(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"nothing": "", "a number": "7", "half": `{"tickets":[` + one, "no list": `{"tickets":7}`, "numbers": "[1]", "prose": "Dear all", "no text": `{"tickets":[{"id":1}]}`,
		"after a ticket": one + "x",
	} {
		if _, _, err := imported(t, text); !fault.Is(err, fault.Unprocessable) || !strings.Contains(err.Error(), "export.json") {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if _, err := Import(t.Context(), "/nowhere.json", &strings.Builder{}, quiet); !fault.Is(err, fault.Invalid) {
		t.Errorf("got %v", err)
	}
}

func TestImportStops(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "export.json")
	if err := os.WriteFile(path, []byte(one), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Import(ctx, path, &strings.Builder{}, quiet); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func FuzzEachTicket(f *testing.F) {
	for _, seed := range []string{one, two, `{"tickets":[` + one + `]}`, "[" + two + "]", `{"tickets":[{}],"tickets":[{"id":[[1]]}]}`, "[[", "{", "nul"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		_ = eachTicket("a", strings.NewReader(text), func(ticket ticket) error {
			for _, cell := range safe(ticket.row([]string{"12"})) {
				if cell != "" && strings.ContainsRune("=+-@", rune(cell[0])) {
					t.Errorf("%q begins like a formula", cell)
				}
			}
			return nil
		})
	})
}
