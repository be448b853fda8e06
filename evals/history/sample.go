package history

import (
	"encoding/csv"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// The problems that a sample can hold, by the kind of the audit's finding.
var Problems = []string{KindConflict, KindDefault, KindCatchAll, KindRenamed, KindTells}

// topic is what tickets of an invented bicycle leasing firm are about.
type topic struct {
	intent, route string
	problems      []string
	details       []string
}

var topics = []topic{
	{"damage_report", "workshop",
		[]string{"the rear brake on my leased bike grinds and hardly stops me any more", "somebody drove into my bike and the front wheel is bent", "the battery holder cracked when I lifted the bike", "the chain keeps jumping off in the third gear", "one of the spokes broke on the way to work", "my handlebar came loose while riding"},
		[]string{"The mechanic on Tell Street says it is not wear", "I took photographs of the wheel and the frame", "It still rolls, but I don't dare to ride down the hill", "The lease only began in spring", "The dealer has no spare part until next week"}},
	{"theft_report", "insurance",
		[]string{"my bike was stolen from the rack at the station last night", "the lock was cut and the bicycle is gone", "thieves took the battery and the display off my bike", "I came back from the pool and only half of the lock was there", "somebody broke into our cellar and took both leased bikes"},
		[]string{"I have been to the police and have a file number", "Both keys of the lock are still with me", "The neighbour's camera shows a white van", "Which papers does the insurer want from me", "It was locked to the rail as you ask"}},
	{"invoice_question", "accounting",
		[]string{"the instalment on my payslip is eleven higher than in the contract", "we were billed for a bike that was handed back in march", "I need the invoice with our new company address on it", "the insurance premium appears twice on this month's bill", "why does the first rate cover six weeks", "our bookkeeper cannot match your invoice to any order"},
		[]string{"Please correct it before the payroll run on friday", "I attach both pages of the statement", "Our tax number has changed as well", "The sum should be what the offer says", "The previous bill was fine"}},
	{"contract_end", "contracts",
		[]string{"my lease ends in autumn and I would like to buy the bike", "what will the bike cost me at the end of the thirty-six months", "I want to hand my bike back when the term is over", "can the contract be prolonged by another year", "I was told there is a takeover price but nobody names it"},
		[]string{"The bike has four thousand kilometres on it", "Where would I bring it", "I would rather keep this one than get a new one", "My employer says to ask you", "Please tell me until when I must decide"}},
	{"new_order", "sales",
		[]string{"I would like to lease a cargo bike for two children", "how do I order a second bike under the same employer", "the dealer sent me an offer and I don't know where to upload it", "is a speed pedelec allowed in your programme", "my shop is not in your list of dealers", "can I lease a recumbent through you"},
		[]string{"The price is just above the limit", "My company signed up with you in january", "The shop keeps it for me until saturday", "I am still in my trial period", "The frame size would be fifty-six"}},
	{"portal_login", "it",
		[]string{"the portal does not accept my password since the update", "no mail arrives when I ask for a new password", "I registered with my old address and cannot get in", "the code from the app is always called expired", "the employer portal shows a blank page after signing in", "my account is locked and no button unlocks it"},
		[]string{"I tried two browsers and the phone", "My colleague has the same since this morning", "The old address no longer exists", "It worked before the weekend", "The error says ask your administrator"}},
	{"job_change", "contracts",
		[]string{"I am leaving my employer and want to know what happens to the bike", "I start parental leave and my salary stops", "my new company leases with somebody else", "I was laid off and cannot pay the rate from my salary", "can my contract move to another employer"},
		[]string{"My last working day is the thirtieth", "Human resources did not know", "I would pay it myself if that is possible", "The new employer would take it over", "I have a second bike with you as well"}},
	{"inspection", "workshop",
		[]string{"the yearly inspection is due and my dealer has closed", "which shop may do the inspection that the contract includes", "the workshop wants me to pay for the inspection myself", "my inspection voucher is shown as used but it is not", "can the inspection be done at my office"},
		[]string{"The next free date is in seven weeks", "The voucher ends with this month", "It is for the blue touring bike", "I only need brakes and lights checked", "They say that your system refuses it"}},
	{"employer_onboarding", "sales",
		[]string{"our company wants to offer leased bikes to sixty people", "what does the framework agreement cost an employer", "we need a contact for our works council", "how many days does it take until our staff can order", "do you have a presentation for our managers"},
		[]string{"We are a hospital with shift workers", "Payroll is done by an outside office", "The council meets in three weeks", "We have two sites in different states", "A competitor has made an offer, too"}},
	{"data_change", "accounting",
		[]string{"my bank details have changed", "I moved and my address on the contract is wrong", "my family name is different since the wedding", "please change the cost centre of four contracts", "the birth date in my contract is not mine"},
		[]string{"The new one holds from the first of the month", "I could not find a form for it", "The old account will be closed", "A copy of the certificate is attached", "The rest of the data is right"}},
}

var (
	openings = []string{"Hello,", "Good morning,", "Hi there,", "Dear team,", "Hello again,", "Good afternoon,"}
	closings = []string{"Kind regards", "Thanks in advance", "Thank you", "Best wishes", "Many thanks", "Please call me back"}
	asides   = []string{"I am at work until five", "My phone is off in the mornings", "I wrote about this once already", "A short answer is enough", "You may also write to my office", "I could not find it on your pages",
		"We are on holiday from monday", "It is a bit urgent for us", "No hurry from my side", "I only have a phone with me", "My partner would collect it", "The chat sent me here"}
	firstNames = []string{"Jelle", "Maren", "Tove", "Ilse", "Bram", "Runa", "Kaja", "Piet", "Alma", "Odo", "Fenja", "Levi", "Sina", "Ruben", "Hedda", "Malte"}
)

// sampleStart is when an invented history begins.
var sampleStart = time.Date(2025, 3, 3, 8, 0, 0, 0, time.UTC)

// Sample invents a history of so many rows with some of the [Problems]; the same seed
// invents the same. Intake holds what a form's first guess was, and priorities.
func Sample(rows int, problems []string, seed uint64) []Row {
	s := &sampler{random: rand.New(rand.NewPCG(seed, 0x73616d70)), has: map[string]bool{}}
	for _, problem := range problems {
		s.has[problem] = true
	}
	made := make([]Row, 0, rows)
	at := sampleStart
	for i := range rows {
		at = at.Add(time.Duration(5+s.random.IntN(170)) * time.Minute)
		row := s.row(i, at)
		if s.has[KindConflict] && s.random.Float64() < 0.06 {
			again := row
			again.ID, again.Time, again.Labels = fmt.Sprint("T", 900_000+i), at.Add(time.Hour), s.labels(topics[s.random.IntN(len(topics))])
			made = append(made, again)
		} else if s.random.Float64() < 0.03 { // people send twice, and agents label alike
			again := row
			again.ID, again.Time = fmt.Sprint("T", 900_000+i), at.Add(time.Hour)
			made = append(made, again)
		}
		made = append(made, row)
	}
	for i := range made {
		s.plant(&made[i], float64(i)/float64(len(made)))
		made[i].Line = i + 2
	}
	return made
}

type sampler struct {
	random *rand.Rand
	has    map[string]bool
}

func (s *sampler) row(number int, at time.Time) Row {
	t := topics[s.random.IntN(len(topics))]
	problem, detail := pick(s.random, t.problems), pick(s.random, t.details)
	contract := fmt.Sprintf("JL-%05d", s.random.IntN(100_000))
	body := fmt.Sprintf("%s\n%s. %s. %s. My contract is %s.", pick(s.random, openings), problem, detail, pick(s.random, asides), contract)
	if s.random.Float64() < 0.5 {
		body += " " + pick(s.random, asides) + "."
	}
	body += "\n" + pick(s.random, closings) + ", " + pick(s.random, firstNames)
	row := Row{
		ID: fmt.Sprint("T", 100_000+number), Time: at, Body: body, Subject: strings.Join(strings.Fields(problem)[:4], " "), Language: "en",
		Channel: pick(s.random, []string{"email", "email", "form", "chat"}), Tier: pick(s.random, []string{"basic", "plus", "plus", "premium"}),
		Labels: s.labels(t), Intake: map[string]string{}, Reassignments: 0,
	}
	guess := topics[s.random.IntN(len(topics))]
	if s.random.Float64() < 0.72 {
		guess = t
	}
	row.Intake["route"], row.Intake["priority"] = guess.route, pick(s.random, []string{"low", "normal", "normal", "high"})
	took := 10 + s.random.IntN(90)
	if guess.route != t.route {
		row.Reassignments = 1 + s.random.IntN(2)
		took += 60 * (2 + s.random.IntN(30))
	}
	row.RoutedAt = at.Add(time.Duration(took) * time.Minute)
	return row
}

// labels are a topic's, with the mistakes that even careful people make.
func (s *sampler) labels(t topic) map[string]string {
	if s.random.Float64() < 0.01 {
		t = topics[s.random.IntN(len(topics))]
	}
	priority := map[string]string{"theft_report": "high", "damage_report": "high", "portal_login": "high", "job_change": "normal"}[t.intent]
	if priority == "" || s.random.Float64() < 0.15 {
		priority = pick(s.random, []string{"low", "normal", "normal"})
	}
	return map[string]string{"intent": t.intent, "route": t.route, "priority": priority}
}

// plant makes the problems in a row that stands at a share of the history.
func (s *sampler) plant(row *Row, at float64) {
	if s.has[KindDefault] {
		row.Intake["priority"] = "normal"
		if s.random.Float64() < 0.97 {
			row.Labels["priority"] = "normal"
		}
	}
	if s.has[KindCatchAll] && s.random.Float64() < 0.22 {
		row.Labels["intent"] = "general"
	}
	if s.has[KindRenamed] {
		if row.Labels["intent"] == "contract_end" && at > 0.5 {
			row.Labels["intent"] = "buyout_and_return"
		}
		if row.Labels["route"] == "accounting" && s.random.Float64() < 0.3 {
			row.Labels["route"] = "Accounting "
		}
	}
	if s.has[KindTells] {
		row.Intake["route"] = row.Labels["route"] // written over when the ticket was moved
		row.Subject = "[" + row.Labels["intent"] + "] " + row.Subject
	}
}

func pick(random *rand.Rand, from []string) string { return from[random.IntN(len(from))] }

// WriteCSV writes rows as a helpdesk would export them.
func WriteCSV(to io.Writer, rows []Row) error {
	writer := csv.NewWriter(to)
	_ = writer.Write(strings.Fields("id created_at language channel tier subject body intent route priority intake_route intake_priority reassignments routed_at"))
	for _, row := range rows {
		_ = writer.Write([]string{ // a failure is told by Flush
			row.ID, row.Time.Format(time.RFC3339), row.Language, row.Channel, row.Tier, row.Subject, row.Body, row.Labels["intent"], row.Labels["route"], row.Labels["priority"],
			row.Intake["route"], row.Intake["priority"], strconv.Itoa(row.Reassignments), row.RoutedAt.Format(time.RFC3339),
		})
	}
	writer.Flush()
	return writer.Error()
}
