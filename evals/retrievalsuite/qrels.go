package retrievalsuite

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/signalbox/signalbox/internal/fault"
)

// qrelsEndings are how a split's file may be called.
var qrelsEndings = []string{".tsv", ".txt", ".qrels", ".trec", ""}

// qrelsFile finds the judgements of a split.
func qrelsFile(directory, split string) (string, error) {
	if split == "" || strings.ContainsAny(split, `/\`) {
		return "", fault.Field(fault.Invalid, "--split", "is no name of a split", "use test, train or another file of qrels")
	}
	for _, folder := range []string{filepath.Join(directory, "qrels"), directory} {
		for _, ending := range qrelsEndings {
			for _, name := range []string{split + ending, "qrels." + split + ending, "qrels_" + split + ending} {
				path := filepath.Join(folder, name)
				if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
					return path, nil
				}
			}
		}
	}
	var splits []string
	entries, _ := os.ReadDir(filepath.Join(directory, "qrels"))
	for _, entry := range entries {
		if !entry.IsDir() {
			splits = append(splits, strings.TrimSuffix(entry.Name(), filepath.Ext(entry.Name())))
		}
	}
	slices.Sort(splits)
	remedy := "write qrels/" + split + ".tsv with query-id, corpus-id and score"
	if len(splits) > 0 {
		remedy = "there are " + strings.Join(splits, ", ")
	}
	return "", fault.Field(fault.Invalid, "--split "+split, "has no judgements in the folder qrels", remedy)
}

// judgement is a line of the file.
type judgement struct {
	query, document string
	grade           int
}

// judgements adds the grades to the queries.
func (d *Data) judgements(directory, split string, documents map[string]bool, byID map[string]int, queries []Query) error {
	path, err := qrelsFile(directory, split)
	if err != nil {
		return err
	}
	strangers, strange, rows := map[string]bool{}, map[string]bool{}, 0
	form := qrelsForm{path: path, documents: documents}
	file, err := textFile(path, func(line int, text string) error {
		if strings.TrimSpace(text) == "" {
			return nil
		}
		found, isHeader, err := form.parse(line, text)
		if err != nil || isHeader {
			return err
		}
		rows++
		query, known := byID[found.query]
		switch {
		case !known:
			strangers[found.query] = true
			return nil
		case !documents[found.document]:
			strange[found.document] = true
		}
		queries[query].Grades[found.document] = max(queries[query].Grades[found.document], found.grade)
		return nil
	})
	if err != nil {
		return err
	}
	if len(strangers) > 0 {
		d.warn("%s judges %d quer(ies) that queries.jsonl does not hold; they are left out", filepath.Base(path), len(strangers))
	}
	if len(strange) > 0 {
		d.warn("%s names %d document(s) that corpus.jsonl does not hold; as in trec_eval they count as not found", filepath.Base(path), len(strange))
	}
	file.Rows, file.Used = rows, rows
	d.Files["qrels"] = file
	return nil
}

// qrelsForm reads BEIR's three columns (query, document, grade), with further
// columns or without a grade, and TREC's four (query, iteration, document, grade).
type qrelsForm struct {
	path      string
	documents map[string]bool
	seen      bool
	columns   [3]int // of query, document and grade, where a header says so
	named     bool
}

func (f *qrelsForm) parse(line int, text string) (found judgement, isHeader bool, err error) {
	fields := strings.Split(text, "\t")
	if len(fields) == 1 && strings.Count(text, ",") >= 1 && !strings.ContainsAny(strings.TrimSpace(text), " ") {
		fields = strings.Split(text, ",")
	}
	if len(fields) == 1 {
		fields = strings.Fields(text)
	}
	for i := range fields {
		fields[i] = strings.Trim(strings.TrimSpace(fields[i]), `"`)
	}
	if !f.seen {
		f.seen = true
		if f.header(fields) {
			return found, true, nil
		}
	}
	if len(fields) < 2 {
		return found, false, at(f.path, line, "has one column", "write query-id, corpus-id and score, separated by tabs")
	}
	query, document, grade := f.places(fields)
	if max(query, document, grade) >= len(fields) {
		return found, false, at(f.path, line, "has too few columns", "write query-id, corpus-id and score, separated by tabs")
	}
	found = judgement{fields[query], fields[document], 1}
	if grade >= 0 {
		value, err := strconv.ParseFloat(fields[grade], 64)
		if err != nil || math.IsNaN(value) || math.Abs(value) > 1e6 {
			return found, false, at(f.path, line, "has a score that is no number", "write a whole number: 0 for irrelevant, 1 and more for relevant")
		}
		found.grade = int(math.Round(value))
	}
	return found, false, nil
}

// header takes the places from a first line that names them.
func (f *qrelsForm) header(fields []string) bool {
	f.columns = [3]int{-1, -1, -1}
	for i, field := range fields {
		switch strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(field)) {
		case "queryid", "qid", "query", "topic", "topicid":
			f.columns[0] = i
		case "corpusid", "docid", "documentid", "pid", "did", "document", "doc", "docno":
			f.columns[1] = i
		case "score", "relevance", "rel", "label", "grade":
			f.columns[2] = i
		}
	}
	f.named = f.columns[0] >= 0 && f.columns[1] >= 0
	return f.named
}

// places says where query, document and grade stand; the grade's is -1 for none.
func (f *qrelsForm) places(fields []string) (query, document, grade int) {
	switch {
	case f.named:
		return f.columns[0], f.columns[1], f.columns[2]
	case len(fields) == 2:
		return 0, 1, -1
	case len(fields) >= 4 && f.isTREC(fields):
		return 0, 2, 3
	default:
		return 0, 1, 2
	}
}

// isTREC decides by which column names a document of the corpus, else by the form.
func (f *qrelsForm) isTREC(fields []string) bool {
	if second, third := f.documents[fields[1]], f.documents[fields[2]]; second != third {
		return third
	}
	return fields[1] == "0" || strings.EqualFold(fields[1], "q0")
}
