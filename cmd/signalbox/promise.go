package main

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/signalbox/signalbox/internal/promise"
	"github.com/signalbox/signalbox/triage"
)

func (s *shell) promise() *cobra.Command {
	var check bool
	command := &cobra.Command{
		Use: "promise", Short: "Show how what acts alone stands to its targets", Args: cobra.NoArgs,
		Long: `Show for each field its target and how it stands: meets, inconclusive (so many of so many
blind answers), or fails. Precision is estimated from the random blind sample only. What
people corrected is an early warning beside it: nobody looks at every ticket, and silence is
no confirmation. A field that fails is taken back to suggest by the workers' check; --check
runs that check now.`,
		Example: "  signalbox promise\n  signalbox promise --json\n  signalbox promise --check",
		RunE: func(command *cobra.Command, _ []string) error {
			return s.with(command.Context(), needs{}, func(app *app) error {
				if check {
					demoted, err := app.db.CheckDrift(command.Context())
					if err != nil {
						return err
					}
					for _, demotion := range demoted {
						s.notef("%s is suggest again: %s\n", demotion.Field, demotion.Reason)
					}
				}
				report, err := app.db.Promise(command.Context())
				if err != nil {
					return err
				}
				return s.print(report, func() { s.printPromise(report) })
			})
		},
	}
	command.Flags().BoolVar(&check, "check", false, "count the blind answers now and take back what fails")
	return s.withJSON(command)
}

func (s *shell) printPromise(report triage.PromiseReport) {
	rows := make([][]string, 0, len(report.Fields))
	for _, field := range report.Fields {
		rows = append(rows, []string{field.Field, string(field.Mode), targetWords(field), stateWords(field), precisionWords(field), overrideWords(field)})
	}
	s.table([]string{"FIELD", "MODE", "TARGET", "STATE", "PRECISION (BLIND)", "CORRECTED"}, rows)
	if whole := report.Tickets; whole != nil {
		s.printf("\nwhole tickets: everything that was done alone was right in %.1f %% (%.1f to %.1f), %d of %d blind answers\n",
			100*whole.Precision, 100*whole.Interval.Low, 100*whole.Interval.High, whole.Right, whole.Cases)
	}
	plan := report.Plan
	s.printf("\nblind sample: %.1f answers a day, %.0f minutes of your %.0f, one ticket in %s; %d waiting, %d answered in four weeks\n",
		plan.Sample.PerDay, plan.Sample.Minutes, plan.CapMinutes, oneIn(plan.Sample.Probability), report.Waiting, report.Answered)
	if plan.Sample.Capped {
		s.printf("more would be known sooner with more minutes a day: review.minutes_a_day of the policy\n")
	}
	fields := make([]string, 0, len(report.Agreement))
	for field := range report.Agreement {
		fields = append(fields, field)
	}
	slices.Sort(fields)
	for _, field := range fields {
		a := report.Agreement[field]
		s.printf("two readers agree on %s in %.0f %% of %d tickets, kappa %.2f (%.2f to %.2f): no model can be held to more\n", field, 100*a.Agreed, a.Cases, a.Kappa, a.Low, a.High)
	}
}

func oneIn(probability float64) string {
	if probability <= 0 {
		return "none"
	}
	return fmt.Sprintf("%.3g", 1/probability)
}

func targetWords(field triage.FieldPromise) string {
	switch {
	case field.Target > 0:
		return fmt.Sprintf("%.4g %%", 100*field.Target)
	case field.Mode == triage.ModeAuto:
		return "none stated"
	default:
		return "-"
	}
}

func stateWords(field triage.FieldPromise) string {
	switch {
	case field.State == "" && field.Mode == triage.ModeAuto:
		return "not watched"
	case field.State == "":
		return "-"
	case field.State != promise.Inconclusive:
		return string(field.State)
	case field.Needed == 0:
		return fmt.Sprintf("inconclusive (%d, no more often right than the target)", field.Cases)
	default:
		return fmt.Sprintf("inconclusive (%d of %d)", field.Cases, field.Needed)
	}
}

func precisionWords(field triage.FieldPromise) string {
	if field.Precision == nil || field.Interval == nil {
		return "-"
	}
	return fmt.Sprintf("%.1f %% (%.1f to %.1f)", 100**field.Precision, 100*field.Interval.Low, 100*field.Interval.High)
}

func overrideWords(field triage.FieldPromise) string {
	if field.State == "" {
		return "-"
	}
	return fmt.Sprintf("%d of %d", field.Overridden, field.Acted)
}
