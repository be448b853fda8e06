package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/evals/samplecompany"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/internal/postgres"
	"github.com/signalbox/signalbox/retrieval"
	"github.com/signalbox/signalbox/workers"
)

func (s *shell) demo() *cobra.Command {
	var once bool
	command := &cobra.Command{
		Use: "demo", Short: "Show the whole way on the sample company, then keep serving", Args: cobra.NoArgs,
		Long: `Start private servers, load an invented company's articles, send its tickets through the
hook, train on the older ones, decide the newer ones, ask its questions, print what came of
it, and keep serving until Ctrl-C. Running it again changes nothing.`,
		Example: "  signalbox demo\n  signalbox demo --once",
		RunE: func(command *cobra.Command, _ []string) error {
			config, err := s.settings()
			if err != nil {
				return err
			}
			if config.DatabaseURL != "" {
				return withCode(exitUsage, fault.Field(fault.Invalid, "DATABASE_URL", "is set, and the demo writes sample data", "unset it: the demo brings its own database"))
			}
			return s.runDemo(command.Context(), once)
		},
	}
	command.Flags().BoolVar(&once, "once", false, "stop after printing")
	return command
}

// demo is one run of it.
type demo struct {
	*app
	shell     *shell
	company   *samplecompany.Company
	service   *service
	knowledge *knowledge
	access    access
	steps     []step
	tickets   map[string]desk.Receipt // by the sample's ticket ID
}

type step struct {
	name string
	took time.Duration
	what string
}

func (s *shell) runDemo(ctx context.Context, once bool) error {
	demo := &demo{shell: s, tickets: map[string]desk.Receipt{}}
	err := demo.step("servers", func() (what string, err error) {
		demo.app, err = s.open(ctx, needs{redis: true})
		if err != nil {
			return "", err
		}
		versions, err := demo.db.ServerVersions(ctx)
		return fmt.Sprintf("Postgres %s, pgvector %s, Redis; schema up to date", versions.Postgres, versions.Vector), err
	})
	if err != nil {
		return err
	}
	defer func() { _ = demo.close() }()
	return demo.run(ctx, once)
}

// step runs and times one part.
func (d *demo) step(name string, do func() (string, error)) error {
	start := time.Now()
	meter := d.shell.meter("")
	meter.say(name)
	what, err := do()
	meter.end()
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	d.steps = append(d.steps, step{name, time.Since(start), what})
	return nil
}

func (d *demo) run(ctx context.Context, once bool) (err error) {
	if d.company, err = samplecompany.Load(); err != nil {
		return err
	}
	if d.knowledge, err = d.app.knowledge(); err != nil {
		return err
	}
	if err := d.openDoor(ctx); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	running, ctx := errgroup.WithContext(ctx)
	running.Go(func() error { return d.service.run(ctx) })
	if err := d.play(ctx, running); err != nil {
		stop()
		return firstError(err, running.Wait())
	}
	if err := d.show(ctx, once); err != nil {
		stop()
		return firstError(err, running.Wait())
	}
	if once {
		stop()
	}
	return running.Wait()
}

func firstError(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

// openDoor starts the API on the configured address, or on any free one if that
// is taken and was not asked for.
func (d *demo) openDoor(ctx context.Context) error {
	service, err := d.newService(ctx)
	if err != nil && codeOf(err) == exitUnavailable && d.config.Listen == standardListen {
		d.config.Listen = "127.0.0.1:0"
		service, err = d.newService(ctx)
	}
	d.service = service
	return err
}

// play does what a new customer would do in the first hour.
func (d *demo) play(ctx context.Context, running *errgroup.Group) error {
	for _, part := range []struct {
		name string
		do   func(context.Context) (string, error)
	}{
		{"articles", d.loadArticles}, {"access", d.loadAccess}, {"past tickets", d.sendPast}, {"training", d.learn},
		{"new tickets", func(ctx context.Context) (string, error) { return d.sendNew(ctx, running) }},
	} {
		if err := d.step(part.name, func() (string, error) { return part.do(ctx) }); err != nil {
			return err
		}
	}
	return nil
}

func (d *demo) loadArticles(ctx context.Context) (string, error) {
	counts := map[desk.Audience]int{}
	for _, audience := range []desk.Audience{desk.Public, desk.Internal} {
		files, err := d.company.Articles(audience)
		if err != nil {
			return "", err
		}
		report, err := d.knowledge.ingester().IngestDir(ctx, files, audience, retrieval.Options{})
		if err != nil {
			return "", err
		}
		counts[audience] = len(report.Created) + len(report.Updated) + report.Unchanged
	}
	return fmt.Sprintf("%d public and %d internal articles, split, embedded and indexed", counts[desk.Public], counts[desk.Internal]), nil
}

// sendPast sends the older tickets through the hook and imports their labels:
// the history that a team would bring.
func (d *demo) sendPast(ctx context.Context) (string, error) {
	past, _ := d.company.Split()
	if err := d.send(ctx, past); err != nil {
		return "", err
	}
	if d.access.Seeded {
		return fmt.Sprintf("%d came through the hook before", len(past)), nil
	}
	if err := d.introduce(ctx); err != nil {
		return "", err
	}
	labels := d.company.Labels()
	for _, ticket := range past {
		for field, value := range labels[ticket.ID].Fields() {
			if err := d.db.AddLabel(ctx, operator, d.tickets[ticket.ID].TicketID, field, value, "imported_history"); err != nil {
				return "", err
			}
		}
	}
	return fmt.Sprintf("%d through the hook, with their labels", len(past)), nil
}

// introduce tells who administers an account and who is a VIP, which no helpdesk may.
func (d *demo) introduce(ctx context.Context) error {
	known := map[string]bool{}
	for _, ticket := range d.company.Tickets {
		receipt, sent := d.tickets[ticket.ID]
		person, found := d.company.Customer(ticket.CustomerID)
		if !sent || !found || known[person.ID] || person.Role != "admin" && !person.VIP {
			continue
		}
		known[person.ID] = true
		stored, _, err := d.db.Ticket(ctx, operator, receipt.TicketID)
		if err != nil {
			return err
		}
		if stored.CustomerID == nil || stored.AccountID == nil {
			continue
		}
		membership := postgres.Membership{AccountID: *stored.AccountID, Role: person.Role, VIP: person.VIP}
		if _, err := d.db.SetMembership(ctx, operator, *stored.CustomerID, membership); err != nil {
			return err
		}
	}
	return nil
}

func (d *demo) learn(ctx context.Context) (string, error) {
	if d.access.Seeded {
		return "the model of the run before is current", nil
	}
	if err := d.put(ctx, settingTaxonomy, d.company.Taxonomy); err != nil {
		return "", err
	}
	if err := d.put(ctx, settingPolicy, d.company.Policy); err != nil {
		return "", err
	}
	trained, err := d.trainNow(ctx, d.shell.meter("steps"), 1, promoteIfAsGood)
	if err != nil {
		return "", err
	}
	d.access.Seeded = true
	intent := trained.Fields["intent"]
	return fmt.Sprintf("model %d from %d examples, %.1f MB; intent right in %.0f %% of held-out tickets", trained.Model.Version, trained.Examples, float64(trained.Bytes)/1e6, 100*intent.Accuracy), d.access.save(d.config)
}

// sendNew starts the workers and sends the newer tickets, which no model has seen.
func (d *demo) sendNew(ctx context.Context, running *errgroup.Group) (string, error) {
	running.Go(func() error { return d.runWorker(ctx, d.service.relay, d.service.worker, false) })
	_, fresh := d.company.Split()
	if err := d.send(ctx, fresh); err != nil {
		return "", err
	}
	for {
		backlog, err := d.db.Backlog(ctx)
		if err != nil {
			return "", err
		}
		if backlog.Open == 0 {
			break
		}
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
	return fmt.Sprintf("%d through hook, outbox, Redis and worker to a stored decision", len(fresh)), nil
}

var _ workers.Decider = (*workers.ModelWatch)(nil)
