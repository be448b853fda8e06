package samplecompany

import (
	"maps"
	"strings"
	"testing"
	"testing/fstest"
)

// small is a company of one ticket that is whole.
func small() map[string]string {
	return map[string]string{
		"accounts.csv":             "id,name,tier,annual_value_eur,renewal_on,country\na1,Lifts,business,1200,2026-12-01,IE\n",
		"customers.csv":            "id,account_id,name,email,role,vip,language,time_zone\nc1,a1,Maeve,maeve@lifts.example,admin,false,en,Europe/Dublin\n",
		"intents.yaml":             "routes: [{key: desk, name: Desk}]\nintents: [{key: bill, name: Bill}, {key: login, name: Login}]\n",
		"policy.yaml":              "version: 1\n",
		"tickets/1.jsonl":          `{"id":"t1","created_at":"2026-03-02T10:00:00Z","customer_id":"c1","channel":"web","language":"en","subject":"S","messages":[{"author":"customer","sent_at":"2026-03-02T10:00:00Z","body":"B"}]}` + "\n",
		"labels/1.jsonl":           `{"id":"t1","intent":"bill","secondary_intents":[],"route":"desk","kind":"advisory","urgency":"low","impact":"company","sentiment":"neutral","sensitive":""}` + "\n",
		"questions.jsonl":          `{"id":"q1","audience":"public","language":"en","question":"When?","section":{"article":"bill","heading":"Dates"},"required_facts":["monthly"]}` + "\n",
		"articles/public/bill.md":  "# Bill\n\n## Dates\n\nEvery month.\n",
		"articles/internal/how.md": "# How\n\nBy hand.\n",
	}
}

func files(texts map[string]string) fstest.MapFS {
	tree := fstest.MapFS{}
	for name, text := range texts {
		tree[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return tree
}

func TestReadTheSmallest(t *testing.T) {
	t.Parallel()
	company, err := Read(files(small()))
	must(t, err)
	if len(company.Tickets) != 1 || len(company.Agreement()) != 0 {
		t.Errorf("%d tickets, agreement %v, want one ticket and no second labelling", len(company.Tickets), company.Agreement())
	}
	if account, found := company.Account("a1"); !found || account.AnnualValueEuro != 1200 {
		t.Errorf("Account(a1) = %+v, %v, want the one of 1200 euros", account, found)
	}
	if customer, found := company.Customer("c1"); !found || customer.AccountID != "a1" {
		t.Errorf("Customer(c1) = %+v, %v, want the one of account a1", customer, found)
	}
}

// Every mistake is refused with its place.
func TestReadNamesThePlace(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ file, old, new, want string }{
		{"accounts.csv", "id,name", "id,title", "accounts.csv:1: the header must be id,name"},
		{"accounts.csv", "business", "gold", `accounts.csv:2: tier is "gold"`},
		{"accounts.csv", "1200", "-1", "accounts.csv:2: annual_value_eur"},
		{"accounts.csv", "2026-12-01", "soon", "accounts.csv:2: renewal_on"},
		{"accounts.csv", ",IE\n", ",IE\na1,Other,free,0,,GB\n", "accounts.csv:3: id \"a1\" is empty or used before"},
		{"accounts.csv", ",IE\n", "\n", "accounts.csv: record on line 2"},
		{"customers.csv", "c1,a1", "c1,a2", `customers.csv:2: account_id "a2" is in no row of accounts.csv`},
		{"customers.csv", "lifts.example", "lifts.com", "customers.csv:2: email"},
		{"customers.csv", "false", "maybe", "customers.csv:2: vip"},
		{"customers.csv", "Europe/Dublin", "Dublin", "customers.csv:2: time_zone"},
		{"intents.yaml", "key: login", "key: bill", "intents.yaml: intents[1].key"},
		{"policy.yaml", "version: 1", "fields: {route: {mode: always}}", "policy.yaml: fields.route.mode"},
		{"tickets/1.jsonl", `"c1"`, `"c9"`, `tickets/1.jsonl:1: customer_id "c9"`},
		{"tickets/1.jsonl", `"web"`, `"fax"`, `tickets/1.jsonl:1: channel is "fax"`},
		{"tickets/1.jsonl", `"author":"customer"`, `"author":"agent"`, "tickets/1.jsonl:1: messages must begin with the customer's"},
		{"tickets/1.jsonl", `"B"`, `" "`, "tickets/1.jsonl:1: messages[0] is empty"},
		{"tickets/1.jsonl", `"subject"`, `"title"`, `tickets/1.jsonl:1: is not the expected JSON object: json: unknown field "title"`},
		{"tickets/1.jsonl", "]}", "]} {}", "tickets/1.jsonl:1: holds more than one JSON object"},
		{"tickets/1.jsonl", "]}\n", "]}\n\n", "tickets/1.jsonl:2: is not the expected JSON object"},
		{"labels/1.jsonl", `"t1"`, `"t2"`, `labels/1.jsonl:1: id "t2" is no ticket's`},
		{"labels/1.jsonl", `"bill"`, `"gift"`, `labels/1.jsonl:1: intent "gift"`},
		{"labels/1.jsonl", "[]", `["bill","login","bill"]`, "labels/1.jsonl:1: secondary_intents has more than two"},
		{"labels/1.jsonl", `"desk"`, `"shelf"`, `labels/1.jsonl:1: route "shelf"`},
		{"labels/1.jsonl", `"low"`, `"lowest"`, `labels/1.jsonl:1: urgency is "lowest"`},
		{"questions.jsonl", `"public"`, `"internal"`, `questions.jsonl:1: section.article "bill" is no internal article`},
		{"questions.jsonl", `"Dates"`, `"Prices"`, `questions.jsonl:1: section.heading "Prices" is not in bill.md`},
		{"questions.jsonl", `{"article":"bill","heading":"Dates"}`, "null", "questions.jsonl:1: section must be null if and only if"},
		{"questions.jsonl", "When?", "", "questions.jsonl:1: question is empty"},
	} {
		texts := small()
		changed := strings.Replace(texts[test.file], test.old, test.new, 1)
		if changed == texts[test.file] {
			t.Errorf("%s has no %q to replace: the test proves nothing", test.file, test.old)
		}
		texts[test.file] = changed
		if _, err := Read(files(texts)); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s with %q: error %v, want one with %q", test.file, test.new, err, test.want)
		}
	}
}

func TestReadNamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	for file := range maps.Keys(small()) {
		if file == "articles/internal/how.md" {
			continue // no question needs it
		}
		texts := small()
		delete(texts, file)
		name, _, _ := strings.Cut(file, "/1.")
		if file == "articles/public/bill.md" {
			name = "questions.jsonl:1"
		}
		if _, err := Read(files(texts)); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("without %s: error %v, want one that names %s", file, err, name)
		}
	}
}

// FuzzRead puts any text in the place of any file: reading must end with a company
// whose references resolve, or with an error.
func FuzzRead(f *testing.F) {
	for name, text := range small() {
		f.Add(name, text)
		f.Add(name, text+text)
		f.Add(name, strings.ToUpper(text))
	}
	f.Add("tickets/1.jsonl", "null\n")
	f.Add("labels/1.jsonl", "\x00{")
	f.Add("accounts.csv", "\"")
	f.Fuzz(func(t *testing.T, name, text string) {
		texts := small()
		if _, known := texts[name]; !known {
			return
		}
		texts[name] = text
		company, err := Read(files(texts))
		if err != nil {
			return
		}
		for _, ticket := range company.Tickets {
			if _, err := company.Events(ticket); err != nil {
				t.Errorf("a ticket that was read has no events: %v", err)
			}
			if input := company.Input(ticket); input.Account.Tier == "" || len(input.Messages) != 1 {
				t.Errorf("a ticket that was read has the input %+v, want a tier and one message", input)
			}
		}
	})
}
