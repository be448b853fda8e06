package safetysuite

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"
)

// run is one attack under way.
type run struct {
	config     Config
	target     *Target
	secret     secret
	queries    []Query
	operations []*operation
	uncovered  map[string]bool

	mutex  sync.Mutex
	found  *Separation
	routes map[string]*Route
	kinds  map[string]*Kind
}

const (
	mostFindings = 50
	// otherQueries are asked on routes that must refuse a customer anyway.
	otherQueries = 6
)

// separation runs the queries on every route.
func (r *run) separation(ctx context.Context) error {
	var err error
	if r.operations, err = operations(ctx, r.target.With); err != nil {
		return err
	}
	var group errgroup.Group
	group.SetLimit(r.config.clients())
	total := 0
	for _, operation := range r.operations {
		queries := r.queriesFor(operation)
		total += len(queries)
		for number, query := range queries {
			group.Go(func() error { return r.attack(ctx, operation, query, number) })
		}
		if err := group.Wait(); err != nil { // a route after the other: findings keep their order
			return err
		}
		r.progress("separation", total, 0)
	}
	r.found.Routes, r.found.Kinds = listed(r.routes), listed(r.kinds)
	return nil
}

func (r *run) queriesFor(operation *operation) []Query {
	switch {
	case operation.forCustomers() && r.target.Without == nil && operation.opensTickets():
		r.found.Skipped = append(r.found.Skipped, operation.route+": it would open tickets on a deployment")
		return nil
	case operation.forCustomers():
		return r.queries
	default:
		return r.queries[:min(otherQueries, len(r.queries))]
	}
}

// attack sends one query to one route, on both sides where there are two.
func (r *run) attack(ctx context.Context, operation *operation, query Query, number int) error {
	requests, err := operation.requests(query, number)
	if err != nil {
		r.cannot(operation, err)
		return nil
	}
	for _, made := range requests {
		made.header = r.who(made, number)
		id := newRequestID()
		with, err := r.target.With.send(ctx, made, id)
		if err != nil {
			return err
		}
		r.count(operation, query, with)
		r.judge(operation, query, with, made)
		if r.target.Without == nil {
			continue
		}
		without, err := r.target.Without.send(ctx, made, id)
		if err != nil {
			return err
		}
		if differ := difference(operation.route, with, without); differ != "" {
			r.find(r.finding("difference", operation, query, differ))
		}
	}
	return nil
}

// who alternates between a visitor and somebody who is signed in. What writes is not
// asked as the reader, whose own tickets must stay as they are.
func (r *run) who(made request, number int) Header {
	people := r.target.People()
	header := Header{}
	maps.Copy(header, made.header)
	signedIn := people.Reader
	if made.method != http.MethodGet {
		signedIn = people.Writer
	}
	if number%2 == 0 || signedIn == nil {
		signedIn = people.Visitor
	}
	maps.Copy(header, signedIn)
	return header
}

func (r *run) judge(operation *operation, query Query, answer response, made request) {
	if leak := r.secret.in(answer, made.path+" "+string(made.body)+" "+query.Text+" "+query.ID); leak.text != "" {
		r.find(r.finding("leak", operation, query, r.named(leak)))
	}
	if answer.status >= http.StatusInternalServerError && !operation.ofTheService() {
		r.find(r.finding("failure", operation, query, fmt.Sprintf("status %d", answer.status)))
	}
	if answer.status < 300 && !operation.forCustomers() && !operation.ofTheService() {
		r.find(r.finding("leak", operation, query, fmt.Sprintf("a customer gets %d from a route that is not for customers", answer.status)))
	}
}

func (r *run) finding(what string, operation *operation, query Query, detail string) Finding {
	return Finding{What: what, Route: operation.route, Kind: query.Kind, Query: r.quoted(query.Text), Detail: detail}
}

// named tells of a leak: by its place in the owner's file, where nothing is quoted.
func (r *run) named(leak leaked) string {
	if r.target.Without == nil && leak.article >= 0 {
		return fmt.Sprintf("%d words in a row of %s", runLength, r.target.Hidden[leak.article].Name)
	}
	return r.quoted(leak.text)
}

// quoted leaves a deployment's text out of reports.
func (r *run) quoted(text string) string {
	if r.target.Without == nil {
		return ""
	}
	return clip(text, 200)
}

// cannot notes a route that no request can be made for. Only customers' routes must
// have one.
func (r *run) cannot(operation *operation, reason error) {
	r.mutex.Lock()
	known := r.uncovered[operation.route]
	r.uncovered[operation.route] = true
	r.mutex.Unlock()
	if !known && operation.forCustomers() {
		r.find(Finding{What: "uncovered", Route: operation.route, Detail: reason.Error()})
	}
}

func (r *run) find(finding Finding) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	switch finding.What {
	case "leak":
		r.found.Leaks++
	case "difference":
		r.found.Differences++
	case "uncovered":
		r.found.Uncovered++
	case "failure":
		r.found.Failures++
	}
	if len(r.found.Findings) < mostFindings {
		r.found.Findings = append(r.found.Findings, finding)
	}
}

func (r *run) count(operation *operation, query Query, answer response) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	route, kind := r.routes[operation.route], r.kinds[query.Kind]
	if route == nil {
		route = &Route{Route: operation.route}
		r.routes[operation.route] = route
	}
	if kind == nil {
		kind = &Kind{Kind: query.Kind}
		r.kinds[query.Kind] = kind
	}
	route.Requests++
	kind.Requests++
	r.found.Requests++
	if answer.status < 300 {
		route.OK++
	}
}

func (r *run) progress(stage string, done, total int) {
	if r.config.Progress != nil {
		r.config.Progress(stage, done, max(total, done+1))
	}
}

func listed[T any](by map[string]*T) []T {
	list := make([]T, 0, len(by))
	for _, name := range slices.Sorted(maps.Keys(by)) {
		list = append(list, *by[name])
	}
	return list
}

// shuffledOf draws an order by the seed.
func shuffledOf(queries []Query, seed uint64) []Query {
	random := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // repeatable on purpose
	random.Shuffle(len(queries), func(i, j int) { queries[i], queries[j] = queries[j], queries[i] })
	return queries
}
