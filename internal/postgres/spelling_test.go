package postgres

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/retrieval"
)

func TestMisspeltWordsAreFound(t *testing.T) {
	t.Parallel()
	b := newBase(t, open(t))
	b.ingest(t, desk.Public, merged(publicFiles, map[string]string{
		"codes": "# Error codes\n\n## ERR_42-7\n\nThe spool is full.\n\n## ERR_42-8\n\nThe spool is empty.\n",
		"limit": "# Limits\n\nRaise max_connections in v2.3.1 of the gateway.\n",
	}))
	b.ingest(t, desk.Internal, internalFiles)
	for question, want := range map[string]string{
		"conector erors": "sync", "acounting sync conectors": "sync", "Rechnugsadresse": "de-adresse", "rechnungsadrese aendern": "de-adresse",
		"outbxo": "outbox", "refnuded yealry": "refunds", "ERR_42-7": "codes#err_42-7", "42-8": "codes#err_42-8", "max_connections": "limit",
		"max_conections": "limit", "v2.3.1": "limit", "gatewya 2.3.1": "limit",
	} {
		got := found(t, b.customers, question, retrieval.Filter{})
		if len(got) == 0 || !strings.HasPrefix(got[0], "public/"+want) {
			t.Errorf("%q finds %v, want public/%s first", question, got, want)
		}
	}
	passages, err := b.agents.Search(t.Context(), "conectors SYNC_409", 3, retrieval.Filter{})
	must(t, err)
	if why := passages[0].Why; why.Corrections["conectors"] == "" || len(why.Words) == 0 || why.FoundBy == "" || why.Boosts == nil {
		t.Errorf("why %+v, want the correction, words, leg and boosts", why)
	}
}

// TestInternalWordsCorrectNobodysPublicQuestion holds also while an article moves.
func TestInternalWordsCorrectNobodysPublicQuestion(t *testing.T) {
	t.Parallel()
	b := newBase(t, open(t))
	b.ingest(t, desk.Public, publicFiles)
	b.ingest(t, desk.Internal, merged(internalFiles, map[string]string{"secret": "# Wolverine\n\nThe wolverine project is late.\n"}))
	corrected := func() string {
		query := retrieval.QueryWord{Text: "wolvernie", Lexemes: []int32{retrieval.Lexeme("wolverni")}}
		near, err := b.search.Spellings(t.Context(), []retrieval.QueryWord{query}, retrieval.Filter{})
		must(t, err)
		for _, each := range near {
			if each.Term == "wolverine" {
				return each.Term
			}
		}
		return ""
	}
	if got := corrected(); got != "" {
		t.Errorf("a customer's word is corrected by the internal %q", got)
	}
	admin := desk.Actor{Kind: desk.AdminActor, ID: uuid.Must(uuid.NewV7())}
	id := b.id(t, desk.Internal, "secret")
	must(t, b.Move(t.Context(), admin, id, desk.Internal, desk.Public))
	if corrected() == "" {
		t.Error("after the move to the public its word corrects nothing")
	}
	if got := suggested(t, b.customers, "wolv"); got != "Wolverine" {
		t.Errorf("after the move customers are suggested %q", got)
	}
	must(t, b.Move(t.Context(), admin, id, desk.Public, desk.Internal))
	if got := corrected(); got != "" {
		t.Errorf("after moving back the word still corrects: %q", got)
	}
	if got := suggested(t, b.customers, "wolv"); got != "" {
		t.Errorf("after moving back customers are suggested %q", got)
	}
}

// suggested joins the suggestions for a prefix.
func suggested(t *testing.T, searcher *retrieval.Searcher, prefix string) string {
	t.Helper()
	list, err := searcher.Suggest(t.Context(), prefix, 10, retrieval.Filter{})
	must(t, err)
	var texts []string
	for _, each := range list {
		text := each.Title
		if each.Heading != "" {
			text += ">" + each.Heading
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, " | ")
}

func TestSuggestions(t *testing.T) {
	t.Parallel()
	b := newBase(t, open(t))
	b.ingest(t, desk.Public, merged(publicFiles, map[string]string{
		"popular": "---\nvotes: 40\nupdated: 2026-01-01\n---\n# Connect a calendar\n\nDo it.\n",
	}))
	b.ingest(t, desk.Internal, internalFiles)
	for prefix, want := range map[string]string{
		"": "", "c": "", "co": "Connect a calendar | Connector errors", "conn": "Connect a calendar | Connector errors", "err": "Connector errors",
		"Sync 4": "Connector errors>SYNC_409 | Connector errors>SYNC_422", "sync_409": "Connector errors>SYNC_409", "àndern": "Rechnungsadresse ändern",
		"adresse": "", "does not": "Outbox does not empty", "refund li": "", "a cal": "Connect a calendar", "%": "", "zz'": "",
	} {
		if got := suggested(t, b.customers, prefix); got != want {
			t.Errorf("%q suggests customers %q, want %q", prefix, got, want)
		}
	}
	if got := suggested(t, b.agents, "refund"); !strings.Contains(got, "Refund limits") || !strings.Contains(got, "Refunds") {
		t.Errorf("agents are suggested %q, want both halves", got)
	}
	if got := suggested(t, b.agents, "sentinel"); got != "" {
		t.Errorf("agents are suggested the sentinel: %q", got)
	}
	b.ingest(t, desk.Public, map[string]string{"other": "# Something else\n\nText.\n"})
	if got := suggested(t, b.customers, "conn"); got != "" {
		t.Errorf("archived articles are suggested: %q", got)
	}
}

func TestAgentsSearchNarrowsByAge(t *testing.T) {
	t.Parallel()
	b := newBase(t, open(t))
	b.ingest(t, desk.Public, map[string]string{
		"old": "---\nupdated: 2020-01-01\ntags: [a, b]\n---\n# Refunds of old\n\nText.\n", "new": "---\nupdated: 2026-01-01\ntags: [a]\n---\n# Refunds anew\n\nText.\n",
	})
	article, err := b.Article(t.Context(), b.id(t, desk.Public, "new"), 0)
	must(t, err)
	got := found(t, b.agents, "refunds", retrieval.Filter{UpdatedAfter: article.UpdatedAt.AddDate(0, 0, -1)})
	if len(got) != 1 || !strings.HasPrefix(got[0], "public/new") {
		t.Errorf("found %v, want the new article alone", got)
	}
	if got := found(t, b.agents, "refunds", retrieval.Filter{Tags: []string{"a", "b"}}); len(got) != 1 || !strings.HasPrefix(got[0], "public/old") {
		t.Errorf("found %v, want the article with both tags", got)
	}
}
