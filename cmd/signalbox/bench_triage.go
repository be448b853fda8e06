package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/signalbox/signalbox/evals/samplecompany"
	"github.com/signalbox/signalbox/evals/triagebench"
	"github.com/signalbox/signalbox/triage"
)

// triageBench is what bench triage prints.
type triageBench struct {
	triagebench.Result
	TrainSeconds float64 `json:"train_seconds"`
	ModelBytes   int     `json:"model_bytes"`
}

func (s *shell) benchTriage() *cobra.Command {
	var config triagebench.Config
	command := &cobra.Command{
		Use: "triage", Short: "Deciding a ticket, all fields, by its length", Args: cobra.NoArgs,
		Long: `Train on the sample company's older tickets in memory, then measure how long deciding takes,
all fields, for tickets of 15, 66, 200 and 2,000 words: single decisions on one core, and
decisions a second on one core and on all. Beside it stands the time to hash 64 KiB with
SHA-256 in the same run: the ratio can be compared between machines. It needs no database.`,
		Example: "  signalbox bench triage\n  signalbox bench triage --json --texts 2000",
		RunE: func(command *cobra.Command, _ []string) error {
			if err := config.Validate(); err != nil {
				return err
			}
			company, err := samplecompany.Load()
			if err != nil {
				return err
			}
			var result triageBench
			started := time.Now()
			model, err := triagebench.SampleModel(command.Context(), company)
			if err != nil {
				return err
			}
			result.TrainSeconds = time.Since(started).Seconds()
			artifact, err := model.MarshalBinary()
			if err != nil {
				return fmt.Errorf("encode the model: %w", err)
			}
			result.ModelBytes = len(artifact)
			engine := triage.NewEngine(model, company.Policy, triage.EngineOptions{HashKey: []byte("bench")})
			if result.Result, err = triagebench.Run(command.Context(), config, engine, triagebench.NewSource(company)); err != nil {
				return err
			}
			return s.print(result, func() { s.printTriageBench(result) })
		},
	}
	command.Flags().IntVar(&config.Texts, "texts", 0, "tickets of each length (500)")
	return s.withJSON(command)
}

func (s *shell) printTriageBench(result triageBench) {
	s.printf("trained in %.1f s, %.1f MB; SHA-256 of 64 KiB takes %.1f µs here\n\n", result.TrainSeconds, float64(result.ModelBytes)/1e6, result.Reference)
	var rows [][]string
	for _, size := range result.Sizes {
		rows = append(rows, []string{
			fmt.Sprint(size.Words), fmt.Sprintf("%.0f", size.Median), fmt.Sprintf("%.0f", size.P95), fmt.Sprintf("%.0f", size.P99), fmt.Sprintf("%.0f", size.CPU), fmt.Sprintf("%.2f", size.ToReference),
			fmt.Sprintf("%.0f", size.Allocations), fmt.Sprintf("%.0f", size.Bytes/1024), fmt.Sprintf("%.0f", size.OneCore), fmt.Sprintf("%.0f", size.AllCores),
		})
	}
	s.table([]string{"WORDS", "MEDIAN µs", "P95 µs", "P99 µs", "CPU µs", "÷ REFERENCE", "ALLOCATIONS", "KiB", "A SECOND, ONE CORE", fmt.Sprintf("A SECOND, %d CORES", result.Cores)}, rows)
}
