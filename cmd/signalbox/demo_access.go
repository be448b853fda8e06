package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/evals/samplecompany"
	"github.com/signalbox/signalbox/internal/helpdesk"
	"github.com/signalbox/signalbox/internal/postgres"
)

// access is what the demo made the first time; it is kept beside the database so
// that another run finds it.
type access struct {
	Connection     uuid.UUID `json:"connection"`
	HookSecret     string    `json:"hook_secret"`
	PublishableKey string    `json:"publishable_key"`
	AgentKey       string    `json:"agent_key"`
	Seeded         bool      `json:"seeded"` // labels are imported and a model is trained
}

func accessFile(config config) string { return filepath.Join(config.Dir, "demo.json") }

// save writes the file in one piece.
func (a access) save(config config) error {
	text, err := json.MarshalIndent(a, "", "  ")
	if err != nil {
		return fmt.Errorf("encode the demo's keys: %w", err)
	}
	temporary := accessFile(config) + ".new"
	if err := os.WriteFile(temporary, text, 0o600); err != nil {
		return fmt.Errorf("keep the demo's keys: %w", err)
	}
	return os.Rename(temporary, accessFile(config))
}

// loadAccess finds or makes the site, the connection and an agent's key.
func (d *demo) loadAccess(ctx context.Context) (string, error) {
	const what = "a helpdesk connection, a site and an agent's key"
	text, err := os.ReadFile(filepath.Clean(accessFile(d.config)))
	if err == nil && json.Unmarshal(text, &d.access) == nil {
		if _, err := postgres.NewConnections(d.db, d.box).Connection(ctx, d.access.Connection); err == nil {
			return what, nil
		}
		d.access = access{} // of a database that is gone
	} else if err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	site, err := postgres.NewSites(d.db, d.box).CreateSite(ctx, operator, "Help centre", nil)
	if err != nil {
		return "", err
	}
	connection, secret, err := postgres.NewConnections(d.db, d.box).CreateConnection(ctx, operator, postgres.NewConnection{Kind: "generic", Name: "Helpdesk"})
	if err != nil {
		return "", err
	}
	_, agent, err := d.db.CreateKey(ctx, operator, postgres.NewKey{Name: "demo sidebar", Scope: desk.AgentActor})
	if err != nil {
		return "", err
	}
	d.access = access{Connection: connection.ID, HookSecret: secret, PublishableKey: site.PublishableKey, AgentKey: agent}
	return what, d.access.save(d.config)
}

func (d *demo) url(path string) string { return "http://" + d.service.listener.Addr().String() + path }

// senders is how many tickets are sent at once.
const senders = 8

// send posts tickets to the hook, signed, each one's messages in order.
func (d *demo) send(ctx context.Context, tickets []samplecompany.Ticket) error {
	receipts := make([]desk.Receipt, len(tickets))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(senders)
	for i, ticket := range tickets {
		group.Go(func() error {
			events, err := d.company.Events(ticket)
			if err != nil {
				return err
			}
			for _, event := range events {
				receipt, err := d.post(ctx, event)
				if err != nil {
					return fmt.Errorf("ticket %s: %w", ticket.ID, err)
				}
				receipts[i] = receipt
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for i, ticket := range tickets {
		d.tickets[ticket.ID] = receipts[i]
	}
	return nil
}

// post signs and sends one event, as a helpdesk does.
func (d *demo) post(ctx context.Context, event []byte) (desk.Receipt, error) {
	return postEvent(ctx, d.url("/v1/hooks/"+d.access.Connection.String()), d.access.HookSecret, event)
}

func postEvent(ctx context.Context, url, secret string, event []byte) (desk.Receipt, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(event))
	if err != nil {
		return desk.Receipt{}, err
	}
	timestamp, signature := helpdesk.SignGeneric([]byte(secret), event, time.Now())
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set(helpdesk.HeaderTimestamp, timestamp)
	request.Header.Set(helpdesk.HeaderSignature, signature)
	response, err := loopback.Do(request)
	if err != nil {
		return desk.Receipt{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if err != nil {
		return desk.Receipt{}, err
	}
	if response.StatusCode != http.StatusAccepted {
		return desk.Receipt{}, fmt.Errorf("the hook answered %s: %s", response.Status, shorten(string(body), 300))
	}
	var answer struct {
		TicketID  uuid.UUID `json:"ticket_id"`
		MessageID uuid.UUID `json:"message_id"`
	}
	err = json.Unmarshal(body, &answer)
	return desk.Receipt{TicketID: answer.TicketID, MessageID: answer.MessageID}, err
}

// loopback talks to our own listener only.
var loopback = &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
