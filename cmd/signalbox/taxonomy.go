package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"
	"gopkg.in/yaml.v3"

	"github.com/signalbox/signalbox/evals/cluster"
	"github.com/signalbox/signalbox/evals/history"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/triage"
)

func (s *shell) taxonomies() *cobra.Command {
	return group("taxonomy", "Find categories in past tickets, and mend them", "  signalbox taxonomy propose --history tickets.csv --out intents.yaml",
		s.taxonomyPropose(), s.taxonomyMerge(), s.taxonomyRename(), s.taxonomyShow())
}

// proposeFlags are a command line of signalbox taxonomy propose.
type proposeFlags struct {
	historyFlags
	options history.ProposeOptions
	out     string
}

func (s *shell) taxonomyPropose() *cobra.Command {
	var f proposeFlags
	command := &cobra.Command{
		Use: "propose", Short: "Cluster past tickets without labels into categories", Args: cobra.NoArgs,
		Long: `Cluster the texts of a history into categories, each with a name made of the phrases that tell
it, its volume and the tickets nearest to its middle. Threads and near-duplicates count once while
clustering, and all in the volumes. Labels are not looked at; where the history has intents, the
agreement with them is told (V-measure), and a category takes the route that most of its labelled
tickets took.

--out writes them as a taxonomy: read it, then merge, rename or delete what is no category of yours
(signalbox taxonomy merge and rename, or an editor), name your teams under routes, and train with
it: signalbox train --taxonomy intents.yaml. No database is used.`,
		Example: `  signalbox taxonomy propose --history export.csv
  signalbox taxonomy propose --history export.csv --categories 30 --out intents.yaml`,
		RunE: func(command *cobra.Command, _ []string) error { return s.propose(command.Context(), f) },
	}
	f.register(command, true)
	flags := command.Flags()
	flags.IntVar(&f.options.Categories, "categories", 20, "how many categories, 2-200")
	flags.IntVar(&f.options.Examples, "examples", 5, "examples a category, 1-50")
	flags.Uint64Var(&f.options.Seed, "seed", 1, "seed of the clustering")
	flags.BoolVar(&f.options.Compare, "compare", false, "also run plain k-means on the same embedding, where the history has intents")
	flags.StringVar(&f.out, "out", "", "write a taxonomy to this new file")
	return s.withJSON(command)
}

func (s *shell) propose(ctx context.Context, f proposeFlags) error {
	if err := f.options.Validate(); err != nil {
		return withCode(exitUsage, err)
	}
	if _, err := os.Stat(f.out); f.out != "" && err == nil {
		return withCode(exitUsage, fault.Field(fault.Invalid, "--out", "is there already", "name a new file"))
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
		if err := writeTaxonomy(f.out, proposal.Taxonomy(), false); err != nil {
			return err
		}
	}
	if err := s.print(proposal, func() { s.printProposal(proposal, f.out) }); err != nil {
		return err
	}
	return skippedRows(past)
}

func (s *shell) printProposal(found *history.Proposal, out string) {
	s.printf("%d categories in %d tickets, %d of them different\n\n", len(found.Categories), found.Tickets, found.Different)
	for i, category := range found.Categories {
		s.printf("%2d. %s  (%d, %.1f %%)  %s\n", i+1, shorten(category.Name, 80), category.Tickets, 100*category.Share, category.Key)
		for _, example := range category.Examples[:min(len(category.Examples), 3)] {
			s.printf("      line %d: %s\n", example.Line, shorten(example.Text, 100))
		}
	}
	s.printAgreement("the history's intents", found.Agreement)
	s.printAgreement("the same by plain k-means", found.Plain)
	if out == "" {
		s.notef("\n--out intents.yaml writes them as a taxonomy to mend and train with.\n")
		return
	}
	s.notef("\n%s holds them: merge and rename, then signalbox train --taxonomy %s\n", out, out)
}

func (s *shell) printAgreement(with string, a *cluster.Agreement) {
	if a != nil {
		s.printf("\nagreement with %s: V-measure %.3f (homogeneity %.3f, completeness %.3f)\n", with, a.V, a.Homogeneity, a.Completeness)
	}
}

func (s *shell) taxonomyMerge() *cobra.Command {
	var file, name string
	command := &cobra.Command{
		Use: "merge KEY KEY...", Short: "Make one intent of several in a taxonomy's file", Args: cobra.MinimumNArgs(2),
		Example: "  signalbox taxonomy merge refund money_back --file intents.yaml --name \"Refunds\"",
		RunE: func(_ *cobra.Command, args []string) error {
			return s.changeTaxonomy(file, func(taxonomy *triage.Taxonomy) error { return mergeIntents(taxonomy, args, name) })
		},
	}
	command.Flags().StringVar(&file, "file", "intents.yaml", "file of the taxonomy, which is rewritten")
	command.Flags().StringVar(&name, "name", "", "name of the merged intent (the first one's)")
	return s.withJSON(command)
}

// mergeIntents gives the first intent the examples of the others, which go.
func mergeIntents(taxonomy *triage.Taxonomy, keys []string, name string) error {
	into := intentAt(taxonomy, keys[0])
	if into < 0 {
		return noIntent(keys[0])
	}
	for _, key := range keys[1:] {
		from := intentAt(taxonomy, key)
		if from < 0 || key == keys[0] {
			return noIntent(key)
		}
		taxonomy.Intents[into].Examples = append(taxonomy.Intents[into].Examples, taxonomy.Intents[from].Examples...)
		taxonomy.Intents = slices.Delete(taxonomy.Intents, from, from+1)
		into = intentAt(taxonomy, keys[0])
	}
	if name != "" {
		taxonomy.Intents[into].Name = name
	}
	return nil
}

func intentAt(taxonomy *triage.Taxonomy, key string) int {
	return slices.IndexFunc(taxonomy.Intents, func(i triage.Intent) bool { return i.Key == key })
}

func noIntent(key string) error {
	return fault.New(fault.NotFound, "the taxonomy has no other intent %q", key)
}

func (s *shell) taxonomyRename() *cobra.Command {
	var file, name string
	command := &cobra.Command{
		Use: "rename KEY NEW", Short: "Give an intent of a taxonomy's file another key, and a name", Args: cobra.ExactArgs(2),
		Example: "  signalbox taxonomy rename category_7 refund --name \"Refunds\" --file intents.yaml",
		RunE: func(_ *cobra.Command, args []string) error {
			return s.changeTaxonomy(file, func(taxonomy *triage.Taxonomy) error {
				at := intentAt(taxonomy, args[0])
				if at < 0 {
					return noIntent(args[0])
				}
				taxonomy.Intents[at].Key = args[1]
				if name != "" {
					taxonomy.Intents[at].Name = name
				}
				return nil
			})
		},
	}
	command.Flags().StringVar(&file, "file", "intents.yaml", "file of the taxonomy, which is rewritten")
	command.Flags().StringVar(&name, "name", "", "name that people read (as it is)")
	return s.withJSON(command)
}

// changeTaxonomy rewrites a file, if what becomes of it is a taxonomy.
func (s *shell) changeTaxonomy(file string, change func(*triage.Taxonomy) error) error {
	text, err := os.ReadFile(filepath.Clean(file))
	if err != nil {
		return withCode(exitUsage, fault.Field(fault.Invalid, "--file", "cannot be read", "name the taxonomy's YAML file"))
	}
	taxonomy, err := triage.ParseTaxonomy(text)
	if err != nil {
		return err
	}
	if err := change(&taxonomy); err != nil {
		return err
	}
	if err := taxonomy.Validate(); err != nil {
		return err
	}
	if err := writeTaxonomy(file, taxonomy, true); err != nil {
		return err
	}
	return s.print(taxonomy, func() { s.printf("%s has %d intents now\n", file, len(taxonomy.Intents)) })
}

// writeTaxonomy never writes over a file that it was not asked to change.
func writeTaxonomy(path string, taxonomy triage.Taxonomy, over bool) error {
	text, err := yaml.Marshal(taxonomy)
	if err != nil {
		return fmt.Errorf("write the taxonomy: %w", err)
	}
	flags := os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	if !over {
		flags |= os.O_EXCL
	}
	file, err := os.OpenFile(filepath.Clean(path), flags, 0o600) //nolint:gosec // the owner names the file
	if err != nil {
		return withCode(exitUsage, fault.Field(fault.Invalid, "--out", "cannot be written, or is there already", "name a new file"))
	}
	if _, err := file.Write(text); err != nil {
		return fmt.Errorf("write the taxonomy: %w", err)
	}
	return file.Close()
}

func (s *shell) taxonomyShow() *cobra.Command {
	return s.withJSON(&cobra.Command{
		Use: "show", Short: "Print the taxonomy in force as YAML", Args: cobra.NoArgs,
		Example: "  signalbox taxonomy show > intents.yaml",
		RunE: func(command *cobra.Command, _ []string) error {
			return s.with(command.Context(), needs{}, func(app *app) error { return s.showTaxonomy(command.Context(), app) })
		},
	})
}

func (s *shell) showTaxonomy(ctx context.Context, app *app) error {
	taxonomy, err := app.taxonomy(ctx)
	if err != nil {
		return err
	}
	text, err := yaml.Marshal(taxonomy)
	if err != nil {
		return fmt.Errorf("write the taxonomy: %w", err)
	}
	return s.print(taxonomy, func() { s.printf("%s", text) })
}
