// Package floodbench is a crowd of customers who ask one question each over HTTP, at
// a rate that does not wait for answers.
package floodbench

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Config says whom to ask, and how much.
type Config struct {
	URL, Site string
	PerSecond float64 // questions a second, whatever becomes of them; 0 asks again after each answer
	Clients   int     // who ask again after each answer
	For       time.Duration
}

// Times are percentiles in milliseconds.
type Times struct {
	Count int     `json:"count"`
	P50   float64 `json:"p50_ms"`
	P95   float64 `json:"p95_ms"`
	P99   float64 `json:"p99_ms"`
	Max   float64 `json:"max_ms"`
}

// Result is what became of the questions, a second where it is a rate.
type Result struct {
	Asked        float64 `json:"asked_per_second"`
	Answered     float64 `json:"answered_per_second"`
	RefusedShare float64 `json:"refused_share"`
	LateShare    float64 `json:"late_share"` // of the refusals, those that took more than 50 ms
	Failed       int     `json:"failed"`
	Refusal      Times   `json:"refusal"`
	Answer       Times   `json:"answer"`
}

const (
	mostOutstanding = 512 // questions that wait for their answers: later ones wait here
	question        = `{"question":"How do I export the readings of one meter?"}`
)

// crowd is a run of Ask.
type crowd struct {
	Config
	client            *http.Client
	mutex             sync.Mutex
	answered, refused []float64
	failed            int
}

// Ask asks for as long as the config says. The error is that of a request that cannot
// be made.
func Ask(ctx context.Context, config Config) (Result, error) {
	c := &crowd{Config: config, client: &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: mostOutstanding}}}
	if _, err := c.request(ctx); err != nil {
		return Result{}, err
	}
	started := time.Now()
	if config.PerSecond > 0 {
		c.openLoop(ctx)
	} else {
		c.closedLoop(ctx)
	}
	seconds := time.Since(started).Seconds()
	slices.Sort(c.answered)
	slices.Sort(c.refused)
	all := len(c.answered) + len(c.refused) + c.failed
	return Result{
		Asked: float64(all) / seconds, Answered: float64(len(c.answered)) / seconds, RefusedShare: float64(len(c.refused)) / float64(max(all, 1)),
		LateShare: lateShare(c.refused), Failed: c.failed, Refusal: TimesOf(c.refused), Answer: TimesOf(c.answered),
	}, nil
}

func (c *crowd) request(ctx context.Context) (*http.Request, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.URL+"/v1/answers", strings.NewReader(question))
	if err == nil {
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("X-Signalbox-Site", c.Site)
	}
	return request, err
}

func (c *crowd) once(ctx context.Context) {
	request, err := c.request(ctx)
	if err != nil {
		return
	}
	started := time.Now()
	status := Drain(c.client.Do(request))
	took := float64(time.Since(started).Microseconds()) / 1e3
	c.mutex.Lock()
	defer c.mutex.Unlock()
	switch status {
	case http.StatusOK, http.StatusCreated:
		c.answered = append(c.answered, took)
	case http.StatusTooManyRequests:
		c.refused = append(c.refused, took)
	default:
		c.failed++
	}
}

func (c *crowd) closedLoop(ctx context.Context) {
	var group sync.WaitGroup
	end := time.Now().Add(c.For)
	for range max(c.Clients, 1) {
		group.Go(func() {
			for time.Now().Before(end) && ctx.Err() == nil {
				c.once(ctx)
			}
		})
	}
	group.Wait()
}

// openLoop asks on time, whatever the answers do: a few at a time, since a timer is
// not finer than a millisecond.
func (c *crowd) openLoop(ctx context.Context) {
	var group sync.WaitGroup
	places := make(chan struct{}, mostOutstanding)
	started, sent := time.Now(), 0
	for time.Since(started) < c.For && ctx.Err() == nil {
		for due := int(time.Since(started).Seconds() * c.PerSecond); sent < due; sent++ {
			places <- struct{}{}
			group.Go(func() {
				defer func() { <-places }()
				c.once(ctx)
			})
		}
		time.Sleep(time.Millisecond)
	}
	group.Wait()
}

// Drain reads an answer to its end, so that its connection serves the next one, and
// returns its status: 0 if there is none.
func Drain(response *http.Response, err error) int {
	if err != nil {
		return 0
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return 0
	}
	return response.StatusCode
}

// lateRefusal is how many milliseconds a refusal may take.
const lateRefusal = 50

// lateShare is that of the sorted times which are too long.
func lateShare(sorted []float64) float64 {
	first, _ := slices.BinarySearch(sorted, lateRefusal)
	return float64(len(sorted)-first) / float64(max(len(sorted), 1))
}

// TimesOf returns the percentiles of sorted times.
func TimesOf(sorted []float64) Times {
	if len(sorted) == 0 {
		return Times{}
	}
	at := func(share float64) float64 { return sorted[min(int(share*float64(len(sorted))), len(sorted)-1)] }
	return Times{len(sorted), at(0.5), at(0.95), at(0.99), sorted[len(sorted)-1]}
}
