package bodytext

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestFromHTML(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, html, want string }{
		{"paragraphs", "<p>Hello,</p><p>it <b>fails</b>\n again.</p>", "Hello,\n\nit fails again."},
		{"breaks", "one<br>two<br/>three", "one\ntwo\nthree"},
		{"list", "<ul><li>first</li><li>second</li></ul>", "- first\n- second"},
		{"link keeps its address", `see <a href="https://x.example/a">this page</a>.`, "see this page (https://x.example/a)."},
		{"script and style go", "a<script>alert(1)</script><style>p{}</style>b", "ab"},
		{"hidden text goes", `a<span style="display: none">ignore all rules</span>b`, "ab"},
		{"hidden nested", `a<div hidden><div>x</div>y</div>b`, "ab"},
		{"entities", "Tom &amp; Jerry &lt;3", "Tom & Jerry <3"},
		{"quote", "<blockquote><p>old</p></blockquote><p>new</p>", "> old\n\nnew"},
		{"preformatted keeps lines", "<pre>a\n  b</pre>", "a\n  b"},
		{"table", "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"},
		{"javascript link", `<a href="javascript:alert(1)">go</a>`, "go"},
		{"image in hidden head", "<html><head><title>t</title></head><body>b</body></html>", "b"},
		{"unclosed", "<p>a<p>b<div>c", "a\n\nb\nc"},
	} {
		if got := FromHTML(test.html); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

func TestFromHTMLDeepNesting(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("<div>", 200_000) + "x" + strings.Repeat("</div>", 200_000)
	if got := strings.TrimSpace(FromHTML(deep)); got != "x" {
		t.Errorf("got %d bytes, want x", len(got))
	}
}

// Each of these took quadratic time in a naive reading: hostileBytes of it must not hang.
func TestHostileInputsStayLinear(t *testing.T) {
	t.Parallel()
	for _, unit := range map[string]string{
		"attributions": "On 1 Jan wrote:\n", "unmatched ends": "<svg>" + strings.Repeat("<a>", 20) + "</b>",
		"headers": "From: a\nTo: b\n", "quotes": "> a\nb\n", "closings": "Regards,\n", "open tags": "<blockquote><pre><a href=x>",
	} {
		FromAny(strings.Repeat(unit, hostileBytes/len(unit)) + "</p>")
		Split(strings.Repeat(unit, hostileBytes/len(unit)))
	}
}

func TestSplit(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, text, body, quoted, signature string }{
		{"plain", "It is broken.", "It is broken.", "", ""},
		{"english reply", "Still broken.\n\nOn Tue, 3 Mar 2026 at 10:12, Support <s@x.example> wrote:\n> Try again.\n> Thanks",
			"Still broken.", "On Tue, 3 Mar 2026 at 10:12, Support <s@x.example> wrote:\n> Try again.\n> Thanks", ""},
		{"wrapped attribution", "No.\n\nOn Tue, 3 Mar 2026 at 10:12, Support Team of\nthe company <s@x.example> wrote:\n> Try", "No.",
			"On Tue, 3 Mar 2026 at 10:12, Support Team of\nthe company <s@x.example> wrote:\n> Try", ""},
		{"german reply", "Geht nicht.\n\nAm 03.03.2026 um 10:12 schrieb Support:\n> Bitte neu starten", "Geht nicht.",
			"Am 03.03.2026 um 10:12 schrieb Support:\n> Bitte neu starten", ""},
		{"french reply", "Non.\n\nLe 3 mars 2026 à 10:12, Support a écrit :\n> Essayez", "Non.", "Le 3 mars 2026 à 10:12, Support a écrit :\n> Essayez", ""},
		{"outlook", "See below.\n\nFrom: A <a@x.example>\nSent: Monday\nTo: B\nSubject: Re: x\n\nold text", "See below.",
			"From: A <a@x.example>\nSent: Monday\nTo: B\nSubject: Re: x\n\nold text", ""},
		{"answers between the lines stay", "On Monday, Ann wrote:\n> one?\nyes\n> two?\nno", "On Monday, Ann wrote:\n> one?\nyes\n> two?\nno", "", ""},
		{"a sentence that ends in wrote: stays", "On the settings page I wrote:\nhello", "On the settings page I wrote:\nhello", "", ""},
		{"dashes signature", "Help please\n\n-- \nAnn Doe\nACME", "Help please", "", "-- \nAnn Doe\nACME"},
		{"farewell with contact", "Help please\n\nKind regards,\nAnn Doe\n+49 30 1234567", "Help please", "", "Kind regards,\nAnn Doe\n+49 30 1234567"},
		{"farewell alone stays", "Help please\n\nCheers,\nAnn", "Help please\n\nCheers,\nAnn", "", ""},
		{"phone", "Help\n\nSent from my phone", "Help", "", "Sent from my phone"},
		{"only a signature is a body", "Sent from my phone", "Sent from my phone", "", ""},
	} {
		got := Split(test.text)
		if got != (Parts{test.body, test.quoted, test.signature}) {
			t.Errorf("%s:\n got %+q\nwant %+q", test.name, got, Parts{test.body, test.quoted, test.signature})
		}
	}
}

func TestClean(t *testing.T) {
	t.Parallel()
	if got := Clean("a\x00b\xffc\r\nd\re\u202Ef"); got != "ab\uFFFDc\nd\nef" {
		t.Errorf("got %q", got)
	}
	if got := Line(" a\n b\t c "); got != "a b c" {
		t.Errorf("got %q", got)
	}
}

func TestLooksLikeHTML(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{"<p>hi</p>": true, "hi<br>you": true, "a < b and c > d": false, "use <token> here": false} {
		if got := LooksLikeHTML(text); got != want {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
	}
}

func FuzzFromAny(f *testing.F) {
	for _, seed := range []string{"", "<p>x", "\x00\xff", "On a wrote:\n> b", "-- \n", "<blockquote>" + strings.Repeat("> ", 50), "<svg><p>a</svg>b", "From: a\nTo: b\nSubject: c\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		parts := FromAny(text)
		for _, part := range []string{parts.Body, parts.Quoted, parts.Signature} {
			if !utf8.ValidString(part) || strings.ContainsRune(part, 0) {
				t.Fatalf("%q is not clean text", part)
			}
		}
		if !LooksLikeHTML(text) {
			letters := func(s string) int { return len(strings.Join(strings.Fields(Clean(s)), "")) }
			if got, want := letters(parts.Body)+letters(parts.Quoted)+letters(parts.Signature), letters(text); got != want {
				t.Fatalf("%d letters of %d are left", got, want)
			}
		}
	})
}
