package retrievalsuite

import (
	"bufio"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/signalbox/signalbox/internal/fault"
)

// Document of a corpus.
type Document struct{ ID, Title, Text string }

// Query with what was judged of it: grades by document, 0 and less for irrelevant.
type Query struct {
	ID, Text string
	Grades   map[string]int
}

// relevant counts the documents that were judged relevant, in the corpus or not.
func (q Query) relevant() int {
	count := 0
	for _, grade := range q.Grades {
		if grade > 0 {
			count++
		}
	}
	return count
}

// Data is what is measured on.
type Data struct {
	Documents []Document
	Queries   []Query // that have a relevant document
	Files     map[string]DataFile
	Hash      string
	Warnings  []string
}

func (d *Data) warn(format string, args ...any) {
	d.Warnings = append(d.Warnings, fmt.Sprintf(format, args...))
}

// longestLine bounds a line of the files, in bytes.
const longestLine = 64 << 20

// Read reads corpus.jsonl, queries.jsonl and the judgements of a split. Errors name
// the file and the line.
func Read(directory, split string) (*Data, error) {
	if info, err := os.Stat(directory); err != nil || !info.IsDir() {
		return nil, fault.Field(fault.Invalid, "--beir", "is no folder that can be read", "name a folder with corpus.jsonl, queries.jsonl and qrels")
	}
	data := &Data{Files: map[string]DataFile{}}
	known := map[string]bool{}
	err := data.records(directory, "corpus", known, func(id, title, text string) {
		data.Documents = append(data.Documents, Document{id, title, text})
	})
	if err != nil {
		return nil, err
	}
	var queries []Query
	byID := map[string]int{}
	asked := map[string]bool{}
	err = data.records(directory, "queries", asked, func(id, title, text string) {
		byID[id] = len(queries)
		queries = append(queries, Query{ID: id, Text: strings.TrimSpace(title + " " + text), Grades: map[string]int{}})
	})
	if err != nil {
		return nil, err
	}
	if err := data.judgements(directory, split, known, byID, queries); err != nil {
		return nil, err
	}
	for _, query := range queries {
		if query.relevant() > 0 {
			data.Queries = append(data.Queries, query)
		}
	}
	if len(data.Queries) == 0 {
		return nil, fault.Field(fault.Unprocessable, "--split "+split, "judges no query of queries.jsonl to have a relevant document", "name another split, or mend the IDs")
	}
	if len(data.Documents) == 0 {
		return nil, fault.Field(fault.Unprocessable, "corpus.jsonl", "holds no document", "write one JSON object a line with _id, title and text")
	}
	data.Hash = data.hash()
	return data, nil
}

func (d *Data) hash() string {
	digest := sha256.New()
	for _, name := range []string{"corpus", "queries", "qrels"} {
		fmt.Fprintf(digest, "%s %s\n", name, d.Files[name].Hash)
	}
	return hex.EncodeToString(digest.Sum(nil))
}

// textFile reads a file line by line, hashing what it reads.
func textFile(path string, each func(line int, text string) error) (DataFile, error) {
	file, err := os.Open(filepath.Clean(path))
	if err != nil {
		return DataFile{}, fault.Field(fault.Invalid, filepath.Base(path), "cannot be read", "see that it stands in the folder of --beir")
	}
	defer file.Close()
	digest := sha256.New()
	from := io.TeeReader(file, digest)
	if strings.HasSuffix(path, ".gz") {
		if from, err = gzip.NewReader(from); err != nil {
			return DataFile{}, fault.Field(fault.Invalid, filepath.Base(path), "is no gzip file", "unpack it, or leave .gz out of its name")
		}
	}
	scanner := bufio.NewScanner(from)
	scanner.Buffer(make([]byte, 1<<20), longestLine)
	line := 0
	for scanner.Scan() {
		line++
		text := scanner.Text()
		if line == 1 {
			text = strings.TrimPrefix(text, "\ufeff")
		}
		if err := each(line, strings.TrimSuffix(text, "\r")); err != nil {
			return DataFile{}, err
		}
	}
	if err := scanner.Err(); errors.Is(err, bufio.ErrTooLong) {
		return DataFile{}, at(path, line+1, "is longer than 64 MB", "write one record a line")
	} else if err != nil {
		return DataFile{}, fault.Wrap(fault.Invalid, err, "%s: cannot be read", filepath.Base(path))
	}
	return DataFile{File: filepath.Base(path), Hash: hex.EncodeToString(digest.Sum(nil))}, nil
}

func at(path string, line int, problem, remedy string) error {
	return fault.Field(fault.Unprocessable, fmt.Sprintf("%s, line %d", filepath.Base(path), line), problem, remedy)
}

// records reads NAME.jsonl, or NAME.jsonl.gz, into known and add.
func (d *Data) records(directory, name string, known map[string]bool, add func(id, title, text string)) error {
	path := filepath.Join(directory, name+".jsonl")
	if _, err := os.Stat(path); err != nil {
		if _, err := os.Stat(path + ".gz"); err == nil {
			path += ".gz"
		}
	}
	repeated, empty := 0, 0
	file, err := textFile(path, func(line int, text string) error {
		if strings.TrimSpace(text) == "" {
			return nil
		}
		var record map[string]any
		decoder := json.NewDecoder(strings.NewReader(text))
		decoder.UseNumber()
		if err := decoder.Decode(&record); err != nil {
			return at(path, line, "is no JSON object", `write {"_id": "1", "title": "", "text": "…"}`)
		}
		id := firstOf(record, "_id", "id", "doc_id", "query_id")
		if id == "" {
			return at(path, line, "has no _id", `write {"_id": "1", "title": "", "text": "…"}`)
		}
		if known[id] {
			repeated++
			return nil
		}
		known[id] = true
		title, content := firstOf(record, "title"), firstOf(record, "text", "body", "contents", "query", "question")
		if strings.TrimSpace(title+content) == "" {
			empty++
		}
		add(id, title, content)
		return nil
	})
	if err != nil {
		return err
	}
	if repeated > 0 {
		d.warn("%s: %d line(s) repeat an ID; the first one counts", filepath.Base(path), repeated)
	}
	if empty > 0 {
		d.warn("%s: %d line(s) have no text", filepath.Base(path), empty)
	}
	file.Rows, file.Used = len(known)+repeated, len(known)
	d.Files[name] = file
	return nil
}

// firstOf is the first of the fields that holds a text or a number.
func firstOf(record map[string]any, fields ...string) string {
	for _, field := range fields {
		switch value := record[field].(type) {
		case string:
			if value != "" {
				return value
			}
		case json.Number:
			return value.String()
		}
	}
	return ""
}
