package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"gopkg.in/yaml.v3"

	"github.com/signalbox/signalbox/evals/cluster"
	"github.com/signalbox/signalbox/evals/history"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/triage"
)

func (s *shell) taxonomyCommand() *cobra.Command {
	return group("taxonomy", "Propose categories from past tickets, and merge or rename them",
		"  signalbox taxonomy propose --history tickets.csv --out intents.yaml\n  signalbox taxonomy rename card_declined \"Card declined\" --file intents.yaml",
		s.taxonomyPropose(), s.taxonomyMerge(), s.taxonomyRename())
}

// proposeFlags are a command line of signalbox taxonomy propose.
type proposeFlags struct {
	historyFlags
	options history.ProposeOptions
	out     string
	force   bool
}

func (s *shell) taxonomyPropose() *cobra.Command {
	var f proposeFlags
	command := &cobra.Command{
		Use: "propose", Short: "Cluster past tickets into categories with names, volumes and examples", Args: cobra.NoArgs,
		Long: `Cluster the texts of a history into categories: names are the phrases that set one apart.
Threads and near-duplicates count once while clustering, and all in the volumes. Labels are not
looked at; where the history has intents, the agreement with them is told (V-measure), and a
category takes the route that most of its labelled tickets took.

--out writes intents.yaml for an admin to edit, merge and rename, and then for
signalbox train --taxonomy. The same file and seed give the same categories. No database is used.`,
		Example: `  signalbox taxonomy propose --history tickets.csv --out intents.yaml
  signalbox taxonomy propose --history export.jsonl --categories 40 --json`,
		RunE: func(command *cobra.Command, _ []string) error { return s.propose(command.Context(), f) },
	}
	f.register(command, true)
	flags := command.Flags()
	flags.IntVar(&f.options.Categories, "categories", 20, "how many categories, 2-200")
	flags.IntVar(&f.options.Examples, "examples", 5, "examples a category, 1-50")
	flags.Uint64Var(&f.options.Seed, "seed", 1, "seed of the clustering")
	flags.BoolVar(&f.options.Compare, "compare", false, "also run plain k-means on the same embedding, where the history has intents")
	flags.StringVar(&f.out, "out", "", "write the categories to this file, as train --taxonomy reads it")
	flags.BoolVar(&f.force, "force", false, "overwrite the file of --out")
	return s.withJSON(command)
}

func (s *shell) propose(ctx context.Context, f proposeFlags) error {
	if err := f.options.Validate(); err != nil {
		return withCode(exitUsage, err)
	}
	if f.out != "" && !f.force {
		if _, err := os.Stat(f.out); err == nil {
			return withCode(exitUsage, fault.Field(fault.Invalid, "--out", "is there already", "name another file, or give --force"))
		}
	}
	past, err := f.read(ctx)
	if err != nil {
		return err
	}
	meter := s.meter("")
	meter.say(fmt.Sprintf("clustering %d tickets", len(past.Rows)))
	proposal, err := history.Propose(ctx, past, f.options)
	meter.end()
	if err != nil {
		return err
	}
	if f.out != "" {
		if err := writeTaxonomy(f.out, proposal.Taxonomy()); err != nil {
			return err
		}
	}
	if err := s.print(proposal, func() { s.printProposal(proposal, f.out) }); err != nil {
		return err
	}
	return skippedRows(past)
}

// skippedRows names the rows of a history that could not be used.
func skippedRows(past *history.History) error {
	if len(past.Skipped) == 0 {
		return nil
	}
	first := past.Skipped[0]
	return withCode(exitPartial, fmt.Errorf("%d rows were skipped, the first in line %d: %s", len(past.Skipped), first.Line, first.Reason))
}

func (s *shell) printProposal(p *history.Proposal, out string) {
	s.printf("%d tickets, %d different, %d categories\n\n", p.Tickets, p.Different, len(p.Categories))
	var rows [][]string
	for _, category := range p.Categories {
		example := ""
		if len(category.Examples) > 0 {
			example = shorten(category.Examples[0].Text, 60)
		}
		rows = append(rows, []string{category.Key, fmt.Sprint(category.Tickets), fmt.Sprintf("%.1f %%", 100*category.Share), shorten(category.Name, 50), example})
	}
	s.table([]string{"KEY", "TICKETS", "SHARE", "NAME", "EXAMPLE"}, rows)
	s.printAgreement("the history's intents", p.Agreement)
	s.printAgreement("the same by plain k-means", p.Plain)
	if out != "" {
		s.printf("\n%s holds them: merge and rename, then signalbox train --taxonomy %s\n", out, out)
	}
}

func (s *shell) printAgreement(with string, a *cluster.Agreement) {
	if a != nil {
		s.printf("\nagreement with %s: V-measure %.3f (homogeneity %.3f, completeness %.3f)\n", with, a.V, a.Homogeneity, a.Completeness)
	}
}

func (s *shell) taxonomyMerge() *cobra.Command {
	var file, name string
	command := &cobra.Command{
		Use: "merge KEY KEY …", Short: "Make one intent of several", Args: cobra.MinimumNArgs(2),
		Long: `Make one intent of several in a file: the first keeps its key, its name unless --name gives
another, and its route; the examples of all become its own. Labels in the database keep the old
keys: merge before labels are made, or give them anew.`,
		Example: `  signalbox taxonomy merge card_declined card_refused --file intents.yaml --name "Card declined"`,
		RunE: func(_ *cobra.Command, keys []string) error {
			return s.changeTaxonomy(file, func(t *triage.Taxonomy) (string, error) { return mergeIntents(t, keys, name) })
		},
	}
	command.Flags().StringVar(&file, "file", "", "the YAML file (required)")
	command.Flags().StringVar(&name, "name", "", "name of the merged intent")
	return s.withJSON(command)
}

func (s *shell) taxonomyRename() *cobra.Command {
	var file, key string
	command := &cobra.Command{
		Use: "rename KEY NAME", Short: "Give an intent another name, or another key", Args: cobra.ExactArgs(2),
		Long: `Give an intent of a file another name, and with --key another key. Labels in the database keep
the old key: change keys before labels are made.`,
		Example: `  signalbox taxonomy rename card_declined "Card declined" --file intents.yaml --key declined_card`,
		RunE: func(_ *cobra.Command, args []string) error {
			return s.changeTaxonomy(file, func(t *triage.Taxonomy) (string, error) { return renameIntent(t, args[0], args[1], key) })
		},
	}
	command.Flags().StringVar(&file, "file", "", "the YAML file (required)")
	command.Flags().StringVar(&key, "key", "", "another key")
	return s.withJSON(command)
}

// changeTaxonomy changes a file of intents, as a whole or not at all.
func (s *shell) changeTaxonomy(path string, change func(*triage.Taxonomy) (string, error)) error {
	if path == "" {
		return withCode(exitUsage, fault.Field(fault.Invalid, "--file", "is missing", "name the YAML file of intents"))
	}
	text, err := os.ReadFile(filepath.Clean(path))
	if err != nil {
		return withCode(exitUsage, fault.Field(fault.Invalid, "--file", "cannot be read", "name a YAML file of intents"))
	}
	taxonomy, err := triage.ParseTaxonomy(text)
	if err != nil {
		return err
	}
	done, err := change(&taxonomy)
	if err != nil {
		return err
	}
	if err := taxonomy.Validate(); err != nil {
		return err
	}
	if err := writeTaxonomy(path, taxonomy); err != nil {
		return err
	}
	return s.print(taxonomy, func() { s.printf("%s; %s holds %d intents\n", done, path, len(taxonomy.Intents)) })
}

func intentAt(t *triage.Taxonomy, key string) (int, error) {
	for i, intent := range t.Intents {
		if intent.Key == key {
			return i, nil
		}
	}
	return 0, fault.Field(fault.NotFound, "KEY", "is no intent of the file: "+shorten(key, 64), "use a key that stands under intents")
}

func mergeIntents(t *triage.Taxonomy, keys []string, name string) (string, error) {
	into, err := intentAt(t, keys[0])
	if err != nil {
		return "", err
	}
	for _, key := range keys[1:] {
		from, err := intentAt(t, key)
		if err != nil {
			return "", err
		}
		if key == keys[0] {
			return "", withCode(exitUsage, fault.Field(fault.Invalid, "KEY", "stands there twice", "name different intents"))
		}
		merged, other := &t.Intents[into], t.Intents[from]
		merged.Examples = append(merged.Examples, other.Examples...)
		if other.Description != "" && merged.Description != other.Description {
			merged.Description = strings.TrimPrefix(merged.Description+", "+other.Description, ", ")
		}
		t.Intents = append(t.Intents[:from], t.Intents[from+1:]...)
		if from < into {
			into--
		}
	}
	if name != "" {
		t.Intents[into].Name = name
	}
	return fmt.Sprintf("%d intents are %s now", len(keys), keys[0]), nil
}

func renameIntent(t *triage.Taxonomy, key, name, newKey string) (string, error) {
	at, err := intentAt(t, key)
	if err != nil {
		return "", err
	}
	t.Intents[at].Name = name
	if newKey != "" {
		t.Intents[at].Key = newKey
	}
	return fmt.Sprintf("%s is called %q now", t.Intents[at].Key, name), nil
}

// writeTaxonomy writes a file beside and renames it.
func writeTaxonomy(path string, taxonomy triage.Taxonomy) error {
	text, err := yaml.Marshal(taxonomy)
	if err != nil {
		return fmt.Errorf("write the taxonomy: %w", err)
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".taxonomy-*")
	if err != nil {
		return withCode(exitUsage, fault.Field(fault.Invalid, "--out", "cannot be written", "name a file in a folder that is there"))
	}
	defer func() { _ = os.Remove(file.Name()) }() // it is gone once renamed
	_, err = file.Write(text)
	if err := errors.Join(err, file.Chmod(0o644), file.Close()); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return os.Rename(file.Name(), path)
}
