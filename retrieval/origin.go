package retrieval

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
)

// OriginKind says where a source's files are.
type OriginKind string

// The kinds of origin. Single is what is uploaded or fetched one by one: nothing of it
// goes missing.
const (
	FolderOrigin OriginKind = "folder"
	URLsOrigin   OriginKind = "urls"
	SingleOrigin OriginKind = "single"
)

// Uploads are the single origins of both audiences; the migrations make them.
var Uploads = map[desk.Audience]uuid.UUID{
	desk.Public:   uuid.MustParse("00000000-0000-7000-8000-00000000000a"),
	desk.Internal: uuid.MustParse("00000000-0000-7000-8000-00000000000b"),
}

// Origin is a source that is kept and read again.
type Origin struct {
	ID         uuid.UUID       `json:"id"`
	Kind       OriginKind      `json:"kind"`
	Name       string          `json:"name"`
	Audience   desk.Audience   `json:"audience"`
	Locations  []string        `json:"locations"`
	Every      time.Duration   `json:"-"` // 0: only when asked
	EverySays  string          `json:"every,omitempty"`
	Articles   int             `json:"articles"`
	LastRun    *time.Time      `json:"last_run,omitempty"`
	LastState  RunState        `json:"last_state,omitempty"`
	LastReport json.RawMessage `json:"last_report,omitempty"`
}

// RunState is how a run has ended.
type RunState string

// The states of a run.
const (
	RunOpen    RunState = "open"
	RunDone    RunState = "done"
	RunPartial RunState = "partial" // some files were skipped
	RunFailed  RunState = "failed"
)

// Between two runs of an origin.
const (
	ShortestEvery = 5 * time.Minute
	LongestEvery  = 30 * 24 * time.Hour
)

// Validate names the first field that is wrong.
func (o Origin) Validate() error {
	switch {
	case o.Name == "" || len(o.Name) > 100:
		return fault.Field(fault.Invalid, "NAME", "is empty or too long", "use up to 100 characters")
	case o.Audience != desk.Public && o.Audience != desk.Internal:
		return fault.Field(fault.Invalid, "--audience", "is missing or unknown", "say public or internal")
	case o.Kind != FolderOrigin && o.Kind != URLsOrigin:
		return fault.Field(fault.Invalid, "--folder", "is missing", "name a folder, or addresses by --url or --url-list")
	case len(o.Locations) == 0 || len(o.Locations) > 10_000:
		return fault.Field(fault.Invalid, "--url-list", "holds no address or more than 10,000", "name 1 to 10,000")
	case o.Every != 0 && (o.Every < ShortestEvery || o.Every > LongestEvery):
		return fault.Field(fault.Invalid, "--every", "is out of range", "use 5m to 720h, or 0 to sync only when asked")
	}
	return nil
}

// Import is what was sent to be ingested, and how far it is.
type Import struct {
	ID         uuid.UUID       `json:"id"`
	Audience   desk.Audience   `json:"audience"`
	State      RunState        `json:"state"`
	Done       int             `json:"done"`
	Total      int             `json:"total"`
	Report     json.RawMessage `json:"report,omitempty"`
	CreatedAt  time.Time       `json:"created_at"`
	FinishedAt *time.Time      `json:"finished_at,omitempty"`
}

// ImportFile is a file or an address of an import.
type ImportFile struct {
	Name    string
	Address bool
	Content []byte // nil for an address
	Problem string // why there is no content
}

// NewImport is what a caller hands in.
type NewImport struct {
	Audience desk.Audience
	Files    []ImportFile
	Key      string // repeats an import without doing it twice; "" doesn't
}

// Limits of one import.
const (
	MaximumImportFiles = 1000
	MaximumImportURLs  = 1000
)

// Validate names the first field that is wrong.
func (n NewImport) Validate() error {
	urls := 0
	for _, file := range n.Files {
		if file.Address {
			urls++
		}
	}
	switch {
	case n.Audience != desk.Public && n.Audience != desk.Internal:
		return fault.Field(fault.Unprocessable, "audience", "is missing or unknown", "say public or internal")
	case len(n.Files) == 0:
		return fault.Field(fault.Unprocessable, "files", "are missing", "send files, or a JSON list of urls")
	case len(n.Files)-urls > MaximumImportFiles || urls > MaximumImportURLs:
		return fault.Field(fault.Unprocessable, "files", "are too many", "send up to 1,000, or a ZIP")
	}
	return nil
}

// shownProblems bounds the lists of a report that is kept.
const shownProblems = 1000

// Kept is the report as it is stored: counts, and lists up to a bound.
func (r Report) Kept() KeptReport {
	return KeptReport{
		Created: len(r.Created), Updated: len(r.Updated), Unchanged: r.Unchanged, Archived: len(r.Archived), Chunks: r.Chunks, Ignored: r.Ignored,
		Seconds: r.Seconds, Skipped: r.Skipped[:min(len(r.Skipped), shownProblems)], Warnings: r.Warnings[:min(len(r.Warnings), shownProblems)],
		SkippedCount: len(r.Skipped), Files: r.Files[:min(len(r.Files), shownProblems)],
	}
}

// KeptReport is what stays of a report.
type KeptReport struct {
	Created      int          `json:"created"`
	Updated      int          `json:"updated"`
	Unchanged    int          `json:"unchanged"`
	Archived     int          `json:"archived"`
	Chunks       int          `json:"chunks"`
	Ignored      int          `json:"ignored"`
	Seconds      float64      `json:"seconds"`
	SkippedCount int          `json:"skipped_count"`
	Skipped      []Problem    `json:"skipped"`
	Warnings     []Problem    `json:"warnings"`
	Files        []FileReport `json:"files"`
	Error        string       `json:"error,omitempty"` // why the run as a whole failed
}

// StateOf is how a run has ended, by its report.
func (r KeptReport) StateOf() RunState {
	switch {
	case r.Error != "":
		return RunFailed
	case r.SkippedCount > 0:
		return RunPartial
	}
	return RunDone
}
