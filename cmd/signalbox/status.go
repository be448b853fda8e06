package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/signalbox/signalbox/triage"
)

func (s *shell) incident() *cobra.Command {
	open, closed := true, false
	return group("incident", "Say whether there is an incident", "  signalbox incident open",
		s.reporting("incident", "open", "Declare an incident: claims of an outage are believed", triage.StatusReport{IncidentOpen: &open}),
		s.reporting("incident", "close", "End the incident", triage.StatusReport{IncidentOpen: &closed}),
		s.showStatus("incident"))
}

func (s *shell) monitoring() *cobra.Command {
	report := func(status string) triage.StatusReport { return triage.StatusReport{Monitoring: &status} }
	return group("monitoring", "Say what monitoring sees", "  signalbox monitoring down",
		s.reporting("monitoring", "ok", "Everything works", report(triage.MonitoredOK)),
		s.reporting("monitoring", "degraded", "Something is slow or partly away", report(triage.MonitoredDegraded)),
		s.reporting("monitoring", "down", "The product is down: claims of an outage are believed", report(triage.MonitoredDown)),
		s.reporting("monitoring", "off", "Nothing is monitored", report(triage.MonitoredOff)),
		s.showStatus("monitoring"))
}

// reporting is a command that changes the status.
func (s *shell) reporting(of, use, short string, report triage.StatusReport) *cobra.Command {
	return s.status(of, use, short, func(ctx context.Context, app *app) (triage.SystemStatus, error) {
		return app.db.ReportStatus(ctx, operator, report)
	})
}

func (s *shell) showStatus(of string) *cobra.Command {
	return s.status(of, "show", "Show what was reported last of "+of, func(ctx context.Context, app *app) (triage.SystemStatus, error) {
		return app.db.SystemStatus(ctx)
	})
}

// status is a command that prints the status.
func (s *shell) status(of, use, short string, do func(context.Context, *app) (triage.SystemStatus, error)) *cobra.Command {
	command := &cobra.Command{
		Use: use, Short: short, Args: cobra.NoArgs, Example: "  signalbox " + of + " " + use,
		RunE: func(command *cobra.Command, _ []string) error {
			return s.with(command.Context(), needs{}, func(app *app) error {
				status, err := do(command.Context(), app)
				if err != nil {
					return err
				}
				return s.print(status, func() {
					incident := "no incident is open"
					if status.IncidentOpen {
						incident = "an incident is open"
					}
					s.printf("%s; monitoring is %s\n", incident, status.Monitoring)
				})
			})
		},
	}
	return s.withJSON(command)
}
