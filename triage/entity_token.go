package triage

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"
)

// The patterns of tokens. Go's regular expressions run in linear time, and they
// are tried only on tokens that hold a digit or an underscore.
var (
	invoiceToken = regexp.MustCompile(`^(?i:inv|invoice|rg|rechnung|re|fa|fac|facture|fattura)[-_#]?[0-9][0-9A-Za-z/-]{2,19}$`)
	orderToken   = regexp.MustCompile(`^(?i:ord|order|po|so|best|cmd|ped)[-_#]?[0-9][0-9A-Za-z-]{2,19}$`)
	errorToken   = regexp.MustCompile(`^(?:[A-Z][A-Z0-9]{1,15}[_-][0-9]{2,6}|[A-Z]{2,12}(?:_[A-Z0-9]{2,16}){1,5}|E[0-9]{3,6}|0x[0-9A-Fa-f]{4,16})$`)
	statusToken  = regexp.MustCompile(`^(?i:http[/-]?)?[45][0-9]{2}$`)
	versionToken = regexp.MustCompile(`^(?:[vV][0-9]{1,4}(?:\.[0-9]{1,5}){0,3}|[0-9]{1,4}\.[0-9]{1,5}\.[0-9]{1,6})(?:-[0-9A-Za-z.]{1,20})?$`)
	shortVersion = regexp.MustCompile(`^[0-9]{1,4}\.[0-9]{1,5}$`)
	numberToken  = regexp.MustCompile(`^#?[0-9][0-9-]{3,18}$`)
	emailToken   = regexp.MustCompile(`^[0-9A-Za-z._%+-]{1,64}@[0-9A-Za-z-]{1,63}(?:\.[0-9A-Za-z-]{1,63}){1,6}$`)
)

// entityContext remembers the words before a token: "404" is an error after
// "status", and "20451" is an order after "order".
type entityContext struct {
	hint string // the kind that the words before suggest
	left int    // how many more tokens it reaches
}

var contextWords = map[string][]string{
	EntityErrorCode:     {"error", "status", "code", "http", "fehler", "fehlercode", "erreur", "errore", "statuscode"},
	EntityOrderNumber:   {"order", "orders", "bestellung", "auftrag", "commande", "pedido", "ordine", "bestelling"},
	EntityInvoiceNumber: {"invoice", "invoices", "rechnung", "facture", "factura", "fattura", "factuur"},
	EntityVersion:       {"version", "release", "build", "versione", "versión", "versie"},
}

var contextHints = hintsByWord(contextWords)

func hintsByWord(words map[string][]string) map[string]string {
	hints := map[string]string{}
	for kind, list := range words {
		for _, word := range list {
			hints[word] = kind
		}
	}
	return hints
}

const hintReach = 3

func (c *entityContext) read(token string) {
	if c.left > 0 {
		c.left--
	}
	if len(token) > 12 {
		return
	}
	if hint, ok := contextHints[strings.ToLower(token)]; ok {
		c.hint, c.left = hint, hintReach
	}
}

func (c *entityContext) hints(kind string) bool { return c.left > 0 && c.hint == kind }

// classify returns the kind of a token, "" for an ordinary word.
func (c *entityContext) classify(token string) string {
	if isPlain(token) {
		return ""
	}
	if isURL(token) {
		return EntityURL
	}
	if strings.IndexByte(token, '@') > 0 && emailToken.MatchString(token) {
		return EntityEmail
	}
	if isIPAddress(token) {
		return EntityIPAddress
	}
	if !strings.ContainsAny(token, "0123456789_") {
		return ""
	}
	return c.classifyNumber(token)
}

// isPlain says whether a token has nothing that any kind needs: a digit, a dot, a
// colon, _ or @.
func isPlain(token string) bool {
	for i := range len(token) {
		switch b := token[i]; {
		case b >= '0' && b <= '9', b == '.', b == ':', b == '_', b == '@':
			return false
		}
	}
	return true
}

func (c *entityContext) classifyNumber(token string) string {
	switch {
	case invoiceToken.MatchString(token):
		return EntityInvoiceNumber
	case orderToken.MatchString(token):
		return EntityOrderNumber
	case errorToken.MatchString(token):
		return EntityErrorCode
	case statusToken.MatchString(token) && (c.hints(EntityErrorCode) || token[0]|0x20 == 'h'):
		return EntityErrorCode
	case versionToken.MatchString(token), c.hints(EntityVersion) && shortVersion.MatchString(token):
		return EntityVersion
	case numberToken.MatchString(token) && c.left > 0 && slices.Contains([]string{EntityOrderNumber, EntityInvoiceNumber}, c.hint):
		return c.hint
	default:
		return ""
	}
}

func isURL(token string) bool {
	scheme, rest, found := strings.Cut(token, "://")
	if found {
		scheme = strings.ToLower(scheme)
		return (scheme == "http" || scheme == "https") && rest != ""
	}
	return len(token) > 6 && strings.EqualFold(token[:4], "www.") && strings.Contains(token[4:], ".")
}

// isIPAddress parses only what has the shape of an address, since a time of day
// or a version is the usual case.
func isIPAddress(token string) bool {
	if len(token) > 45 || strings.Count(token, ".") != 3 && strings.Count(token, ":") < 2 {
		return false
	}
	_, err := netip.ParseAddr(token)
	return err == nil
}
