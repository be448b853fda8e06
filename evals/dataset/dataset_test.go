package dataset

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/signalbox/signalbox/internal/fault"
)

var columns = Columns{Text: []string{"subject", "body"}, Labels: []string{"intent", "route"}}

func file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func readText(t *testing.T, name, text string, columns Columns, encoding string) (Table, error) {
	t.Helper()
	return Read(t.Context(), Source{Flag: "--train", Path: file(t, name, text), Encoding: encoding, Columns: columns})
}

// TestReadFindsTheSameRows writes the same two rows in every form.
func TestReadFindsTheSameRows(t *testing.T) {
	t.Parallel()
	want := []Row{
		{Subject: "Hé, \"you\"", Body: "two\nlines", Labels: []string{"refund", "desk"}},
		{Subject: "", Body: "b; c", Labels: []string{"other", ""}},
	}
	utf16 := func(text string) string {
		out := "\xff\xfe"
		for _, r := range text {
			out += string([]byte{byte(r), byte(r >> 8)})
		}
		return out
	}
	plain := "subject,body,intent,route\n\"Hé, \"\"you\"\"\",\"two\nlines\", refund ,desk\n,b; c,other,\n"
	for name, test := range map[string]struct{ file, text, encoding string }{
		"commas":            {"a.csv", plain, ""},
		"byte order mark":   {"a.csv", "\xef\xbb\xbf" + plain, ""},
		"CRLF":              {"a.csv", strings.ReplaceAll(plain, "\n", "\r\n"), ""},
		"semicolons":        {"a.csv", "id;subject;body;route;intent\n1;\"Hé, \"\"you\"\"\";\"two\nlines\";desk;refund\n2;;\"b; c\";;other\n", ""},
		"tabs":              {"a.tsv", "subject\tbody\tintent\troute\n\"Hé, \"\"you\"\"\"\t\"two\nlines\"\trefund\tdesk\n\tb; c\tother\t\n", ""},
		"bars":              {"a.txt", "subject|body|intent|route\n\"Hé, \"\"you\"\"\"|\"two\nlines\"|refund|desk\n|b; c|other|\n", ""},
		"other case":        {"a.csv", strings.Replace(plain, "subject,body", " Subject ,BODY", 1), ""},
		"cells too many":    {"a.csv", strings.Replace(plain, "other,\n", "other,,,\n", 1), ""},
		"JSON Lines":        {"a.jsonl", "{\"subject\":\"Hé, \\\"you\\\"\",\"body\":\"two\\nlines\",\"intent\":\"refund\",\"route\":\"desk\"}\n\n{\"body\":\"b; c\",\"intent\":\"other\",\"route\":null}\n", ""},
		"a JSON array":      {"a.json", "[{\"subject\":\"Hé, \\\"you\\\"\",\"body\":\"two\\nlines\",\"intent\":\"refund\",\"route\":\"desk\"},\n {\"body\":\"b; c\",\"intent\":\"other\"}]", ""},
		"JSON without name": {"a", "{\"subject\":\"Hé, \\\"you\\\"\",\"body\":\"two\\nlines\",\"intent\":\"refund\",\"route\":\"desk\"}\n{\"body\":\"b; c\",\"intent\":\"other\"}\n", ""},
		"UTF-16":            {"a.csv", utf16(plain), ""},
		"named encoding":    {"a.csv", strings.ReplaceAll(plain, "é", "\xe9"), "windows-1252"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			table, err := readText(t, test.file, test.text, columns, test.encoding)
			if err != nil {
				t.Fatal(err)
			}
			got := slices.Clone(table.Rows)
			for i := range got {
				got[i].File, got[i].Line = "", 0
				got[i].Body = strings.ReplaceAll(got[i].Body, "\r\n", "\n")
			}
			if strings.Contains(test.text, "\r\n") {
				got[0].Body = strings.ReplaceAll(got[0].Body, "\r", "")
			}
			if !reflect.DeepEqual(got, want) || table.Read != 2 || len(table.Hash) != 64 {
				t.Errorf("got %+v", table)
			}
		})
	}
}

// TestErrorsNameThePlace expects file, line, column and remedy.
func TestErrorsNameThePlace(t *testing.T) {
	t.Parallel()
	head := "subject,body,intent,route\n"
	for name, test := range map[string]struct {
		file, text string
		words      []string
	}{
		"missing column":     {"a.csv", "subject,text,intent,route\na,b,c,d\n", []string{"a.csv, line 1, column body", "--text-column", "subject, text, intent, route"}},
		"missing label":      {"a.csv", "subject,body,label\na,b,c\n", []string{"column intent", "--label-column", "label"}},
		"doubled column":     {"a.csv", "subject,body,intent,route,body\na,b,c,d,e\n", []string{"column body", "twice"}},
		"not UTF-8":          {"a.csv", head + "a,b,c,d\na,b\xe9,c,d\n", []string{"line 3, column body", "UTF-8", "--encoding"}},
		"NUL":                {"a.csv", "s\x00u\x00b", []string{"line 1", "utf-16le"}},
		"NUL further down":   {"a.csv", head + strings.Repeat("a,b,c,d\n", 600) + "a,\x00,c,d\n", []string{"line 602, column body", "NUL"}},
		"too few cells":      {"a.csv", head + "a,b,c,d\na,b\n", []string{"line 3", "2 cells", "4"}},
		"too many cells":     {"a.csv", head + "a,b,c,d,e\n", []string{"line 2", "5 cells"}},
		"open quote":         {"a.csv", head + "a,\"b,c,d\n1,2,3,4\n", []string{"line 3", "quote", "line 2"}},
		"stray quote":        {"a.csv", head + "a,b\"x,c,d\n", []string{"line 2", "quote"}},
		"empty":              {"a.csv", "", []string{"a.csv", "empty"}},
		"header only":        {"a.csv", head, []string{"no rows"}},
		"long label":         {"a.csv", head + "a,b," + strings.Repeat("x", 2000) + ",d\n", []string{"line 2, column intent", "label"}},
		"no JSON":            {"a.jsonl", "{\"subject\":\"a\"}\nnonsense\n", []string{"line 2", "JSON object"}},
		"two objects a line": {"a.jsonl", "{} {}\n", []string{"line 1", "more than one"}},
		"a list as text":     {"a.jsonl", "{\"subject\":[1],\"body\":\"b\",\"intent\":\"c\",\"route\":\"d\"}\n", []string{"line 1, column subject", "list"}},
		"array breaks off":   {"a.json", "[{\"subject\":\"a\"},\n", []string{"line 1"}},
		"array of numbers":   {"a.json", "[\n1]", []string{"line 2", "object"}},
		"after the array":    {"a.json", "[] {}", []string{"after the array"}},
		"key in no row":      {"a.jsonl", "{\"subject\":\"a\",\"body\":\"b\",\"intent\":\"c\"}\n", []string{"column route", "body, intent, subject"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := readText(t, test.file, test.text, columns, "")
			if fault.KindOf(err) != fault.Unprocessable {
				t.Fatalf("got %v, want a fault", err)
			}
			for _, word := range test.words {
				if !strings.Contains(err.Error(), word) {
					t.Errorf("%q does not say %q", err, word)
				}
			}
		})
	}
}

func TestErrorsNameTheFlag(t *testing.T) {
	t.Parallel()
	for name, source := range map[string]Source{
		"--train":         {Flag: "--train", Path: "/nowhere.csv", Columns: columns},
		"--valid":         {Flag: "--valid", Path: t.TempDir(), Columns: columns},
		"--text-column":   {Columns: Columns{Labels: []string{"a"}}},
		"--label-column":  {Columns: Columns{Text: []string{"a"}}},
		"twice":           {Columns: Columns{Text: []string{"a"}, Labels: []string{"a"}}},
		"too many":        {Columns: Columns{Text: []string{"a"}, Labels: make([]string, 17)}},
		"--encoding":      {Path: file(t, "a.csv", "x"), Encoding: "klingon", Columns: columns},
		"the encoding is": {Path: file(t, "b.csv", "x"), Encoding: "klingon", Columns: columns},
	} {
		_, err := Read(t.Context(), source)
		if word, _, _ := strings.Cut(name, " is"); err == nil || !strings.Contains(err.Error(), strings.TrimPrefix(word, "the ")) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestLinesColumnsAndSlices(t *testing.T) {
	t.Parallel()
	wide := Columns{Text: []string{"a", "b", "c"}, Labels: []string{"l"}, Language: "lang", Channel: "via.channel"}
	table, err := readText(t, "a.jsonl", `{"a":"s","b":"x","c":7,"l":true,"lang":" DE ","via":{"channel":"mail"}}`+"\n", wide, "")
	if err != nil {
		t.Fatal(err)
	}
	want := Row{Subject: "s", Body: "x\n7", Labels: []string{"true"}, Language: "de", Channel: "mail", File: "a.jsonl", Line: 1}
	if !reflect.DeepEqual(table.Rows[0], want) {
		t.Errorf("got %+v, want %+v", table.Rows[0], want)
	}
	table, err = readText(t, "a.csv", "subject,body,intent,route\n\"a\nb\",c,d,e\nf,g,h,i\n", columns, "")
	if err != nil || table.Rows[1].Line != 4 {
		t.Errorf("got %+v, %v: the second row begins in line 4", table.Rows, err)
	}
	if !(Row{Subject: " ", Body: "\n"}).Empty() || (Row{Body: "a"}).Empty() {
		t.Error("Empty is wrong")
	}
}

func TestClinc(t *testing.T) {
	t.Parallel()
	text := `{"train":[["a","x"],["b","y"]],"val":[["c","x"]],"test":[["d","y"]],"oos_train":[["e","oos"]],"oos_test":[["f","oos"],["g","oos"]]}`
	clinc, err := ReadClinc(file(t, "data.json", text))
	if err != nil {
		t.Fatal(err)
	}
	if len(clinc.Train.Rows) != 3 || len(clinc.Valid.Rows) != 1 || len(clinc.Test.Rows) != 3 || clinc.Test.Rows[2].Labels[0] != ClincLabel || clinc.Test.Read != 3 {
		t.Errorf("got %+v", clinc)
	}
	for broken, word := range map[string]string{
		`[]`:                             "form of CLINC150",
		`{"train":[]}`:                   `"test"`,
		`{"train":[["a"]],"test":[]}`:    "train[0]",
		`{"train":[["a",""]],"test":[]}`: "train[0]",
	} {
		if _, err := ReadClinc(file(t, "data.json", broken)); err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("%s: got %v", broken, err)
		}
	}
}

func TestSampling(t *testing.T) {
	t.Parallel()
	var rows []Row
	var texts, labels []string
	for i := range 60 {
		label := string(rune('a' + i%3))
		rows = append(rows, Row{Body: strings.Repeat("x", i%50), Labels: []string{label}})
		texts, labels = append(texts, rows[i].Body), append(labels, label)
	}
	if got := Limit(rows, 7, 1); len(got) != 7 || !reflect.DeepEqual(got, Limit(rows, 7, 1)) || reflect.DeepEqual(got, Limit(rows, 7, 2)) {
		t.Error("Limit does not draw by the seed")
	}
	if len(Limit(rows, 0, 1)) != 60 || len(Limit(rows, 100, 1)) != 60 {
		t.Error("Limit loses rows")
	}
	few := FewShot(rows, 0, 4, 1)
	count := map[string]int{}
	for _, i := range few {
		count[rows[i].Labels[0]]++
	}
	if !slices.IsSorted(few) || !reflect.DeepEqual(count, map[string]int{"a": 4, "b": 4, "c": 4}) || reflect.DeepEqual(few, FewShot(rows, 0, 4, 2)) {
		t.Errorf("FewShot drew %v", few)
	}
	folds, byText := Folds(texts, labels, 5, 1), map[string]int{}
	for i, fold := range folds {
		if before, seen := byText[texts[i]]; seen && before != fold {
			t.Errorf("equal texts stand in the folds %d and %d", before, fold)
		}
		byText[texts[i]] = fold
	}
	if slices.Min(folds) != 0 || slices.Max(folds) != 4 {
		t.Errorf("folds are %v", folds)
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		"subject,body,intent,route\na,b,c,d\n", "subject;body;intent;route\n\"a\n", "{\"subject\":1,\"body\":\"\",\"intent\":\"x\",\"route\":null}\n",
		"[{\"subject\":{}}]", "\xff\xfea\x00", "\xef\xbb\xbf", `{"train":[["a","b"]],"test":[]}`,
	} {
		f.Add([]byte(seed), "")
	}
	f.Add([]byte("subject,body\n\xe9"), "windows-1252")
	f.Fuzz(func(t *testing.T, raw []byte, encoding string) {
		for _, name := range []string{"a.csv", "a.jsonl", "a"} {
			text, err := decode(name, raw, encoding)
			if err != nil {
				continue
			}
			table, err := parse(t.Context(), name, "", text, columns)
			if err == nil && len(table.Rows) == 0 {
				t.Error("no rows and no error")
			}
			for _, row := range table.Rows {
				if len(row.Labels) != 2 || row.Line < 1 {
					t.Errorf("a broken row: %+v", row)
				}
			}
		}
		_, _ = parseClinc("a.json", "", raw)
	})
}
