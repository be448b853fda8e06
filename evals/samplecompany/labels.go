package samplecompany

import (
	"errors"
	"fmt"
	"maps"

	"github.com/signalbox/signalbox/triage"
)

// Label is what the guide makes of a ticket, from its first message and the
// account's tier alone.
type Label struct {
	ID               string   `json:"id"` // the ticket's
	Intent           string   `json:"intent"`
	SecondaryIntents []string `json:"secondary_intents"` // up to two further wishes
	Route            string   `json:"route"`
	Kind             string   `json:"kind"`
	Urgency          string   `json:"urgency"`
	Impact           string   `json:"impact"`
	Sentiment        string   `json:"sentiment"`
	Sensitive        string   `json:"sensitive"` // "" for most
}

// Fields returns the label's values by triage's field names.
func (l Label) Fields() map[string]string {
	return map[string]string{
		triage.FieldIntent: l.Intent, triage.FieldRoute: l.Route, triage.FieldKind: l.Kind, triage.FieldUrgency: l.Urgency,
		triage.FieldImpact: l.Impact, triage.FieldSentiment: l.Sentiment, triage.FieldSensitive: l.Sensitive,
	}
}

// Labels returns one label a ticket, by the ticket's ID. Where a second labelling
// says otherwise, the first one's label holds.
func (c *Company) Labels() map[string]Label { return maps.Clone(c.labels) }

// readLabels reads both labellings. Every ticket has a first label.
func (c *Company) readLabels() (err error) {
	tickets := map[string]bool{}
	for _, ticket := range c.Tickets {
		tickets[ticket.ID] = true
	}
	if c.labels, err = c.labelsOf("labels", tickets); err != nil {
		return err
	}
	for _, ticket := range c.Tickets {
		if _, labelled := c.labels[ticket.ID]; !labelled {
			return fmt.Errorf("labels: ticket %s has none", ticket.ID)
		}
	}
	c.second, err = c.labelsOf("labels-second", tickets)
	return err
}

func (c *Company) labelsOf(folder string, tickets map[string]bool) (map[string]Label, error) {
	labels := map[string]Label{}
	return labels, readFolder(c.files, folder, func(label Label) error {
		if !tickets[label.ID] {
			return fmt.Errorf("id %q is no ticket's", label.ID)
		}
		if err := errors.Join(unique(label.ID, labels), c.checkLabel(label)); err != nil {
			return err
		}
		labels[label.ID] = label
		return nil
	})
}

func (c *Company) checkLabel(label Label) error {
	if len(label.SecondaryIntents) > 2 {
		return errors.New("secondary_intents has more than two entries")
	}
	for _, intent := range append([]string{label.Intent}, label.SecondaryIntents...) {
		if _, known := c.Taxonomy.Intent(intent); !known {
			return fmt.Errorf("intent %q is not in intents.yaml", intent)
		}
	}
	if _, known := c.Taxonomy.Route(label.Route); !known {
		return fmt.Errorf("route %q is not in intents.yaml", label.Route)
	}
	return errors.Join(
		oneOf(triage.FieldKind, label.Kind, triage.KindBreakFix, triage.KindAdvisory),
		oneOf(triage.FieldUrgency, label.Urgency, triage.UrgencyCritical, triage.UrgencyHigh, triage.UrgencyNormal, triage.UrgencyLow),
		oneOf(triage.FieldImpact, label.Impact, triage.ImpactCompany, triage.ImpactTeam, triage.ImpactOnePerson, triage.ImpactUnknown),
		oneOf(triage.FieldSentiment, label.Sentiment, triage.SentimentPositive, triage.SentimentNeutral, triage.SentimentNegative, triage.SentimentAngry),
		oneOf(triage.FieldSensitive, label.Sensitive, "", triage.SensitiveLegal, triage.SensitiveSecurityReport,
			triage.SensitiveSelfHarm, triage.SensitivePress, triage.SensitiveDataProtection),
	)
}
