package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/signalbox/signalbox/evals"
)

func (s *shell) evalHistory() *cobra.Command {
	var folder string
	command := &cobra.Command{
		Use: "history", Short: "List the runs that were kept", Args: cobra.NoArgs,
		Long: `List every kept run with its main figures, the oldest first. Runs with the same data hash
were judged on the same rows; a model hash changes when the trained model does, or the numbers that ranking rests on.
BM25 and HYBRID are nDCG@10 of a retrieval run.`,
		Example: "  signalbox eval history\n  signalbox eval history --json --runs ci/evals",
		RunE: func(*cobra.Command, []string) error {
			kept, broken, err := evals.History(folder)
			if err != nil {
				return err
			}
			if broken > 0 {
				s.notef("note: %d file(s) of the folder are no runs of this version\n", broken)
			}
			if kept == nil {
				kept = []evals.Kept{}
			}
			return s.print(map[string]any{"runs": kept}, func() { s.printHistory(kept) })
		},
	}
	command.Flags().StringVar(&folder, "runs", standardRuns, "folder of the runs")
	return s.withJSON(command)
}

func (s *shell) printHistory(kept []evals.Kept) {
	if len(kept) == 0 {
		s.printf("no run is kept yet\n")
		return
	}
	var rows [][]string
	for _, run := range kept {
		name := run.Suite
		if run.Name != "" {
			name += ", " + shorten(run.Name, 20)
		}
		rows = append(rows, []string{
			run.CreatedAt.Local().Format("2006-01-02 15:04"), name, shorten(run.Version, 12), fmt.Sprintf("%.8s", run.DataHash), fmt.Sprintf("%.8s", run.ModelHash),
			share(run.Figures, "accuracy"), share(run.Figures, "ece"), share(run.Figures, "coverage_at_precision.0.95.coverage"),
			share(run.Figures, "modes.bm25.ndcg@10"), share(run.Figures, "modes.hybrid.ndcg@10"),
		})
	}
	s.table(strings.Fields("TIME SUITE VERSION DATA MODEL RIGHT ECE COVERS@95 BM25 HYBRID"), rows)
}

func share(figures map[string]float64, name string) string {
	value, known := figures[name]
	if !known {
		return "-"
	}
	return fmt.Sprintf("%.1f", 100*value)
}
