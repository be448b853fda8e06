package bodytext

import (
	"regexp"
	"strings"
)

// Parts is a message cut in three. Joined they hold all of its text.
type Parts struct {
	Body      string // what the author wrote now
	Quoted    string // earlier messages that their mail program repeated
	Signature string // the block below "-- " or a closing with contact details
}

// attribution matches the line with which mail programs introduce a quotation,
// in the languages that helpdesks see most.
var attribution = regexp.MustCompile(`(?i)^\W{0,4}(` +
	`on .{4,200} wrote ?:` + // English
	`|am .{4,200} schrieb.{0,120}:` + // German
	`|le .{4,200} a écrit ?:` + // French
	`|el .{4,200} escribió ?:` + // Spanish
	`|il .{4,200} ha scritto ?:` + // Italian
	`|op .{4,200} schreef.{0,120}:` + // Dutch
	`|em .{4,200} escreveu ?:` + // Portuguese
	`)\s*$`)

// divider matches the lines above a forwarded or replied-to message.
var divider = regexp.MustCompile(`(?i)^\s*[-_=]{2,}\s*(original message|forwarded message|ursprüngliche nachricht|weitergeleitete nachricht|` +
	`message d'origine|message transféré|mensaje original|messaggio originale|mensagem original|oorspronkelijk bericht|` +
	`please (type your )?reply above( this)? line)\s*[-_=]*\s*$|^##- .{3,120} -##$`)

// mailHeader matches the header lines that Outlook puts above a quotation.
var (
	headerFrom = regexp.MustCompile(`(?i)^\s*\*?(from|von|de|da|van)\s*:\*?\s+\S`)
	headerNext = regexp.MustCompile(`(?i)^\s*\*?(sent|date|to|subject|gesendet|datum|an|betreff|envoyé|à|objet|cc|enviado|para|asunto|inviato|oggetto|verzonden|onderwerp)\s*:`)
)

// sentFrom matches the line that phones append.
var sentFrom = regexp.MustCompile(`(?i)^\s*(sent from my |sent via |von meinem .{2,40} gesendet|gesendet von meine?m |envoyé de(puis)? mon |enviado desde mi |get outlook for )`)

// closing matches a farewell; contact tells apart a signature from a last word.
var (
	closing = regexp.MustCompile(`(?i)^\s*((kind|best|warm|many)?\s*regards|best( wishes)?|cheers|sincerely|yours( sincerely| faithfully)?|` +
		`mit freundlichen grüßen|mit freundlichen gruessen|viele grüße|freundliche grüße|beste grüße|liebe grüße|mfg|lg|` +
		`cordialement|bien cordialement|bien à vous|meilleures salutations|saludos|un saludo|cordiali saluti|met vriendelijke groet)\s*[,.!]?\s*$`)
	contact = regexp.MustCompile(`(?i)@[\w-]+\.\w|https?://|www\.|\+?\d[\d ()/.-]{6,}\d|\b(gmbh|inc|ltd|llc|s\.?a\.?r?\.?l?|ag|bv)\b|(tel|phone|mobile|mobil|fax)\b`)
)

// maxSignatureLines bounds how long a signature can be: a longer tail is text.
const maxSignatureLines = 12

// Split cuts a plain-text message into its parts. Where the author wrote between
// or below quoted lines, those lines stay in the body with what surrounds them.
func Split(text string) Parts {
	lines := strings.Split(Clean(text), "\n")
	body, quoted := cutQuoted(lines)
	body, signature := cutSignature(body)
	parts := Parts{join(body), join(quoted), join(signature)}
	if parts.Body == "" && parts.Signature != "" {
		parts.Body, parts.Signature = parts.Signature, "" // a farewell is all there is
	}
	return parts
}

// cutQuoted finds where the trailing quotation begins.
func cutQuoted(lines []string) (body, quoted []string) {
	below := readBelow(lines)
	for i, line := range lines {
		if len(line) > 400 {
			continue
		}
		if divider.MatchString(line) || isHeaderBlock(lines, i) ||
			isAttribution(lines, i) && !below[i+1].answered && (below[i+1].marked || strings.ContainsAny(line, "0123456789@")) {
			return lines[:i], lines[i:]
		}
	}
	end := len(lines)
	for end > 0 && (strings.HasPrefix(strings.TrimSpace(lines[end-1]), ">") || strings.TrimSpace(lines[end-1]) == "") {
		end--
	}
	if join(lines[end:]) == "" {
		return lines, nil
	}
	return lines[:end], lines[end:]
}

// isAttribution also reads an attribution that the mail program wrapped.
func isAttribution(lines []string, i int) bool {
	if attribution.MatchString(lines[i]) {
		return true
	}
	if i+1 >= len(lines) || len(lines[i+1]) > 200 {
		return false
	}
	return strings.TrimSpace(lines[i]) != "" && attribution.MatchString(lines[i]+" "+strings.TrimSpace(lines[i+1]))
}

func isHeaderBlock(lines []string, i int) bool {
	if !headerFrom.MatchString(lines[i]) {
		return false
	}
	found := 0
	for _, line := range lines[i+1 : min(i+6, len(lines))] {
		if headerNext.MatchString(line) {
			found++
		}
	}
	return found >= 2
}

// tail says of the lines from some line on whether any is marked with ">", and
// whether new text follows a marked one: an answer between quoted lines keeps
// them in the body.
type tail struct{ marked, answered bool }

// readBelow returns the tail from each line on, in one pass from the end.
func readBelow(lines []string) []tail {
	tails := make([]tail, len(lines)+1)
	written := false
	for i := len(lines) - 1; i >= 0; i-- {
		tails[i] = tails[i+1]
		switch trimmed := strings.TrimSpace(lines[i]); {
		case strings.HasPrefix(trimmed, ">"):
			tails[i].marked = true
			tails[i].answered = tails[i].answered || written
		case trimmed != "":
			written = true
		}
	}
	return tails
}

// cutSignature finds the signature at the end of what is left.
func cutSignature(lines []string) (body, signature []string) {
	from := max(0, len(lines)-maxSignatureLines-8)
	for i := from; i < len(lines); i++ {
		line := lines[i]
		rest := nonBlank(lines[i:])
		switch {
		case (line == "-- " || line == "--" || line == "—") && rest <= maxSignatureLines+1,
			len(line) < 120 && sentFrom.MatchString(line) && rest <= 3,
			len(line) < 80 && closing.MatchString(line) && rest > 2 && rest <= maxSignatureLines && hasContact(lines[i+1:]):
			return lines[:i], lines[i:]
		}
	}
	return lines, nil
}

func hasContact(lines []string) bool {
	for _, line := range lines {
		if len(line) > 160 {
			return false
		}
		if contact.MatchString(line) {
			return true
		}
	}
	return false
}

func nonBlank(lines []string) int {
	count := 0
	for _, line := range lines {
		if strings.TrimSpace(line) != "" {
			count++
		}
	}
	return count
}

func join(lines []string) string {
	return strings.Trim(strings.Join(lines, "\n"), "\n \t")
}

// FromAny turns an HTML or plain-text message into parts.
func FromAny(text string) Parts {
	if LooksLikeHTML(text) {
		return Split(FromHTML(text))
	}
	return Split(text)
}
