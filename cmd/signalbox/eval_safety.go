package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/signalbox/signalbox/evals"
	"github.com/signalbox/signalbox/evals/report"
	"github.com/signalbox/signalbox/evals/safetysuite"
	"github.com/signalbox/signalbox/internal/fault"
)

// safetyEvaluation is a command line of signalbox eval safety.
type safetyEvaluation struct {
	config                           safetysuite.Config
	url, siteKey, token, text        string
	gates, html, junit, out, runsDir string
}

func (s *shell) evalSafety() *cobra.Command {
	var e safetyEvaluation
	command := &cobra.Command{
		Use: "safety", Short: "Attack the customers' routes, and say whether anything internal shows", Args: cobra.NoArgs,
		Long: `Make two databases of the run's own on a private Postgres under SIGNALBOX_DIR: the sample
company's public articles in both, its internal ones and hundreds of invented ones in one.
Every route of the service is asked with queries that are made from internal text; the
answers must hold nothing internal, be the same bytes from both, and take equally long.

With --url the routes of a deployment are asked instead, with sentences of a file that stand
in internal articles only; its routes that open tickets are left out, and nothing is quoted.

Exit code 6: separation does not hold. 100: a gate of --gate was missed.`,
		Example: `  signalbox eval safety
  signalbox eval safety --only separation --queries 100 --json
  signalbox eval safety --url https://support.example --site-key sbp_… --internal-text secret.txt`,
		RunE: func(command *cobra.Command, _ []string) error { return s.runSafety(command.Context(), e) },
	}
	flags := command.Flags()
	flags.StringSliceVar(&e.config.Only, "only", nil, "parts to run: separation (all)")
	flags.IntVar(&e.config.Queries, "queries", 500, "queries on each route")
	flags.IntVar(&e.config.Pairs, "pairs", 1000, "timed pairs on each route that reads")
	flags.Uint64Var(&e.config.Seed, "seed", 1, "seed of queries and orders")
	flags.StringVar(&e.url, "url", "", "deployment to ask, instead of databases of the run's own")
	flags.StringVar(&e.siteKey, "site-key", "", "with --url: a site's publishable key")
	flags.StringVar(&e.token, "token", "", "with --url: a customer's token that the site signed (visitors only)")
	flags.StringVar(&e.text, "internal-text", "", "with --url: file with a sentence a line that stands in nothing public")
	flags.StringVar(&e.gates, "gate", "", "YAML file of what the figures must reach besides")
	flags.StringVar(&e.html, "html", "", "write a page to this file")
	flags.StringVar(&e.junit, "junit", "", "write JUnit XML to this file")
	flags.StringVar(&e.out, "out", "", "write the run to this file")
	flags.StringVar(&e.runsDir, "runs", standardRuns, "folder where every run is kept; off keeps none")
	return s.withJSON(command)
}

func (s *shell) runSafety(ctx context.Context, e safetyEvaluation) error {
	if err := e.config.Validate(); err != nil {
		return err
	}
	var judges judges
	if e.gates != "" {
		text, err := os.ReadFile(filepath.Clean(e.gates))
		if err != nil {
			return fault.Field(fault.Invalid, "--gate", "cannot be read", "name a YAML file such as gates.yaml")
		}
		gates, err := evals.ParseGates(text)
		if err != nil {
			return err
		}
		judges.gates = &gates
	}
	suite := &safetysuite.Suite{Version: version, Config: e.config, Open: s.safetyPair}
	suite.Config.Progress = s.evalProgress()
	if e.url != "" {
		suite.Open = e.deployment
	} else if e.siteKey+e.token+e.text != "" {
		return fault.Field(fault.Invalid, "--url", "is missing", "name the deployment, or leave --site-key, --token and --internal-text out")
	}
	found, err := suite.Run(ctx)
	if err != nil {
		return err
	}
	return s.finishSafety(e, found, judges)
}

// finishSafety shows and keeps a run whatever the judgement is.
func (s *shell) finishSafety(e safetyEvaluation, found *evals.Report, judges judges) error {
	result := found.Detail.(*safetysuite.Result)
	problem := judges.judge(found)
	missed := evals.Missed(found.Gates)
	found.Gates = append(result.Verdicts(), found.Gates...)
	result.Gates = found.Gates
	if e.runsDir != "off" && e.runsDir != "" {
		if path, err := found.Keep(e.runsDir); err != nil {
			s.notef("note: the run is not kept: %s\n", told(err))
		} else {
			s.notef("kept as %s\n", path)
		}
	}
	problems := []error{problem}
	if e.out != "" {
		problems = append(problems, found.Write(e.out))
	}
	if e.junit != "" {
		problems = append(problems, writeTo(e.junit, func(to io.Writer) error { return report.JUnit(to, found) }))
	}
	if e.html != "" {
		problems = append(problems, writeTo(e.html, func(to io.Writer) error { return report.SafetyHTML(to, result) }))
	}
	problems = append(problems, s.print(result, func() { problems = append(problems, report.SafetyText(s.stdout, result)) }))
	err := errors.Join(problems...)
	switch {
	case !result.Passed:
		return errors.Join(withCode(exitUnsafe, fault.New(fault.Internal, "separation does not hold: %d leaks, %d differences, %d routes untried, %d failures",
			result.Separation.Leaks, result.Separation.Differences, result.Separation.Uncovered, result.Separation.Failures)), err)
	case err == nil && missed > 0:
		return withCode(exitGate, fault.New(fault.Unprocessable, "%d of %d gates were missed", missed, len(found.Gates)))
	}
	return err
}

// deployment asks a running service, whose articles nobody here can see.
func (e *safetyEvaluation) deployment(context.Context) (*safetysuite.Target, error) {
	switch {
	case e.siteKey == "":
		return nil, fault.Field(fault.Invalid, "--site-key", "is missing", "copy it from `signalbox site list`")
	case e.text == "":
		return nil, fault.Field(fault.Invalid, "--internal-text", "is missing", "name a file with a sentence a line that stands in internal articles only")
	}
	text, err := os.ReadFile(filepath.Clean(e.text))
	if err != nil {
		return nil, fault.Field(fault.Invalid, "--internal-text", "cannot be read", "name a file of text")
	}
	target := &safetysuite.Target{With: safetysuite.Side{URL: strings.TrimRight(e.url, "/"), Client: &http.Client{Timeout: time.Minute}}}
	for number, line := range strings.Split(string(text), "\n") {
		if line = strings.TrimSpace(line); len(strings.Fields(line)) >= 4 {
			name := fmt.Sprintf("line %d of %s", number+1, filepath.Base(e.text))
			target.Hidden = append(target.Hidden, safetysuite.Article{Name: name, Title: line, Body: line})
		}
	}
	people := safetysuite.People{Visitor: safetysuite.Header{"X-Signalbox-Site": e.siteKey}}
	if e.token != "" {
		people.Reader = safetysuite.Header{"X-Signalbox-Site": e.siteKey, "Authorization": "Bearer " + e.token}
		people.Writer = people.Reader
	}
	target.People = func() safetysuite.People { return people }
	return target, nil
}
