package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/triage"
)

func (s *shell) train() *cobra.Command {
	var taxonomyFile, policyFile string
	var seed uint64
	var rollback, hold, force bool
	command := &cobra.Command{
		Use: "train", Short: "Train the triage model from labelled tickets", Args: cobra.NoArgs,
		Long: `Train from every labelled ticket in the database and the examples of the taxonomy, and make
the model current; workers use it within seconds. The same labels and seed give the same
model. Erased people are left out.

From 1,000 tickets with blind labels or labels from before Signalbox on, a tenth of the new ones
is kept out of training, and the candidate is compared with the current model on them: it becomes
current only if a loss over half a point can be excluded, no part of the tickets loses over two
points, its confidences are as true and sensitive tickets are seen as often. The thresholds of
fields that act alone for a target are chosen anew with it. --rollback takes both back.`,
		Example: "  signalbox train --taxonomy intents.yaml --policy policy.yaml\n  signalbox train --json\n  signalbox train --rollback",
		RunE: func(command *cobra.Command, _ []string) error {
			return s.with(command.Context(), needs{}, func(app *app) error {
				if rollback {
					id, err := app.rollBack(command.Context())
					if err != nil {
						return err
					}
					return s.print(map[string]any{"current": id}, func() { s.printf("model %s is current again\n", id) })
				}
				if err := app.readLists(command.Context(), taxonomyFile, policyFile); err != nil {
					return err
				}
				trained, err := app.trainNow(command.Context(), s.meter("steps"), seed, promotionOf(hold, force))
				if err != nil {
					return err
				}
				return s.print(trained, func() { s.printTrained(trained) })
			})
		},
	}
	command.Flags().StringVar(&taxonomyFile, "taxonomy", "", "YAML file of intents and routes, kept in the database")
	command.Flags().StringVar(&policyFile, "policy", "", "YAML file of what may be done alone, kept in the database")
	command.Flags().Uint64Var(&seed, "seed", 1, "seed of the training")
	command.Flags().BoolVar(&hold, "hold", false, "keep the model as a candidate; do not make it current")
	command.Flags().BoolVar(&force, "force", false, "make the model current whatever the comparison says")
	command.Flags().BoolVar(&rollback, "rollback", false, "make the model before the current one current again")
	return s.withJSON(command)
}

// readLists stores the owner's taxonomy and policy.
func (a *app) readLists(ctx context.Context, taxonomyFile, policyFile string) error {
	if taxonomyFile != "" {
		text, err := os.ReadFile(filepath.Clean(taxonomyFile))
		if err != nil {
			return withCode(exitUsage, fault.Field(fault.Invalid, "--taxonomy", "cannot be read", "name a YAML file"))
		}
		taxonomy, err := triage.ParseTaxonomy(text)
		if err != nil {
			return err
		}
		if err := a.put(ctx, settingTaxonomy, taxonomy); err != nil {
			return err
		}
	}
	if policyFile == "" {
		return nil
	}
	policy, err := readPolicyFile("--policy", policyFile)
	if err != nil {
		return err
	}
	_, _, err = a.applyPolicy(ctx, policy)
	return err
}

// trained says what a training made.
type trained struct {
	Model    triage.ModelRecord        `json:"model"`
	Examples int                       `json:"examples"`
	Seconds  float64                   `json:"seconds"`
	Bytes    int                       `json:"model_bytes"`
	Fields   map[string]triage.Metrics `json:"fields"`
	Gate     *triage.Promotion         `json:"gate,omitempty"` // null without a current model to compare with
}

// trainNow trains from what the database holds, and promotes the model if the gate lets
// it pass, or as it is told.
func (a *app) trainNow(ctx context.Context, meter *meter, seed uint64, promotion promotionMode) (trained, error) {
	taxonomy, err := a.taxonomy(ctx)
	if fault.Is(err, fault.NotFound) {
		return trained{}, withCode(exitUsage, fault.New(fault.Invalid, "there is no taxonomy yet: run signalbox train --taxonomy intents.yaml"))
	}
	if err != nil {
		return trained{}, err
	}
	policy, err := a.policy(ctx)
	if err != nil {
		return trained{}, err
	}
	if err := a.keepEvidence(ctx); err != nil {
		return trained{}, err
	}
	examples := taxonomy.Examples()
	if err := a.db.TrainingExamples(ctx, func(example triage.Example) error { examples = append(examples, example); return nil }); err != nil {
		return trained{}, err
	}
	start := time.Now()
	model, err := triage.Train(ctx, examples, taxonomy, triage.Options{Seed: seed, Weights: &policy.Priority, Progress: func(done, total int) {
		rate := float64(done) / time.Since(start).Seconds()
		meter.show(done, total, rate, time.Duration(float64(total-done)/max(rate, 1e-3)*float64(time.Second)))
	}})
	meter.end()
	if err != nil {
		return trained{}, err
	}
	result := trained{Examples: len(examples), Seconds: time.Since(start).Seconds(), Fields: model.Metrics()}
	result.Model, result.Bytes, err = a.store(ctx, model)
	if err != nil {
		return result, err
	}
	return result, a.promote(ctx, model, policy, promotion, &result)
}

func (a *app) store(ctx context.Context, model *triage.Model) (triage.ModelRecord, int, error) {
	artifact, err := model.MarshalBinary()
	if err != nil {
		return triage.ModelRecord{}, 0, fmt.Errorf("encode the model: %w", err)
	}
	metrics, err := json.Marshal(model.Metrics())
	if err != nil {
		return triage.ModelRecord{}, 0, fmt.Errorf("encode the model's metrics: %w", err)
	}
	taxonomyHash, errTaxonomy := hex.DecodeString(model.TaxonomyHash())
	dataHash, errData := hex.DecodeString(model.DataHash())
	if errTaxonomy != nil || errData != nil {
		return triage.ModelRecord{}, 0, fmt.Errorf("read the model's hashes")
	}
	record, err := a.db.SaveModel(ctx, triage.ModelRecord{
		Kind: modelKind, SchemaVersion: triage.ModelSchemaVersion, TaxonomyHash: taxonomyHash, DataHash: dataHash, Metrics: metrics,
	}, artifact)
	return record, len(artifact), err
}

func (s *shell) printTrained(trained trained) {
	s.printGate(trained)
	s.printf("model %d is %s: %d examples, %.1f s, %.1f MB\n", trained.Model.Version, trained.Model.State, trained.Examples, trained.Seconds, float64(trained.Bytes)/1e6)
	fields := make([]string, 0, len(trained.Fields))
	for field := range trained.Fields {
		fields = append(fields, field)
	}
	slices.Sort(fields)
	var rows [][]string
	for _, field := range fields {
		metrics := trained.Fields[field]
		if metrics.Skipped != "" {
			rows = append(rows, []string{field, fmt.Sprint(metrics.Labels), "-", "-", "not trained: " + metrics.Skipped})
			continue
		}
		rows = append(rows, []string{field, fmt.Sprint(metrics.Labels), fmt.Sprintf("%.1f %%", 100*metrics.Accuracy), fmt.Sprintf("%.1f %%", 100*metrics.ECE), string(metrics.State)})
	}
	s.table([]string{"FIELD", "LABELS", "HELD-OUT ACCURACY", "CALIBRATION ERROR", "CONFIDENCE"}, rows)
}
