package triage

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/signalbox/signalbox/desk"
)

func typicalTicket() Input {
	input := ticket("Gateway in house 7", "Hello, since yesterday evening the gateway in the attic of house 7 sends nothing "+
		"and its lamp shows GW_504. The caretaker has restarted it twice and has checked the cable and the fuse. All twelve "+
		"meters are silent, so we cannot see whether the leak on the second floor is really closed. Could you please have a "+
		"look at it today or send somebody?")
	input.Account = &desk.Account{Tier: "business"}
	input.Customer = &desk.Customer{Role: "member", Language: "en"}
	return input
}

// The promise is a median under 300 µs for a ticket of 60 words, all fields.
func BenchmarkDecide(b *testing.B) {
	engine := testEngine(b, DefaultPolicy())
	input := typicalTicket()
	b.ReportAllocs()
	for b.Loop() {
		decide(b, engine, input)
	}
}

// The lengths are those of signalbox bench triage.
func BenchmarkDecideWords(b *testing.B) {
	engine := testEngine(b, DefaultPolicy())
	words := strings.Fields(typicalTicket().Messages[0].Body)
	for _, count := range []int{15, 66, 200, 2_000} {
		input := ticket("Gateway", strings.Join(slices.Repeat(words, count/len(words)+1)[:count], " "))
		b.Run(strconv.Itoa(count), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				decide(b, engine, input)
			}
		})
	}
}

func BenchmarkDecideLong(b *testing.B) {
	engine := testEngine(b, DefaultPolicy())
	input := ticket("long", strings.Repeat("The gateway of house 7 is offline again and no meter sends data. ", 1_600))
	for b.Loop() {
		decide(b, engine, input)
	}
}
