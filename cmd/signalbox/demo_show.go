package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/evals/samplecompany"
	"github.com/signalbox/signalbox/retrieval"
	"github.com/signalbox/signalbox/triage"
)

// shownTickets is how many rows a person takes in at a glance.
const shownTickets = 12

// decided is a new ticket with its decision.
type decided struct {
	ticket   samplecompany.Ticket
	stored   desk.Ticket
	decision triage.Decision
}

// show prints what came of it.
func (d *demo) show(ctx context.Context, once bool) error {
	tickets, err := d.decisions(ctx)
	if err != nil {
		return err
	}
	var asked *questions
	if err := d.step("questions", func() (what string, err error) {
		asked, err = d.askAll(ctx)
		return asked.summary(), err
	}); err != nil {
		return err
	}
	d.showTickets(tickets)
	if err := d.showOne(ctx, tickets); err != nil {
		return err
	}
	d.showQuestions(asked)
	d.showSteps()
	d.showNext(tickets, asked, once)
	return nil
}

// decisions loads the new tickets with their decisions, most urgent first.
func (d *demo) decisions(ctx context.Context) ([]decided, error) {
	_, fresh := d.company.Split()
	list := make([]decided, 0, len(fresh))
	for _, ticket := range fresh {
		stored, _, err := d.db.Ticket(ctx, operator, d.tickets[ticket.ID].TicketID)
		if err != nil {
			return nil, err
		}
		if stored.CurrentDecisionID == nil {
			return nil, fmt.Errorf("ticket %s has no decision; signalbox jobs list says why", ticket.ID)
		}
		decision, err := d.db.Decision(ctx, operator, *stored.CurrentDecisionID)
		if err != nil {
			return nil, err
		}
		list = append(list, decided{ticket, stored, decision})
	}
	slices.SortStableFunc(list, func(a, b decided) int { return cmp.Compare(b.decision.Priority, a.decision.Priority) })
	return list, nil
}

// showTickets prints a spread of the queue, and how it stands against the labels.
func (d *demo) showTickets(tickets []decided) {
	d.shell.printf("\n%d new tickets, decided by a model that has seen only older ones. From most to least urgent:\n\n", len(tickets))
	rows := make([][]string, 0, shownTickets)
	for i := range shownTickets {
		entry := tickets[i*(len(tickets)-1)/(shownTickets-1)]
		row := decisionRow(shorten(entry.stored.Subject, 26), entry.decision)
		row[len(row)-1] = shorten(brief(entry.decision.Reason), 78)
		rows = append(rows, row)
	}
	d.shell.table(decisionHeader("SUBJECT"), rows)
	counts := map[triage.Outcome]int{}
	alone, aloneRight, intents, routes := 0, 0, 0, 0
	labels := d.company.Labels()
	for _, entry := range tickets {
		counts[entry.decision.Outcome]++
		label := labels[entry.ticket.ID]
		if entry.decision.Fields[triage.FieldIntent].Value == label.Intent {
			intents++
		}
		right := entry.decision.Fields[triage.FieldRoute].Value == label.Route
		if right {
			routes++
		}
		if entry.decision.Fields[triage.FieldRoute].Outcome == triage.Auto && entry.decision.Outcome != triage.Review {
			alone++
			if right {
				aloneRight++
			}
		}
	}
	d.shell.printf("\n  %d would be routed alone (%d of them as labelled), %d are suggestions, %d go to a person with the reason.\n",
		alone, aloneRight, counts[triage.Suggest], counts[triage.Review])
	d.shell.printf("  Against the labels of all %d: intent %d right, route %d right.\n", len(tickets), intents, routes)
}

// brief leaves out of a reason what another column says already: the intent.
func brief(reason string) string {
	if _, rest, found := strings.Cut(reason, " from a "); found {
		return rest
	}
	if _, rest, found := strings.Cut(reason, " from an "); found {
		return rest
	}
	return reason
}

// showOne prints the whole decision of the most urgent ticket.
func (d *demo) showOne(ctx context.Context, tickets []decided) error {
	entry := tickets[0]
	input, err := d.db.TriageInput(ctx, entry.stored.ID)
	if err != nil {
		return err
	}
	d.shell.printf("\nOne decision in full: “%s”\n\n", shorten(entry.stored.Subject, 70))
	d.shell.printf("  “%s”\n\n", shorten(entry.ticket.Messages[0].Body, 230))
	d.shell.printDecision(entry.decision, input)
	return nil
}

// questions is what came of asking all of the sample's.
type questions struct {
	sources       map[uuid.UUID]string // public articles' source keys
	total, known  int
	answerable    int // that the public part answers
	answeredRight int // of those answered, that cite the right section
	wrongly       int // answered although nothing public answers
	answered      samplecompany.Question
	answer        retrieval.Answer
	passages      []retrieval.Passage
	open          samplecompany.Question
	unknown       retrieval.Answer
	haveOpen      bool
}

func (q *questions) summary() string {
	if q == nil {
		return ""
	}
	return fmt.Sprintf("%d asked as a customer: %d of the %d answerable ones cite the right section, %d get an honest “I don't know”, %d are answered although no public section does",
		q.total, q.answeredRight, q.answerable, q.total-q.known, q.wrongly)
}

// askAll asks every sample question as a customer, and picks one to show in full:
// one that agents have more to say about.
func (d *demo) askAll(ctx context.Context) (*questions, error) {
	asked := &questions{total: len(d.company.Questions), sources: map[uuid.UUID]string{}}
	articles, err := d.knowledge.customer.Articles(ctx, "", 500)
	if err != nil {
		return asked, err
	}
	for _, article := range articles {
		asked.sources[article.ID] = article.SourceKey
	}
	best := 0.0
	for _, question := range d.company.Questions {
		answer, err := d.knowledge.answerer.Answer(ctx, question.Question, nil)
		if err != nil {
			return asked, err
		}
		asked.count(question, answer)
		if !answer.Known && question.Audience != "public" && question.Language == "en" && (!asked.haveOpen || question.Audience == "none" && asked.open.Audience != "none") {
			asked.open, asked.unknown, asked.haveOpen = question, answer, true
		}
		if !answer.Known || question.Audience != "public" || question.Language != "en" || !asked.cites(answer, question) {
			continue
		}
		passages, err := d.knowledge.all.Search(ctx, question.Question, 4, retrieval.Filter{})
		if err != nil {
			return asked, err
		}
		if score := answer.Confidence + insider(passages); score > best {
			best, asked.answered, asked.answer, asked.passages = score, question, answer, passages
		}
	}
	return asked, nil
}

func (q *questions) count(question samplecompany.Question, answer retrieval.Answer) {
	if question.Audience == "public" {
		q.answerable++
	}
	if !answer.Known {
		return
	}
	q.known++
	switch {
	case question.Audience != "public":
		q.wrongly++
	case q.cites(answer, question):
		q.answeredRight++
	}
}

// cites reports whether an answer rests on the section that answers the question.
func (q *questions) cites(answer retrieval.Answer, question samplecompany.Question) bool {
	return question.Section != nil && slices.ContainsFunc(answer.Sentences, func(sentence retrieval.Sentence) bool {
		return question.Section.Holds(q.sources[sentence.Citation.ArticleID], sentence.Citation.HeadingPath)
	})
}

// insider is high when an internal passage ranks well beside the public ones.
func insider(passages []retrieval.Passage) float64 {
	for _, passage := range passages {
		if passage.Audience == desk.Internal {
			return 1 + passage.Score
		}
	}
	return 0
}

func (d *demo) showQuestions(asked *questions) {
	d.shell.printf("\nA customer asks: “%s”\n\n", asked.answered.Question)
	d.shell.printAnswer(asked.answer)
	d.shell.printf("\nAn agent who asks the same sees the internal articles beside the public ones:\n\n")
	d.shell.printPassages(asked.passages)
	d.shell.printf("\nA customer asks what no public article says: “%s”\n\n  ", asked.open.Question)
	d.shell.printAnswer(asked.unknown)
}

func (d *demo) showSteps() {
	d.shell.printf("\nWhat was done\n\n")
	var rows [][]string
	var total time.Duration
	for _, step := range d.steps {
		total += step.took
		rows = append(rows, []string{"  " + step.name, fmt.Sprintf("%.1f s", step.took.Seconds()), step.what})
	}
	d.shell.rows(append(rows, []string{"  together", fmt.Sprintf("%.1f s", total.Seconds()), ""}))
}

func (d *demo) showNext(tickets []decided, asked *questions, once bool) {
	base := strings.TrimSuffix(d.url(""), "/")
	if once {
		d.shell.printf("\nRun `make demo` to keep it serving, and try:\n\n")
	} else {
		d.shell.printf("\nServing on %s until Ctrl-C. Try, in another terminal:\n\n", base)
	}
	key := "-H 'Authorization: Bearer " + d.access.AgentKey + "'"
	d.shell.printf("  curl -s '%s/v1/tickets?order=priority&limit=3' %s\n", base, key)
	d.shell.printf("  curl -s %s/v1/agent/tickets/%s/brief %s\n", base, tickets[0].stored.ID, key)
	d.shell.printf("  curl -sN %s/v1/answers -H 'X-Signalbox-Site: %s' -H 'Content-Type: application/json' -d '{\"question\":\"%s\"}'\n",
		base, d.access.PublishableKey, strings.NewReplacer(`'`, `’`, `"`, `\"`).Replace(asked.answered.Question))
	d.shell.printf("  curl -s %s/openapi.json\n", base)
	d.shell.printf("  bin/signalbox triage \"Nobody in the office can sign in since nine and the vans are waiting\"\n")
	d.shell.printf("  bin/signalbox doctor\n")
}
