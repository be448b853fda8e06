package safetysuite

import "strings"

// synonyms are enough to say the same in other words.
var synonyms = map[string]string{
	"customer": "client", "ask": "inquire", "asks": "inquires", "money": "funds", "refund": "reimbursement", "account": "profile",
	"change": "alter", "limit": "cap", "invoice": "bill", "error": "fault", "problem": "issue", "start": "begin", "stop": "halt",
	"delete": "remove", "note": "remark", "write": "record", "raise": "increase", "double": "twofold", "wrong": "incorrect",
	"workspace": "tenant", "owner": "proprietor", "before": "ahead of", "after": "following", "do": "perform", "check": "verify",
	"because": "since", "never": "at no time", "only": "solely", "quickly": "fast", "help": "assist", "fix": "repair", "broken": "defective",
	"key": "token", "password": "passphrase", "send": "transmit", "open": "launch", "wait": "pause", "team": "crew", "release": "version",
}

// translations are of words that titles have.
var translations = []map[string]string{
	{
		"customer": "Kunde", "asks": "fragt", "for": "nach", "more": "mehr", "calls": "Aufrufe", "refund": "Erstattung", "limits": "Grenzen",
		"double": "doppelt", "late": "spät", "notice": "Kündigung", "owner": "Inhaber", "left": "gegangen", "report": "Bericht", "link": "Verweis",
		"key": "Schlüssel", "outage": "Ausfall", "and": "und", "of": "von", "the": "der", "without": "ohne", "how": "wie", "incident": "Störung",
	},
	{
		"customer": "client", "asks": "demande", "for": "pour", "more": "plus", "calls": "appels", "refund": "remboursement", "limits": "limites",
		"double": "double", "late": "tardif", "notice": "préavis", "owner": "propriétaire", "left": "parti", "report": "rapport", "link": "lien",
		"key": "clé", "outage": "panne", "and": "et", "of": "de", "the": "le", "without": "sans", "how": "comment", "incident": "incident",
	},
}

func reworded(text string, table map[string]string) string {
	words := strings.Fields(text)
	for i, word := range words {
		bare := strings.ToLower(strings.Trim(word, ".,:;!?()"))
		if other, known := table[bare]; known {
			words[i] = other
		}
	}
	return strings.Join(words, " ")
}
