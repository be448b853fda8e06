package history

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/signalbox/signalbox/internal/learn"
)

// The kinds of findings.
const (
	KindConflict = "conflicting_labels" // the same text, different labels
	KindDefault  = "untouched_default"  // what the form had preset is what is left
	KindCatchAll = "catch_all"          // a label whose tickets are about everything
	KindRenamed  = "renamed_label"      // two labels that are one
	KindTells    = "tells_the_answer"   // something that was written after the ticket was labelled
)

// Finding is one problem of the labels.
type Finding struct {
	Kind     string   `json:"kind"`
	Field    string   `json:"field"`
	Value    string   `json:"value,omitempty"`
	Tickets  int      `json:"tickets"`
	Share    float64  `json:"share"` // of the labelled tickets
	Detail   string   `json:"detail"`
	Remedy   string   `json:"remedy"`
	Lines    []int    `json:"lines"`
	Examples []string `json:"examples"`
}

// FieldAudit is what is known of a field's labels.
type FieldAudit struct {
	Labelled int `json:"labelled"`
	Values   int `json:"values"`
	// Copies are tickets whose text another one has, and Agree the share of them that
	// are labelled alike; null without any.
	Copies int      `json:"copies"`
	Agree  *float64 `json:"agree"`
	// HeldOut is how often a model that did not see a ticket agrees with its label, on
	// Judged tickets. Suspect is the share whose label the model contradicts for sure
	// (confident learning, Northcutt, Jiang and Chuang 2021).
	Judged  int      `json:"judged"`
	HeldOut *float64 `json:"held_out_accuracy"`
	Suspect *float64 `json:"suspect_share"`
	// Ceiling is how often any system can agree with these labels, by the copies and by
	// the suspects, whichever is lower, with an interval of 95 %.
	Ceiling         *float64 `json:"ceiling"`
	CeilingInterval *Range   `json:"ceiling_interval"`
}

// Range is an interval.
type Range struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// Audit is what was looked at and found.
type Audit struct {
	Name     string                `json:"name"`
	Rows     int                   `json:"rows"`
	Skipped  int                   `json:"skipped"`
	Tickets  int                   `json:"tickets"` // threads and near-duplicates once
	Fields   map[string]FieldAudit `json:"fields"`
	Findings []Finding             `json:"findings"` // the most tickets first
}

const (
	// judgedRows is how many tickets a model is trained and judged on, by turns.
	judgedRows = 4000
	// leastJudged is what that needs.
	leastJudged  = 200
	mostLines    = 20
	mostShown    = 3
	shownLength  = 140
	significance = 0.95
)

// audit is one audit under way.
type audit struct {
	h      *History
	copies []int // by row, the first with the same text
	tagged bool  // texts hold their label as a tag
	found  *Audit
}

// Examine looks for label noise in every labelled field.
func Examine(ctx context.Context, h *History, seed uint64, progress func(stage string, done, total int)) (*Audit, error) {
	a := &audit{h: h, found: &Audit{Name: h.Name, Rows: len(h.Rows), Skipped: len(h.Skipped), Fields: map[string]FieldAudit{}, Findings: []Finding{}}}
	h.Sort()
	for i, group := range Groups(h.Rows) {
		if i == group {
			a.found.Tickets++
		}
	}
	a.copies = copiesOf(h.Rows)
	a.markers()
	fields := h.Labelled()
	for i, field := range fields {
		progress("fields examined", i, len(fields))
		if err := a.field(ctx, field, seed, progress); err != nil {
			return nil, err
		}
	}
	progress("fields examined", len(fields), len(fields))
	slices.SortStableFunc(a.found.Findings, func(x, y Finding) int { return cmp.Compare(y.Tickets, x.Tickets) })
	return a.found, nil
}

func (a *audit) field(ctx context.Context, field string, seed uint64, progress func(stage string, done, total int)) error {
	told := FieldAudit{}
	counts := map[string]int{}
	for _, row := range a.h.Rows {
		if label := row.Labels[field]; label != "" {
			told.Labelled++
			counts[label]++
		}
	}
	told.Values = len(counts)
	a.conflicts(field, &told)
	a.defaults(field, told.Labelled)
	a.spellings(field, counts, told.Labelled)
	a.written(field)
	judged, err := a.judge(ctx, field, seed, func(done, total int) { progress("steps of reading "+field, done, total) })
	if err != nil {
		return err
	}
	if judged != nil {
		told.Judged = len(judged.rows)
		right, suspects := judged.right(), judged.suspects()
		accuracy, share := float64(right)/float64(told.Judged), float64(suspects)/float64(told.Judged)
		told.HeldOut, told.Suspect = &accuracy, &share
		a.indistinct(field, judged, told.Labelled)
		a.successions(field, counts, told.Labelled)
	}
	told.ceiling()
	a.found.Fields[field] = told
	return nil
}

// ceiling takes the lower of two estimates. Copies that two people labelled agree as
// often as both are right, so each is right with the root of that.
func (f *FieldAudit) ceiling() {
	set := func(value, low, high float64) {
		if f.Ceiling == nil || value < *f.Ceiling {
			f.Ceiling, f.CeilingInterval = &value, &Range{low, high}
		}
	}
	if f.Agree != nil && f.Copies >= 20 {
		around := learn.Wilson(int(math.Round(*f.Agree*float64(f.Copies))), f.Copies, significance)
		set(math.Sqrt(*f.Agree), math.Sqrt(around.Low), math.Sqrt(around.High))
	}
	if f.Suspect != nil {
		around := learn.Wilson(int(math.Round((1-*f.Suspect)*float64(f.Judged))), f.Judged, significance)
		set(1-*f.Suspect, around.Low, around.High)
	}
}

func (a *audit) add(f Finding, rows []int) {
	f.Lines, f.Examples = []int{}, []string{}
	for _, i := range rows {
		if len(f.Lines) < mostLines {
			f.Lines = append(f.Lines, a.h.Rows[i].Line)
		}
		if len(f.Examples) < mostShown {
			f.Examples = append(f.Examples, firstRunes(oneLine(a.h.Rows[i].Subject+" · "+a.h.Rows[i].Body), shownLength))
		}
	}
	a.found.Findings = append(a.found.Findings, f)
}

// copiesOf numbers rows by the first one with the same text but for digits and
// punctuation, and tags, which may tell the label.
func copiesOf(rows []Row) []int {
	firsts, copies := map[string]int{}, make([]int, len(rows))
	for i, row := range rows {
		text := strings.Join(plainWords(withoutTags(row.Subject+" "+row.Body)), " ")
		if first, seen := firsts[text]; seen {
			copies[i] = first
			continue
		}
		firsts[text], copies[i] = i, i
	}
	return copies
}

// conflicts counts copies of a text that are labelled otherwise.
func (a *audit) conflicts(field string, told *FieldAudit) {
	members := map[int][]int{}
	for i, row := range a.h.Rows {
		if row.Labels[field] != "" {
			members[a.copies[i]] = append(members[a.copies[i]], i)
		}
	}
	against, rows := 0, []int{}
	for _, i := range slices.Sorted(keys(members)) {
		list := members[i]
		counts, most := map[string]int{}, 0
		for _, row := range list {
			label := squashed(a.h.Rows[row].Labels[field])
			counts[label]++
			most = max(most, counts[label])
		}
		told.Copies += len(list) - 1
		if against += len(list) - most; len(list) > most {
			rows = append(rows, list...)
		}
	}
	if told.Copies == 0 {
		return
	}
	agree := 1 - float64(against)/float64(told.Copies)
	told.Agree = &agree
	// A twentieth is what careful people differ by.
	if against >= 3 && learn.ClopperPearson(against, told.Copies, significance).Low > 0.05 {
		a.add(Finding{
			Kind: KindConflict, Field: field, Tickets: len(rows), Share: share(len(rows), told.Labelled),
			Detail: fmt.Sprintf("of %d tickets whose text was there before, %d are labelled otherwise", told.Copies, against),
			Remedy: "agree on what these mean, write it down, and label them anew",
		}, rows)
	}
}

// defaults finds a preset value that nearly nobody changes.
func (a *audit) defaults(field string, labelled int) {
	preset := map[string]int{}
	known := 0
	for _, row := range a.h.Rows {
		if row.Intake[field] != "" && row.Labels[field] != "" {
			preset[row.Intake[field]]++
			known++
		}
	}
	for _, value := range slices.Sorted(keys(preset)) {
		if known < 50 || float64(preset[value]) < 0.95*float64(known) {
			continue
		}
		var kept []int
		for i, row := range a.h.Rows {
			if row.Intake[field] == value && row.Labels[field] == value {
				kept = append(kept, i)
			}
		}
		if learn.ClopperPearson(len(kept), preset[value], significance).Low > 0.9 {
			a.add(Finding{
				Kind: KindDefault, Field: field, Value: value, Tickets: len(kept), Share: share(len(kept), labelled),
				Detail: fmt.Sprintf("%d tickets came in as %q and %d still are: nobody seems to set it", preset[value], value, len(kept)),
				Remedy: "do not learn from it: leave the column out, or label a sample blindly",
			}, kept)
		}
	}
}

// indistinct finds labels that a model cannot tell by the text, far worse than the
// others: what is filed there is about everything.
func (a *audit) indistinct(field string, judged *judgement, labelled int) {
	if field != "intent" && field != "route" {
		return // how urgent something is need not stand in its words
	}
	accuracy := float64(judged.right()) / float64(len(judged.rows))
	for _, value := range slices.Sorted(keys(judged.of)) {
		of := judged.of[value]
		recall := learn.ClopperPearson(of.right, of.all, significance)
		if of.all < 20 || float64(of.all) < 0.04*float64(len(judged.rows)) || recall.High > accuracy/2 || len(of.instead) < 4 {
			continue
		}
		var rows []int
		for i, row := range a.h.Rows {
			if squashed(row.Labels[field]) == value {
				rows = append(rows, i)
			}
		}
		a.add(Finding{
			Kind: KindCatchAll, Field: field, Value: a.h.Rows[rows[0]].Labels[field], Tickets: len(rows), Share: share(len(rows), labelled),
			Detail: fmt.Sprintf("a model finds %d of %d of these, and takes the others for %d different labels: they are about everything", of.right, of.all, len(of.instead)),
			Remedy: "leave the label out of training, or file these tickets where they belong",
		}, rows)
	}
}

// written finds an intake column that was overwritten with what people decided.
func (a *audit) written(field string) {
	same, known, values := []int{}, 0, map[string]bool{}
	for i, row := range a.h.Rows {
		if row.Intake[field] == "" || row.Labels[field] == "" {
			continue
		}
		known++
		values[squashed(row.Labels[field])] = true
		if squashed(row.Intake[field]) == squashed(row.Labels[field]) {
			same = append(same, i)
		}
	}
	if known >= 100 && len(values) >= 3 && float64(len(same)) >= 0.995*float64(known) {
		a.add(Finding{
			Kind: KindTells, Field: field, Value: "intake_" + field, Tickets: len(same), Share: share(len(same), known),
			Detail: fmt.Sprintf("%s at intake is what people left in %d of %d tickets: it seems to be written over when they decide", field, len(same), known),
			Remedy: "export the value as it was when the ticket came in, or leave the column out",
		}, same)
	}
}

func share(some, of int) float64 { return float64(some) / float64(max(of, 1)) }

func keys[K comparable, V any](m map[K]V) func(func(K) bool) {
	return func(yield func(K) bool) {
		for key := range m {
			if !yield(key) {
				return
			}
		}
	}
}
