package retrieval

import (
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
)

// BlastRadius is what an article's versions were used for. Drafts are made when they
// are asked for and not kept, and decisions come from tickets alone: both counts are of
// what is stored.
type BlastRadius struct {
	ArticleID      uuid.UUID     `json:"article_id"`
	Audience       desk.Audience `json:"audience"`
	SourceKey      string        `json:"source_key"`
	Title          string        `json:"title"`
	CurrentVersion int           `json:"current_version"`
	Version        int           `json:"version,omitempty"` // asked for; 0 is all
	Answers        int           `json:"answers"`
	Drafts         int           `json:"drafts"`
	Decisions      int           `json:"decisions"`
	First          *time.Time    `json:"first,omitempty"`
	Last           *time.Time    `json:"last,omitempty"`
	Versions       []VersionUse  `json:"versions"`
	Uses           []Use         `json:"uses"` // newest first
	Next           string        `json:"next,omitempty"`
}

// VersionUse counts the answers that cite a version.
type VersionUse struct {
	Version   int        `json:"version"`
	CreatedAt *time.Time `json:"created_at,omitempty"` // nil: the version is deleted
	Answers   int        `json:"answers"`
}

// Use is one thing that cites an article.
type Use struct {
	Kind       string     `json:"kind"` // answer
	ID         uuid.UUID  `json:"id"`
	CreatedAt  time.Time  `json:"created_at"`
	Outcome    string     `json:"outcome"`
	Confidence float64    `json:"confidence"`
	TicketID   *uuid.UUID `json:"ticket_id,omitempty"`
	Versions   []int      `json:"versions"`  // cited by it
	Sentences  int        `json:"sentences"` // that cite it
}

// BlastQuery asks for a page of a blast radius.
type BlastQuery struct {
	Article string // ID or source key
	Version int    // 0 is all
	Limit   int    // 1–1000
	Before  string // the Next of the page before
}

// ParseVersioned cuts ARTICLE@VERSION: the version is what follows the last @ if it is
// a number.
func ParseVersioned(text string) (article string, version int) {
	if at := strings.LastIndexByte(text, '@'); at > 0 {
		if number, err := strconv.Atoi(text[at+1:]); err == nil && number > 0 {
			return text[:at], number
		}
	}
	return text, 0
}
