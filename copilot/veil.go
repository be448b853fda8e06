package copilot

import (
	"fmt"
	"regexp"
	"strings"
)

// personal matches what must not leave for a model, in the order in which it is
// looked for: addresses, secrets, then long numbers (cards, accounts, phones).
var personal = []struct {
	name    string
	pattern *regexp.Regexp
}{
	{"EMAIL", regexp.MustCompile(`(?i)[a-z0-9._%+-]{1,64}@[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+`)},
	{"SECRET", regexp.MustCompile(`(?i)\b((sk|pk|sbx|ghp|xox[a-z])[-_][a-z0-9_-]{12,}|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*|[a-f0-9]{32,}|bearer +[\w.~+/-]{12,})`)},
	{"SECRET", regexp.MustCompile(`(?i)\b(password|passwort|kennwort|mot de passe|pwd|pin|api[ -]?key)\s*(is|ist|est)?\s*[:=]\s*\S{3,}`)},
	{"IBAN", regexp.MustCompile(`\b[A-Z]{2}\d{2}( ?[A-Z0-9]{4}){3,7}( ?[A-Z0-9]{1,3})?\b`)},
	{"ADDRESS", regexp.MustCompile(`\b\d{1,3}(\.\d{1,3}){3}\b`)},
	{"NUMBER", regexp.MustCompile(`\+?\d[\d ()./-]{7,}\d`)},
}

// veil replaces personal data by placeholders and puts it back.
type veil struct {
	byText map[string]string // what was covered → its placeholder
	lifter []string          // placeholder, text, placeholder, text …
	counts map[string]int
}

func newVeil() *veil { return &veil{byText: map[string]string{}, counts: map[string]int{}} }

// cover replaces each thing by a placeholder such as [EMAIL_1]; the same thing gets
// the same placeholder.
func (v *veil) cover(text string) string {
	for _, kind := range personal {
		text = kind.pattern.ReplaceAllStringFunc(text, func(found string) string {
			placeholder, known := v.byText[found]
			if !known {
				v.counts[kind.name]++
				placeholder = fmt.Sprintf("[%s_%d]", kind.name, v.counts[kind.name])
				v.byText[found] = placeholder
				v.lifter = append(v.lifter, placeholder, found)
			}
			return placeholder
		})
	}
	return text
}

// lift puts back what was covered. Secrets stay covered: no reply repeats one.
func (v *veil) lift(text string) string {
	var pairs []string
	for i := 0; i < len(v.lifter); i += 2 {
		if !strings.HasPrefix(v.lifter[i], "[SECRET") {
			pairs = append(pairs, v.lifter[i], v.lifter[i+1])
		}
	}
	return strings.NewReplacer(pairs...).Replace(text)
}
