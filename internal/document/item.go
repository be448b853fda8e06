package document

import "time"

// Item is one article of a file.
type Item struct {
	Key         string // within its file; "" if the file is one article
	Text        string // Markdown
	FrontMatter bool   // Text may begin with front matter
	Title       string
	Language    string
	ProductArea string
	Tier        string
	ErrorType   string
	Tags        []string
	Votes       int
	Updated     time.Time
	Audience    string // "public", "internal", or "" if the file doesn't say
	Why         string // why Audience is internal
	Notes       []Note // cut out of the text before it became Markdown
	Warnings    []string
	Problem     string // this part of the file is skipped, and why
}

// Note is what stood between internal markers.
type Note struct {
	Text       string
	Disclosure string // never, paraphrase, may_tell, or "" if the marker doesn't say
}
