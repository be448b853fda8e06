package main

import (
	"context"
	"errors"
	"os"
	"strings"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/triage"
)

const (
	reviewUnsure = "unsure"
	reviewBlind  = "blind"
)

// reviewFlags say what is reviewed, and by whom.
type reviewFlags struct {
	kind, as string
	limit    int
	list     bool
}

func (s *shell) review() *cobra.Command {
	var flags reviewFlags
	command := &cobra.Command{
		Use: "review", Short: "Say what is right: what was left to a person, or the blind sample", Args: cobra.NoArgs,
		Long: `Show tickets one after the other and take one keystroke an answer. --kind unsure shows what
was left to a person, with the reason and the likeliest values; --kind blind shows the random
sample as it was at intake, without any suggestion, and only of tickets that you have not
handled: these answers measure whether what acts alone is right.

Keys: a accepts the suggestion, 1-9 choose a value, / searches one, n cannot tell, s skips the
ticket, q quits. It needs a terminal; --list and --json print the queue instead.`,
		Example: "  signalbox review\n  signalbox review --kind blind --as 01972f…\n  signalbox review --kind blind --json",
		RunE: func(command *cobra.Command, _ []string) error {
			if flags.kind != reviewUnsure && flags.kind != reviewBlind || flags.limit < 1 || flags.limit > 200 {
				return withCode(exitUsage, errors.New("--kind: use unsure or blind; --limit: use 1 to 200"))
			}
			return s.with(command.Context(), needs{}, func(app *app) error {
				actor, err := app.reviewer(command.Context(), flags.as)
				if err != nil {
					return err
				}
				tasks, queue, err := app.reviewTasks(command.Context(), actor, flags)
				if err != nil {
					return err
				}
				if flags.list || s.json {
					return s.print(queue, func() { s.printTasks(tasks, queue) })
				}
				return s.runReview(command.Context(), app, actor, tasks)
			})
		},
	}
	set := command.Flags()
	set.StringVar(&flags.kind, "kind", reviewUnsure, "unsure, or blind")
	set.StringVar(&flags.as, "as", "", "ID of the API key of who reviews: two people's answers are told apart by it")
	set.IntVar(&flags.limit, "limit", 20, "how many tickets, 1 to 200")
	set.BoolVar(&flags.list, "list", false, "print the queue and ask nothing")
	return s.withJSON(command)
}

// reviewer is whom a key belongs to; without one it is whoever runs the service.
func (a *app) reviewer(ctx context.Context, key string) (desk.Actor, error) {
	if key == "" {
		return desk.Actor{Kind: desk.AdminActor}, nil
	}
	id, err := parseID(key)
	if err != nil {
		return desk.Actor{}, err
	}
	return a.db.ActorOfKey(ctx, id)
}

// reviewTask is a ticket that a person is asked about, of either kind.
type reviewTask struct {
	id     uuid.UUID // of the ticket if blind, else of the decision
	blind  bool
	head   string
	text   []string
	fields []triage.AskedField
}

// reviewTasks reads a queue: as what is asked, and as what --json prints.
func (a *app) reviewTasks(ctx context.Context, actor desk.Actor, flags reviewFlags) (tasks []reviewTask, queue any, err error) {
	if flags.kind == reviewUnsure {
		listed, err := a.db.Unsure(ctx, actor, flags.limit, true)
		for _, unsure := range listed {
			tasks = append(tasks, reviewTask{unsure.DecisionID, false, unsure.Subject + "\n" + unsure.Reason, []string{unsure.Body}, unsure.Fields})
		}
		return tasks, map[string]any{"kind": reviewUnsure, "unsure": listed}, err
	}
	blind, err := a.db.BlindQuestions(ctx, actor, flags.limit)
	for _, question := range blind.Questions {
		known := strings.Join(strings.Fields(question.Channel+" "+question.Tier+" "+question.Language), ", ")
		tasks = append(tasks, reviewTask{question.TicketID, true, question.Subject + "\n" + known, question.Messages, question.Fields})
	}
	return tasks, map[string]any{"kind": reviewBlind, "blind": blind}, err
}

func (s *shell) printTasks(tasks []reviewTask, queue any) {
	var rows [][]string
	for _, task := range tasks {
		var asked []string
		for _, field := range task.fields {
			asked = append(asked, field.Field)
		}
		subject, _, _ := strings.Cut(task.head, "\n")
		rows = append(rows, []string{task.id.String(), shorten(subject, 50), strings.Join(asked, ", ")})
	}
	s.table([]string{"ID", "SUBJECT", "ASKED"}, rows)
	if of, ok := queue.(map[string]any)[reviewBlind].(triage.BlindQueue); ok {
		s.notef("%d answers are left of today's minutes; %d wait in all\n", of.LeftToday, of.Waiting)
	}
}

// runReview asks at the terminal.
func (s *shell) runReview(ctx context.Context, app *app, actor desk.Actor, tasks []reviewTask) error {
	if len(tasks) == 0 {
		s.printf("nothing waits for you\n")
		return nil
	}
	file, isFile := s.stdin.(*os.File)
	if !isFile {
		return withCode(exitUsage, errors.New("review asks at a terminal and there is none; use --list or --json"))
	}
	restore, ok := keystrokes(file)
	if !ok {
		return withCode(exitUsage, errors.New("review asks at a terminal and there is none; use --list or --json"))
	}
	defer restore()
	taxonomy, err := app.taxonomy(ctx)
	if err != nil {
		return err
	}
	asking := &asking{shell: s, keys: readKeys(ctx, file), taxonomy: taxonomy}
	return asking.all(ctx, tasks, func(task reviewTask, answers map[string]string) error {
		if task.blind {
			_, err := app.db.AnswerBlind(ctx, actor, task.id, answers)
			return err
		}
		_, err := app.db.AnswerUnsure(ctx, actor, task.id, answers)
		return err
	})
}
