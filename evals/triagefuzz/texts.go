package triagefuzz

import (
	"strings"
	"unicode/utf8"

	"github.com/signalbox/signalbox/internal/bodytext"
)

// spices are pieces that some part of triage looks for, and ones that parsers of
// text have stumbled over.
var spices = []string{
	"URGENT!!!", "production is down", "alles steht still", "tout est en panne", "our lawyer", "I will sue you", "kill the process", "thanks", "merci", "danke",
	"ERR_42", "v2.3.1", "2026-03-01T12:00:00", "https://example.com/?a=%00", "order 123-4567", "Exception: x", "\n\tat a.b(C.java:1)", "\nFile \"x.py\", line 3",
	"goroutine 1 [running]:", "> quoted", "-- \n", "Re: Re: Fwd:", "\u0000", "\u202e", "\ufeff", "\u200d", "e\u0301\u0301\u0301", "👩‍👩‍👧‍👦", "ﷺ", "İ", "ẞ", "ǅ",
	"支払いができません", "登录失败", "เข้าสู่ระบบไม่ได้", "не работает", "لا يعمل", "δεν λειτουργεί", "\xff\xfe", "\xc3", "\xed\xa0\x80", "</script>", "<b>", "&amp;&#x0;", "';--", "%s%n", "{{ticket.id}}",
}

// text makes a text of about this many characters, and seldom a very long one.
func (g *Generator) text(s source, length int) string {
	if s.IntN(1_000) < 2 {
		length = 100_000
	}
	switch s.IntN(6) {
	case 0:
		return randomBytes(s, s.IntN(length+1))
	case 1:
		return randomRunes(s, s.IntN(length/4+1))
	case 2:
		return mutated(s, pick(s, g.tickets).Messages[0].Body)
	case 3:
		return bodytext.FromAny(nested(s, pick(s, g.tickets).Messages[0].Body, length)).Body
	case 4:
		return strings.Repeat(pick(s, g.words), 1+s.IntN(length/8+1))
	default:
		return g.mixed(s, length/10)
	}
}

// mixed is sample words with spices between them.
func (g *Generator) mixed(s source, words int) string {
	var text strings.Builder
	from := strings.Fields(pick(s, g.tickets).Messages[0].Body)
	for range s.IntN(words + 1) {
		if s.chance(20) {
			text.WriteString(pick(s, g.words))
		} else if len(from) > 0 {
			text.WriteString(pick(s, from))
		}
		text.WriteString(pick(s, []string{" ", " ", " ", "\n", "", ". ", "\t"}))
	}
	return text.String()
}

func randomBytes(s source, length int) string {
	raw := make([]byte, length)
	for i := range raw {
		raw[i] = byte(s.Uint32())
	}
	return string(raw)
}

// randomRunes draws from one or all of the scripts.
func randomRunes(s source, length int) string {
	ranges := []struct{ from, to rune }{{0, 0x7f}, {0, 0x24f}, {0x300, 0x6ff}, {0xe00, 0xe7f}, {0x3040, 0x30ff}, {0x4e00, 0x9fff}, {0x1f300, 0x1faff}, {0, utf8.MaxRune}}
	chosen := pick(s, ranges)
	runes := make([]rune, length)
	for i := range runes {
		runes[i] = chosen.from + rune(s.IntN(int(chosen.to-chosen.from+1)))
	}
	return string(runes)
}

// mutated changes a few places of a text.
func mutated(s source, text string) string {
	raw := []byte(text)
	for range 1 + s.IntN(8) {
		at := s.IntN(len(raw) + 1)
		switch s.IntN(5) {
		case 0:
			raw = append(raw[:at:at], append([]byte(pick(s, spices)), raw[at:]...)...)
		case 1:
			raw = raw[:at]
		case 2:
			raw = append(raw[:at:at], raw[min(len(raw), at+s.IntN(20)):]...)
		case 3:
			if at < len(raw) {
				raw[at] = byte(s.Uint32())
			}
		default:
			raw = append(raw[:at:at], append(raw[at/2:at:at], raw[at:]...)...)
		}
	}
	return string(raw)
}

// nested is HTML whose elements are closed in another order, or never.
func nested(s source, text string, depth int) string {
	tags := []string{"div", "p", "table", "td", "b", "blockquote", "script", "style", "a href='x'", "!--", "p", "div"}
	var html strings.Builder
	for range s.IntN(min(depth, 2_000) + 1) {
		html.WriteString("<" + pick(s, tags) + ">")
		if s.chance(10) {
			html.WriteString("</" + pick(s, tags) + ">")
		}
	}
	html.WriteString("<p>" + text + "</p>")
	return html.String()
}
