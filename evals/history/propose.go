package history

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/signalbox/signalbox/evals/cluster"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/triage"
)

const (
	mostCategories  = 200
	exampleRunes    = 240
	leastToPropose  = 20
	mostShownRoutes = 100
)

// Category is a proposed intent.
type Category struct {
	Key       string            `json:"key"`
	Name      string            `json:"name"`
	Phrases   []string          `json:"phrases"`
	Tickets   int               `json:"tickets"`
	Share     float64           `json:"share"`
	Route     string            `json:"route,omitempty"` // key, where most of the labelled ones went
	Languages map[string]int    `json:"languages"`
	Examples  []CategoryExample `json:"examples"`
}

// CategoryExample is a ticket near the middle of its category.
type CategoryExample struct {
	Line int    `json:"line"`
	Text string `json:"text"`
}

// Proposal is what [Propose] found.
type Proposal struct {
	File       string         `json:"file"`
	Tickets    int            `json:"tickets"`
	Different  int            `json:"different"` // threads and near-duplicates count once
	Categories []Category     `json:"categories"`
	Routes     []triage.Route `json:"routes"`
	// Agreement with the intents of the history, where it has some.
	Agreement *cluster.Agreement `json:"agreement,omitempty"`
	// Plain is the agreement of k-means on the embedding alone, if it was asked for.
	Plain *cluster.Agreement `json:"plain_k_means,omitempty"`
	Of    []int              `json:"-"` // category of every row
}

// ProposeOptions say how many categories with how many examples are wanted.
type ProposeOptions struct {
	Categories, Examples int
	Seed                 uint64
	Compare              bool // with plain k-means, where the history has intents
}

// Validate names the flag that is out of range.
func (o ProposeOptions) Validate() error {
	switch {
	case o.Categories < 2 || o.Categories > mostCategories:
		return fault.Field(fault.Invalid, "--categories", "is out of range", "use 2 to 200")
	case o.Examples < 1 || o.Examples > 50:
		return fault.Field(fault.Invalid, "--examples", "is out of range", "use 1 to 50")
	}
	return nil
}

// Propose clusters the texts of a history into categories, the largest first. Labels are
// not looked at, but for the route that most tickets of a category took.
func Propose(ctx context.Context, h *History, options ProposeOptions) (*Proposal, error) {
	if err := options.Validate(); err != nil {
		return nil, err
	}
	groups := Groups(h.Rows)
	firsts, texts, languages := firstOfGroups(h.Rows, groups)
	if len(firsts) < max(leastToPropose, options.Categories) {
		return nil, fault.Field(fault.Unprocessable, h.Name, fmt.Sprintf("has only %d different tickets", len(firsts)), "bring more tickets, or ask for fewer --categories")
	}
	found, err := cluster.Texts(ctx, texts, cluster.Options{Clusters: options.Categories, Seed: options.Seed, Languages: languages})
	if err != nil {
		return nil, err
	}
	p := &Proposal{File: h.Name, Tickets: len(h.Rows), Different: len(firsts), Of: make([]int, len(h.Rows))}
	of := map[int]int{}
	for i, row := range firsts {
		of[groups[row]] = found.Of[i]
	}
	for i, group := range groups {
		p.Of[i] = of[group]
	}
	var routes map[string]string
	p.Routes, routes = routesOf(h.Rows)
	p.describe(h.Rows, firsts, cluster.Names(texts, found), found.Members(), routes, options.Examples)
	return p, p.compare(ctx, h.Rows, firsts, texts, found, options)
}

// compare says how well the categories fit intents that they did not see.
func (p *Proposal) compare(ctx context.Context, rows []Row, firsts []int, texts []string, found cluster.Result, options ProposeOptions) error {
	labels := make([]string, len(firsts))
	for i, row := range firsts {
		if labels[i] = rows[row].Labels[triage.FieldIntent]; labels[i] == "" {
			return nil
		}
	}
	agreement := cluster.Agree(found.Of, labels)
	p.Agreement = &agreement
	if !options.Compare {
		return nil
	}
	plain, err := cluster.Plain(ctx, texts, cluster.Options{Clusters: options.Categories, Seed: options.Seed})
	if err != nil {
		return err
	}
	beside := cluster.Agree(plain.Of, labels)
	p.Plain = &beside
	return nil
}

func firstOfGroups(rows []Row, groups []int) (firsts []int, texts, languages []string) {
	for i, row := range rows {
		if groups[i] != i {
			continue
		}
		firsts = append(firsts, i)
		texts = append(texts, row.Subject+"\n"+row.Body)
		language, _, _ := strings.Cut(row.Language, "-")
		languages = append(languages, language)
	}
	return firsts, texts, languages
}

// routesOf lists the routes of the labels, the most frequent first, and their keys.
func routesOf(rows []Row) (routes []triage.Route, keys map[string]string) {
	counts := map[string]int{}
	for _, row := range rows {
		if route := row.Labels[triage.FieldRoute]; route != "" {
			counts[route]++
		}
	}
	names := slices.Collect(keysOfCounts(counts))
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b)) })
	taken := map[string]bool{}
	keys = map[string]string{}
	for _, name := range names[:min(len(names), mostShownRoutes)] {
		keys[name] = freeKey(name, "route", taken)
		routes = append(routes, triage.Route{Key: keys[name], Name: name})
	}
	if len(routes) == 0 {
		routes = []triage.Route{{Key: "inbox", Name: "Inbox", Description: "Everything, until there are teams."}}
	}
	return routes, keys
}

func keysOfCounts(counts map[string]int) func(func(string) bool) {
	return func(yield func(string) bool) {
		for key := range counts {
			if !yield(key) {
				return
			}
		}
	}
}

// describe fills in names, volumes and examples, the largest category first.
func (p *Proposal) describe(rows []Row, firsts []int, names [][]string, members [][]int, routes map[string]string, examples int) {
	p.Categories = make([]Category, len(names))
	went := make([]map[string]int, len(names))
	for c := range p.Categories {
		p.Categories[c].Languages, went[c] = map[string]int{}, map[string]int{}
	}
	for i, c := range p.Of {
		p.Categories[c].Tickets++
		if language := rows[i].Language; language != "" {
			p.Categories[c].Languages[language]++
		}
		if route := routes[rows[i].Labels[triage.FieldRoute]]; route != "" {
			went[c][route]++
		}
	}
	taken := map[string]bool{}
	for c := range p.Categories {
		category := &p.Categories[c]
		category.Share = float64(category.Tickets) / float64(len(rows))
		category.Phrases = names[c]
		category.Name = strings.Join(names[c][:min(len(names[c]), 3)], " · ")
		if category.Name == "" {
			category.Name = fmt.Sprintf("Category %d", c+1)
		}
		category.Key = freeKey(strings.Join(names[c][:min(len(names[c]), 2)], " "), "category", taken)
		category.Route = mostOf(went[c])
		for _, at := range members[c][:min(len(members[c]), examples)] {
			row := rows[firsts[at]]
			category.Examples = append(category.Examples, CategoryExample{row.Line, exampleOf(row.Subject + " " + row.Body)})
		}
	}
	order := make([]int, len(names))
	for c := range order {
		order[c] = c
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p.Categories[b].Tickets, p.Categories[a].Tickets) })
	sorted, number := make([]Category, len(names)), make([]int, len(names))
	for to, from := range order {
		sorted[to], number[from] = p.Categories[from], to
	}
	p.Categories = sorted
	for i, c := range p.Of {
		p.Of[i] = number[c]
	}
}

// mostOf is the value that most have, "" if fewer than half do.
func mostOf(counts map[string]int) (most string) {
	total := 0
	for value, count := range counts {
		total += count
		if most == "" || count > counts[most] || count == counts[most] && value < most {
			most = value
		}
	}
	if 2*counts[most] < total {
		return ""
	}
	return most
}

// freeKey makes a taxonomy's key of a name.
func freeKey(name, standard string, taken map[string]bool) string {
	key := strings.Trim(strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		}
		return '_'
	}, name), "_0123456789")
	for strings.Contains(key, "__") {
		key = strings.ReplaceAll(key, "__", "_")
	}
	if key = strings.Trim(key[:min(len(key), 48)], "_"); key == "" {
		key = standard
	}
	free := key
	for n := 2; taken[free]; n++ {
		free = fmt.Sprintf("%s_%d", key, n)
	}
	taken[free] = true
	return free
}

func exampleOf(text string) string {
	return firstRunes(strings.Join(strings.Fields(text), " "), exampleRunes)
}

func firstRunes(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

// Taxonomy is the proposal as intents.yaml holds it.
func (p *Proposal) Taxonomy() triage.Taxonomy {
	taxonomy := triage.Taxonomy{Routes: p.Routes}
	for _, category := range p.Categories {
		intent := triage.Intent{
			Key: category.Key, Name: category.Name, DefaultRoute: category.Route,
			Description: strings.Join(category.Phrases, ", "), // it is learned from: phrases only
		}
		for _, example := range category.Examples {
			intent.Examples = append(intent.Examples, example.Text)
		}
		taxonomy.Intents = append(taxonomy.Intents, intent)
	}
	return taxonomy
}
