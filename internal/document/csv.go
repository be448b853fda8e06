package document

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// columns are the names that a table's header may have, by what they hold.
var columns = map[string]string{
	"id": "id", "key": "id", "source_key": "id", "external_id": "id", "slug": "id",
	"title": "title", "question": "title", "subject": "title", "name": "title", "heading": "title",
	"body": "body", "answer": "body", "content": "body", "text": "body", "solution": "body", "article": "body",
	"language": "language", "lang": "language", "locale": "language",
	"tags": "tags", "labels": "tags", "label_names": "tags", "keywords": "tags",
	"product_area": "product_area", "product": "product_area", "category": "product_area", "section": "product_area",
	"tier": "tier", "plan": "tier", "error_type": "error_type", "error_code": "error_type",
	"audience": "audience", "visibility": "audience", "votes": "votes", "vote_sum": "votes",
	"updated": "updated", "updated_at": "updated", "date": "updated", "draft": "draft", "state": "draft", "status": "draft",
}

const maximumRows = 200_000

// table reads a CSV file: one article a row. The delimiter and the header are
// recognised; without a known header the first column is the title, the second the text.
func (r reader) table(ctx context.Context, data []byte, yield func(Item) error) error {
	if isBinary(data) && !hasUTF16Mark(data) {
		return errors.New("is binary, not CSV")
	}
	text, warnings := decoded(data, r.charset())
	rows := csv.NewReader(strings.NewReader(text))
	rows.Comma, rows.LazyQuotes, rows.FieldsPerRecord = delimiterOf(text, path.Ext(r.name)), true, -1
	head, err := rows.Read()
	if err != nil {
		return errors.New("is no CSV")
	}
	places := placesOf(head)
	sheet := sheet{places: places, keys: map[string]int{}}
	if places == nil {
		if len(head) < 2 {
			return errors.New("has one column only: name columns title and body")
		}
		sheet.places = map[string]int{"title": 0, "body": 1}
		warnings = append(warnings, "has no header with title and body: the first column is taken as title, the second as text")
		if err := yield(sheet.item(head, 1, warnings)); err != nil {
			return err
		}
		warnings = nil
	}
	for number := 2; ; number++ {
		row, err := rows.Read()
		switch {
		case errors.Is(err, io.EOF):
			if len(sheet.keys) == 0 {
				return errors.New("has no row with text")
			}
			return nil
		case err != nil:
			return fmt.Errorf("is broken at row %d", number)
		case number > maximumRows:
			return fmt.Errorf("has more than %d rows", maximumRows)
		case ctx.Err() != nil:
			return ctx.Err()
		}
		if strings.TrimSpace(strings.Join(row, "")) == "" {
			continue
		}
		if err := yield(sheet.item(row, number, warnings)); err != nil {
			return err
		}
		warnings = nil
	}
}

// delimiterOf is the candidate that stands most often in the first line, outside quotes.
func delimiterOf(text, ending string) rune {
	if strings.EqualFold(ending, ".tsv") {
		return '\t'
	}
	counts, quoted := map[rune]int{}, false
	for _, r := range text {
		switch {
		case r == '"':
			quoted = !quoted
		case quoted:
		case r == '\n':
			return mostOften(counts)
		default:
			counts[r]++
		}
	}
	return mostOften(counts)
}

func mostOften(counts map[rune]int) rune {
	best := ','
	for _, candidate := range []rune{';', '\t', '|'} {
		if counts[candidate] > counts[best] {
			best = candidate
		}
	}
	return best
}

// placesOf finds the columns, or nil if the row is no header.
func placesOf(head []string) map[string]int {
	places := map[string]int{}
	for i, name := range head {
		name = strings.NewReplacer(" ", "_", "-", "_").Replace(strings.ToLower(strings.TrimSpace(name)))
		if meaning := columns[name]; meaning != "" {
			if _, taken := places[meaning]; !taken {
				places[meaning] = i
			}
		}
	}
	_, title := places["title"]
	_, body := places["body"]
	if !title || !body {
		return nil
	}
	return places
}

// sheet is a table under way.
type sheet struct {
	places map[string]int
	keys   map[string]int // how often each was made
}

func (s *sheet) cell(row []string, meaning string) string {
	if at, known := s.places[meaning]; known && at < len(row) {
		return strings.TrimSpace(row[at])
	}
	return ""
}

// item makes an article of a row.
func (s *sheet) item(row []string, number int, warnings []string) Item {
	item := Item{
		Title: s.cell(row, "title"), Language: language(s.cell(row, "language")), ProductArea: s.cell(row, "product_area"),
		Tier: s.cell(row, "tier"), ErrorType: s.cell(row, "error_type"), Warnings: warnings,
	}
	item.Tags = strings.FieldsFunc(s.cell(row, "tags"), func(r rune) bool { return r == ',' || r == ';' || r == '|' })
	for i := range item.Tags {
		item.Tags[i] = strings.TrimSpace(item.Tags[i])
	}
	item.Key = s.key(row, item.Title, number)
	text := s.cell(row, "body")
	var err error
	if looksLikeHTML(text) {
		text, item.Notes, err = fragment(text)
	}
	item.Text = text
	switch {
	case err != nil:
		item.Problem = err.Error()
	case item.Title == "" || text == "":
		item.Problem = fmt.Sprintf("row %d has no title or no text", number)
	}
	s.applyRest(row, &item)
	return item
}

func (s *sheet) applyRest(row []string, item *Item) {
	if votes, err := strconv.Atoi(s.cell(row, "votes")); err == nil {
		item.Votes = votes
	}
	item.Updated = parseTime(s.cell(row, "updated"))
	switch strings.ToLower(s.cell(row, "audience")) {
	case "":
	case "public", "customers", "everyone":
		item.Audience, item.Why = "public", "its audience says so"
	default:
		item.Audience, item.Why = "internal", "its audience says so"
	}
	switch strings.ToLower(strings.TrimSpace(s.cell(row, "draft"))) {
	case "", "published", "public", "active", "live", "false", "no", "0":
	default: // also what nobody has thought of, such as "in review"
		item.Audience, item.Why = "internal", "it is not published"
	}
}

// key is the row's ID, else made from its title; equal titles are numbered.
func (s *sheet) key(row []string, title string, number int) string {
	key := slug(s.cell(row, "id"))
	made := key == ""
	if made {
		key = slug(title)
	}
	if key == "" {
		key = fmt.Sprintf("row-%d", number)
	}
	if s.keys[key]++; made && s.keys[key] > 1 {
		return fmt.Sprintf("%s-%d", key, s.keys[key])
	}
	return key
}

var htmlTag = regexp.MustCompile(`(?i)</?(p|br|div|span|ul|ol|li|h[1-6]|table|tr|td|strong|em|b|i|a|img|pre|code|blockquote)(\s[^<>]*)?/?>`)

// looksLikeHTML reports a text that is written in HTML.
func looksLikeHTML(text string) bool { return htmlTag.MatchString(text) }

// slug keeps letters and digits in lower case, joined by hyphens.
func slug(text string) string {
	var made strings.Builder
	for word := range strings.FieldsFuncSeq(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) && r != '_'
	}) {
		if made.Len()+len(word) > 150 {
			break
		}
		if made.Len() > 0 {
			made.WriteByte('-')
		}
		made.WriteString(word)
	}
	return made.String()
}

// parseTime reads a day or a time; zero if it is neither.
func parseTime(text string) time.Time {
	for _, layout := range []string{time.RFC3339, time.DateOnly, time.DateTime} {
		if parsed, err := time.Parse(layout, text); err == nil {
			return parsed.UTC()
		}
	}
	return time.Time{}
}
