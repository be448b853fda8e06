package shadow_test

import (
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/signalbox/signalbox/evals/dataset"
	"github.com/signalbox/signalbox/evals/history"
)

// topics are what the invented customers write about. The last is rare, so that it has
// too few labels for any promise.
var topics = []struct {
	name, team string
	share      int
	words      string
}{
	{"Refund request", "Finance", 20, "refund money back returned parcel credited purchase reimburse paid card cancelled order"},
	{"Invoice copy", "Finance", 16, "invoice copy receipt vat accounting pdf statement month bookkeeping number order paid"},
	{"Cannot sign in", "Access", 20, "password login locked code reset account sign authenticator expired link username email"},
	{"App crashes", "Mobile", 16, "app crash freezes phone tablet update screen opens black restart version closes"},
	{"Slow sync", "Mobile", 12, "sync slow waiting upload hours photos stuck progress spinning devices cloud percent"},
	{"Change of address", "Frontline", 14, "address moved street house delivery postcode flat new home register profile city"},
	{"Press enquiry", "Frontline", 2, "journalist article newspaper interview magazine quote publish deadline editor story comment spokesperson"},
}

const fillers = "hello please since yesterday again still could you help me with this it really would be great thanks and our team needs it soon because we tried twice already today but nothing"

const inventedRows = 2000

// inventedTickets draws tickets as a helpdesk's export: some belong to an earlier thread,
// some repeat an earlier text but for a number, some are labelled as their neighbour is.
func inventedTickets() [][]string {
	random := rand.New(rand.NewPCG(7, 7))
	start := time.Date(2026, 2, 2, 8, 0, 0, 0, time.UTC)
	table := [][]string{{"id", "created_at", "thread", "subject", "description", "category", "team", "initial_team", "via", "transfers", "routed_at"}}
	for i := range inventedRows {
		topic := drawTopic(random)
		thread, body := "t"+strconv.Itoa(i), drawText(random, topics[topic].words)
		switch earlier := table[max(len(table)-1-random.IntN(40), 1):]; {
		case i > 100 && random.IntN(25) == 0: // a further message of a thread
			thread, topic = earlier[0][2], topicOf(earlier[0][5])
		case i > 100 && random.IntN(25) == 0: // the same text with another number
			body, topic = strings.TrimRight(earlier[0][4], "0123456789")+strconv.Itoa(10_000+i), topicOf(earlier[0][5])
		}
		labelled, transfers := topic, 0
		if random.IntN(150) == 0 {
			labelled = (topic + 1) % len(topics)
		}
		initial, received := topics[labelled].team, start.Add(time.Duration(i)*47*time.Minute)
		if random.IntN(6) == 0 {
			initial, transfers = "Frontline", 1+random.IntN(2)
		}
		table = append(table, []string{
			strconv.Itoa(5000 + i), received.Format(time.RFC3339), thread, "", body, topics[labelled].name, topics[labelled].team, initial,
			[]string{"email", "web", "chat"}[random.IntN(3)], strconv.Itoa(transfers), received.Add(time.Duration(5+transfers*200+random.IntN(30)) * time.Minute).Format(time.RFC3339),
		})
	}
	return table
}

func drawTopic(random *rand.Rand) int {
	at := random.IntN(100)
	for i, topic := range topics {
		if at -= topic.share; at < 0 {
			return i
		}
	}
	return 0
}

func topicOf(name string) int {
	for i, topic := range topics {
		if topic.name == name {
			return i
		}
	}
	return 0
}

// drawText mixes a topic's words with those that everybody uses, and now and then with
// another topic's, so that some texts are hard.
func drawText(random *rand.Rand, of string) string {
	own, everyones := strings.Fields(of), strings.Fields(fillers)
	other := strings.Fields(topics[random.IntN(len(topics))].words)
	mixed := random.IntN(12) == 0
	var words []string
	for range 9 + random.IntN(8) {
		switch at := random.IntN(10); {
		case mixed && at < 3:
			words = append(words, other[random.IntN(len(other))])
		case at < 7:
			words = append(words, own[random.IntN(len(own))])
		default:
			words = append(words, everyones[random.IntN(len(everyones))])
		}
	}
	return strings.Join(words, " ") + " case " + strconv.Itoa(1000+random.IntN(9000))
}

// readTable writes a table as CSV and reads it as a history.
func readTable(t testing.TB, table [][]string) *history.History {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tickets.csv")
	file, err := os.Create(filepath.Clean(path))
	if err != nil {
		t.Fatal(err)
	}
	writer := csv.NewWriter(file)
	if err := writer.WriteAll(table); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	h, err := history.Read(t.Context(), dataset.Source{Flag: "--history", Path: path}, nil)
	if err != nil {
		t.Fatal(fmt.Errorf("read the invented history: %w", err))
	}
	return h
}
