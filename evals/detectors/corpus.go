package detectors

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"github.com/signalbox/signalbox/internal/detect"
)

// ticketRow is a line of tickets.jsonl, sensitive.jsonl or negatives.jsonl.
type ticketRow struct {
	ID        string `json:"id"`
	Language  string `json:"language"`
	Subject   string `json:"subject"`
	Body      string `json:"body"`
	Kind      string `json:"kind"`
	Urgency   string `json:"urgency"`
	Impact    string `json:"impact"`
	Sentiment string `json:"sentiment"`
	Sensitive string `json:"sensitive"`
	Note      string `json:"note"`
}

// text is what a detector reads: the subject and the body.
func (r ticketRow) text() string { return r.Subject + "\n" + r.Body }

// actRow is a line of acts.jsonl.
type actRow struct {
	ID       string `json:"id"`
	Language string `json:"language"`
	Thread   []struct {
		Author string `json:"author"`
		Body   string `json:"body"`
	} `json:"thread"`
	Body string `json:"body"`
	Act  string `json:"act"`
	Note string `json:"note"`
}

func (r actRow) earlier() []detect.Message {
	messages := make([]detect.Message, len(r.Thread))
	for i, message := range r.Thread {
		messages[i] = detect.Message{FromCustomer: message.Author == "customer", Text: message.Body}
	}
	return messages
}

// Industry is what one invented company's customers wrote.
type Industry struct {
	Name                          string
	General                       bool // learned from, never judged
	tickets, sensitive, negatives []ticketRow
	acts                          []actRow
}

// The files of an industry.
const (
	ticketsFile   = "tickets.jsonl"
	sensitiveFile = "sensitive.jsonl"
	negativesFile = "negatives.jsonl"
	actsFile      = "acts.jsonl"
)

// The folders of a corpus: industries, each of which is judged by detectors of the
// others, and texts of many others that everything learns from and nothing is judged
// on.
const (
	industriesFolder = "industries"
	generalFolder    = "general"
)

// Load reads a corpus: the industries by name, then the general texts, if there are
// any. The error names file and line.
func Load(files fs.FS) ([]Industry, error) {
	industries, err := loadFolder(files, industriesFolder)
	if err != nil {
		return nil, err
	}
	general, err := loadFolder(files, generalFolder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for i := range general {
		general[i].General = true
	}
	return append(industries, general...), nil
}

// judgedCount counts the industries that are judged; they come first.
func judgedCount(industries []Industry) int {
	count := 0
	for _, industry := range industries {
		if !industry.General {
			count++
		}
	}
	return count
}

func loadFolder(files fs.FS, folder string) ([]Industry, error) {
	entries, err := fs.ReadDir(files, folder)
	if err != nil {
		return nil, err
	}
	var industries []Industry
	for _, entry := range entries {
		if !entry.IsDir() {
			continue
		}
		industry := Industry{Name: entry.Name()}
		for file, rows := range map[string]*[]ticketRow{
			ticketsFile: &industry.tickets, sensitiveFile: &industry.sensitive, negativesFile: &industry.negatives,
		} {
			if *rows, err = readLines[ticketRow](files, path.Join(folder, entry.Name(), file)); err != nil {
				return nil, err
			}
		}
		if industry.acts, err = readLines[actRow](files, path.Join(folder, entry.Name(), actsFile)); err != nil {
			return nil, err
		}
		industries = append(industries, industry)
	}
	slices.SortFunc(industries, func(a, b Industry) int { return bytes.Compare([]byte(a.Name), []byte(b.Name)) })
	return industries, nil
}

func readLines[T any](files fs.FS, name string) ([]T, error) {
	content, err := fs.ReadFile(files, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil // not every folder has every kind of text
	}
	if err != nil {
		return nil, err
	}
	var rows []T
	for number, line := range bytes.Split(bytes.TrimRight(content, "\n"), []byte("\n")) {
		decoder := json.NewDecoder(bytes.NewReader(line))
		decoder.DisallowUnknownFields()
		var row T
		if err := decoder.Decode(&row); err != nil {
			return nil, fmt.Errorf("%s, line %d: %w", name, number+1, err)
		}
		rows = append(rows, row)
	}
	return rows, nil
}
