package samplecompany

import (
	"embed"
	"fmt"
	"io/fs"
	"sync"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/triage"
)

//go:embed accounts.csv customers.csv intents.yaml policy.yaml questions.jsonl
//go:embed tickets/*.jsonl labels*/*.jsonl articles/public/*.md articles/internal/*.md
var embedded embed.FS

// Company is everything that is known of the sample company. It is shared:
// nobody changes it.
type Company struct {
	Accounts  []Account
	Customers []Customer
	Tickets   []Ticket // oldest first
	Questions []Question
	Taxonomy  triage.Taxonomy
	Policy    triage.Policy

	labels, second map[string]Label // by ticket
	accounts       map[string]Account
	customers      map[string]Customer
	files          fs.FS
}

// Load returns the built-in company. It is read once; an error is a defect of
// the data.
func Load() (*Company, error) { return loadEmbedded() }

var loadEmbedded = sync.OnceValues(func() (*Company, error) { return Read(embedded) })

// Read reads a company of the same layout from files. The error names the file
// and, where there is one, the line.
func Read(files fs.FS) (*Company, error) {
	c := &Company{files: files}
	for _, read := range []func() error{
		c.readSettings, c.readAccounts, c.readCustomers, c.readTickets, c.readLabels, c.readQuestions,
	} {
		if err := read(); err != nil {
			return nil, fmt.Errorf("read the sample company: %w", err)
		}
	}
	return c, nil
}

// readSettings reads what the owner of a desk would write.
func (c *Company) readSettings() error {
	text, err := fs.ReadFile(c.files, "intents.yaml")
	if err != nil {
		return err
	}
	if c.Taxonomy, err = triage.ParseTaxonomy(text); err != nil {
		return fmt.Errorf("intents.yaml: %w", err)
	}
	if text, err = fs.ReadFile(c.files, "policy.yaml"); err != nil {
		return err
	}
	if c.Policy, err = triage.ParsePolicy(text); err != nil {
		return fmt.Errorf("policy.yaml: %w", err)
	}
	return nil
}

// Articles is the directory of an audience's Markdown articles.
func (c *Company) Articles(audience desk.Audience) (fs.FS, error) {
	return fs.Sub(c.files, "articles/"+string(audience))
}
