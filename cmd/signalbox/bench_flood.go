package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/evals/floodbench"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/internal/httpapi"
	"github.com/signalbox/signalbox/internal/postgres"
)

// floodFactor is how much more than the machine can answer customers ask.
const floodFactor = 10

// floodResult is what bench flood measures.
type floodResult struct {
	Cores    int               `json:"cores"`
	Capacity float64           `json:"capacity_per_second"` // answers, as many clients as cores
	Asked    float64           `json:"asked_per_second"`
	Answered float64           `json:"answered_per_second"`
	Refused  float64           `json:"refused_share"`
	Failed   int               `json:"failed"` // neither 200 nor 429
	Refusal  floodbench.Times  `json:"refusal"`
	Quiet    floodbench.Times  `json:"agents_quiet"`
	Flooded  floodbench.Times  `json:"agents_flooded"`
	Ratio    float64           `json:"agents_p95_ratio"`
	Clients  floodbench.Result `json:"clients"`
}

func (s *shell) benchFlood() *cobra.Command {
	var lasting time.Duration
	command := &cobra.Command{
		Use: "flood", Short: "Customers ask ten times what can be answered, agents search beside", Args: cobra.NoArgs,
		Long: `Serve the sample company on a database of the run's own, and measure agents' searches while
nothing else happens, how many questions of customers are answered a second, and then both
together while customers ask ten times as much: how many are answered, how quickly the others
are refused, and how much slower agents become. Customers ask from a process of their own, on
the same machine. Limits by address and site are lifted: what is measured stands before them.`,
		Example: "  signalbox bench flood\n  signalbox bench flood --for 10s --json",
		RunE: func(command *cobra.Command, _ []string) error {
			if lasting < time.Second || lasting > 10*time.Minute {
				return withCode(exitUsage, fault.Field(fault.Invalid, "--for", "is out of range", "use 1s to 10m"))
			}
			result, err := s.runFlood(command.Context(), lasting)
			if err != nil {
				return err
			}
			return s.print(result, func() { s.printFlood(result) })
		},
	}
	command.Flags().DurationVar(&lasting, "for", 5*time.Second, "how long customers flood")
	return s.withJSON(command)
}

// benchFloodClients is the customers' process.
func (s *shell) benchFloodClients() *cobra.Command {
	var config floodbench.Config
	command := &cobra.Command{
		Use: "flood-clients", Hidden: true, Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			// Customers have machines of their own: here they get what the service leaves.
			_ = syscall.Setpriority(syscall.PRIO_PROCESS, 0, 15)
			result, err := floodbench.Ask(command.Context(), config)
			if err != nil {
				return err
			}
			return json.NewEncoder(s.stdout).Encode(result)
		},
	}
	flags := command.Flags()
	flags.StringVar(&config.URL, "url", "", "")
	flags.StringVar(&config.Site, "site", "", "")
	flags.Float64Var(&config.PerSecond, "rate", 0, "")
	flags.IntVar(&config.Clients, "clients", 1, "")
	flags.DurationVar(&config.For, "for", time.Second, "")
	return command
}

func (s *shell) runFlood(ctx context.Context, lasting time.Duration) (result floodResult, err error) {
	meter := s.meter("")
	defer meter.end()
	meter.say("filling a database")
	pair, err := s.newSafetyPair(ctx, httpapi.DefaultLimits().CustomerAtOnce, func(a *app, knowledge *knowledge) *customerHandlers {
		return a.customers(knowledge, func() {})
	})
	if err != nil {
		return result, err
	}
	defer func() { _ = pair.target.Close() }()
	_, key, err := pair.sides[0].db.CreateKey(ctx, operator, postgres.NewKey{Name: "flood", Scope: desk.AgentActor})
	if err != nil {
		return result, err
	}
	agents := func(ctx context.Context) floodbench.Times {
		return searchAsAgent(ctx, pair.target.With.URL, key, pair.target.Open)
	}
	clients := func(rate float64, clients int, lasting time.Duration) (floodbench.Result, error) {
		return s.floodClients(ctx, floodbench.Config{URL: pair.target.With.URL, Site: pair.site.PublishableKey, PerSecond: rate, Clients: clients, For: lasting})
	}
	result.Cores = runtime.GOMAXPROCS(0)
	meter.say("agents alone")
	warm, stop := context.WithTimeout(ctx, time.Second)
	agents(warm)
	stop()
	quiet, stop := context.WithTimeout(ctx, lasting)
	result.Quiet = agents(quiet)
	stop()
	meter.say("customers alone")
	alone, err := clients(0, result.Cores, 3*time.Second)
	if err != nil {
		return result, err
	}
	result.Capacity = alone.Answered
	meter.say("the flood")
	flooded, stop := context.WithCancel(ctx)
	searched := make(chan floodbench.Times, 1)
	go func() { searched <- agents(flooded) }()
	result.Clients, err = clients(floodFactor*alone.Answered, 0, lasting)
	stop()
	result.Flooded = <-searched
	if err != nil {
		return result, err
	}
	result.Asked, result.Answered, result.Failed = result.Clients.Asked, result.Clients.Answered, result.Clients.Failed
	result.Refused, result.Refusal = result.Clients.RefusedShare, result.Clients.Refusal
	result.Ratio = result.Flooded.P95 / max(result.Quiet.P95, 1e-9)
	return result, nil
}

// floodClients runs this program again, as the customers.
func (s *shell) floodClients(ctx context.Context, config floodbench.Config) (result floodbench.Result, err error) {
	program, err := os.Executable()
	if err != nil {
		return result, err
	}
	command := exec.CommandContext(ctx, program, "bench", "flood-clients", "--url", config.URL, "--site", config.Site, //nolint:gosec // this program
		"--rate", strconv.FormatFloat(config.PerSecond, 'f', 1, 64), "--clients", strconv.Itoa(config.Clients), "--for", config.For.String())
	command.Env, command.Stderr = s.variables, s.stderr
	printed, err := command.Output()
	if err != nil {
		return result, fmt.Errorf("customers' process: %w", err)
	}
	return result, json.Unmarshal(printed, &result)
}

// searchAsAgent searches, one search after the other, until the context ends.
func searchAsAgent(ctx context.Context, base, key string, texts []string) floodbench.Times {
	client := &http.Client{Timeout: time.Minute}
	var took []float64
	for i := 0; ctx.Err() == nil; i++ {
		text := []rune(texts[i%len(texts)])
		target := base + "/v1/agent/search?limit=10&q=" + url.QueryEscape(string(text[:min(len(text), 120)]))
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
		if err != nil {
			break
		}
		request.Header.Set("Authorization", "Bearer "+key)
		started := time.Now()
		if floodbench.Drain(client.Do(request)) == http.StatusOK { //nolint:bodyclose // Drain closes it
			took = append(took, float64(time.Since(started).Microseconds())/1e3)
		}
	}
	slices.Sort(took)
	return floodbench.TimesOf(took)
}

func (s *shell) printFlood(r floodResult) {
	s.printf("customers alone    %.0f answers a second on %d cores\n", r.Capacity, r.Cores)
	s.printf("the flood          %.0f asked a second, %.0f answered, %.1f %% refused, %d failed\n", r.Asked, r.Answered, 100*r.Refused, r.Failed)
	s.printf("a refusal          p50 %.1f  p95 %.1f  p99 %.1f  slowest %.1f ms, %.2f %% later than 50 ms\n",
		r.Refusal.P50, r.Refusal.P95, r.Refusal.P99, r.Refusal.Max, 100*r.Clients.LateShare)
	s.printf("agents, quiet      p50 %.1f  p95 %.1f ms, %d searches\n", r.Quiet.P50, r.Quiet.P95, r.Quiet.Count)
	s.printf("agents, flooded    p50 %.1f  p95 %.1f ms, %d searches: %.2f times\n", r.Flooded.P50, r.Flooded.P95, r.Flooded.Count, r.Ratio)
}
