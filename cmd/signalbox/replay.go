package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/triage"
)

func (s *shell) replay() *cobra.Command {
	var all bool
	var since time.Duration
	command := &cobra.Command{
		Use: "replay [DECISION]", Short: "Decide again from the record, and compare bit for bit", Args: cobra.MaximumNArgs(1),
		Long: `Decide again with the model, the policy and the facts of a stored decision, and compare every
part bit for bit. It says what differs, or what is gone: the text of an erased ticket, the
facts, the model, the policy's version. With --all, replay every decision since a time and
count. Nothing is stored. Exit codes: 0 reproduced, 1 something differs, 3 nothing differs
but something is gone, 4 there is no such decision.`,
		Example: "  signalbox replay 0190a0b0-0000-7000-8000-000000000001\n  signalbox replay --all --since 24h --json",
		RunE: func(command *cobra.Command, args []string) error {
			if (len(args) == 1) == all || !all && command.Flags().Changed("since") || since <= 0 {
				return withCode(exitUsage, errors.New("give either a decision's ID, or --all with --since; see signalbox replay --help"))
			}
			var id uuid.UUID
			if !all {
				var err error
				if id, err = parseID(args[0]); err != nil {
					return err
				}
			}
			return s.with(command.Context(), needs{}, func(app *app) error {
				replayer := &replayer{app: app}
				if all {
					return s.replayAll(command.Context(), replayer, time.Now().Add(-since))
				}
				return s.replayOne(command.Context(), replayer, id)
			})
		},
	}
	command.Flags().BoolVar(&all, "all", false, "replay every decision of the time that --since names")
	command.Flags().DurationVar(&since, "since", 24*time.Hour, "with --all: how far back")
	return s.withJSON(command)
}

func (s *shell) replayOne(ctx context.Context, replayer *replayer, id uuid.UUID) error {
	replay, err := replayer.replay(ctx, id)
	if err != nil {
		return err
	}
	err = s.print(replay, func() {
		s.printf("%s\n", replay.Result)
		for _, part := range replay.Differs {
			s.printf("  differs: %s\n", part)
		}
		for _, part := range replay.Gone {
			s.printf("  gone: %s\n", printable(part))
		}
	})
	return firstError(err, verdict(replay.Result == triage.Differs, replay.Result == triage.Gone))
}

// verdict is the exit code of a replay.
func verdict(differs, gone bool) error {
	switch {
	case differs:
		return withCode(exitFailed, errors.New("not reproduced: something differs"))
	case gone:
		return withCode(exitPartial, errors.New("not reproduced: something is gone"))
	default:
		return nil
	}
}

// replays counts what came of many.
type replays struct {
	Since      time.Time       `json:"since"`
	Decisions  int             `json:"decisions"`
	Reproduced int             `json:"reproduced"`
	Differs    int             `json:"differs"`
	Gone       int             `json:"gone"`
	GoneParts  map[string]int  `json:"gone_parts"` // by what is gone
	Differing  []triage.Replay `json:"differing"`  // the first twenty
}

func (r *replays) add(replay triage.Replay) {
	r.Decisions++
	switch replay.Result {
	case triage.Reproduced:
		r.Reproduced++
	case triage.Gone:
		r.Gone++
		for _, part := range replay.Gone {
			name, _, _ := strings.Cut(part, ":")
			r.GoneParts[name]++
		}
	default:
		r.Differs++
		if len(r.Differing) < shownLines {
			r.Differing = append(r.Differing, replay)
		}
	}
}

func (s *shell) replayAll(ctx context.Context, replayer *replayer, since time.Time) error {
	counts := replays{Since: since.UTC(), GoneParts: map[string]int{}, Differing: []triage.Replay{}}
	err := replayer.app.db.DecisionsSince(ctx, operator, since, func(id uuid.UUID) error {
		replay, err := replayer.replay(ctx, id)
		if fault.Is(err, fault.NotFound) {
			return nil // with its ticket, since the list was read
		}
		if err == nil {
			counts.add(replay)
		}
		return err
	})
	if err != nil {
		return err
	}
	err = s.print(counts, func() {
		s.printf("%d decisions: %d reproduced, %d differ, %d of which something is gone\n", counts.Decisions, counts.Reproduced, counts.Differs, counts.Gone)
		for _, name := range sortedNames(counts.GoneParts) {
			s.printf("  gone: %s (%d)\n", printable(name), counts.GoneParts[name])
		}
		for _, replay := range counts.Differing {
			s.printf("  differs: %s in %s\n", replay.DecisionID, strings.Join(replay.Differs, ", "))
		}
	})
	return firstError(err, verdict(counts.Differs > 0, counts.Gone > 0))
}

func sortedNames[V any](counts map[string]V) []string {
	names := make([]string, 0, len(counts))
	for name := range counts {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// replayer decides again. It keeps the engine of the model and the policy that were
// asked for last: decisions come in the order of time, and both seldom change.
type replayer struct {
	app    *app
	engine *triage.Engine
	of     triage.Versions
}

func (r *replayer) replay(ctx context.Context, id uuid.UUID) (triage.Replay, error) {
	recorded, err := r.app.db.Recorded(ctx, operator, id)
	if err != nil {
		return triage.Replay{}, err
	}
	if replay, gone := recorded.WithoutText(); gone {
		return replay, nil
	}
	versions := recorded.Decision.Versions
	if r.engine == nil || r.of.ModelID != versions.ModelID || r.of.Policy != versions.Policy {
		missing, err := r.load(ctx, versions)
		if err != nil {
			return triage.Replay{}, err
		}
		if missing != "" {
			return recorded.Missing("%s", missing), nil
		}
	}
	return recorded.Replay(r.engine)
}

// load builds the engine of these versions, or says which part of it is missing.
func (r *replayer) load(ctx context.Context, versions triage.Versions) (missing string, err error) {
	r.engine = nil
	policy, err := r.app.db.PolicyVersion(ctx, versions.Policy)
	if fault.Is(err, fault.NotFound) {
		return fmt.Sprintf("policy: version %d is unknown", versions.Policy), nil
	}
	if err != nil {
		return "", err
	}
	options := triage.EngineOptions{HashKey: r.app.hashKey(), ModelID: versions.ModelID, ModelVersion: versions.Model}
	var model *triage.Model
	if versions.ModelID != uuid.Nil {
		record, artifact, err := r.app.db.Model(ctx, versions.ModelID)
		if fault.Is(err, fault.NotFound) {
			return fmt.Sprintf("model: version %d was deleted", versions.Model), nil
		}
		if err != nil {
			return "", err
		}
		model = &triage.Model{}
		if err := model.UnmarshalBinary(artifact); fault.Is(err, fault.Conflict) {
			return fmt.Sprintf("model: version %d cannot be read by this program any more", versions.Model), nil
		} else if err != nil {
			return "", fmt.Errorf("read model %d: %w", record.Version, err)
		}
		options.ModelVersion = record.Version
	}
	r.engine, r.of = triage.NewEngine(model, policy, options), versions
	return "", nil
}
