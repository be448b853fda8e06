package retrieval

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/signalbox/signalbox/desk"
)

// take reserves a key for this run. It reports false if another article has it.
func (r *run) take(key, name string) bool {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if _, taken := r.present[key]; taken {
		return false
	}
	r.present[key] = name
	return true
}

// foreign reports an article that another source keeps.
func (r *run) foreign(known Indexed) bool {
	return known.Source != nil && !known.Archived && !sameSource(known.Source, r.options.Source)
}

// keyOf is a file's source key: Markdown files are called without their ending.
func keyOf(file string) string { return strings.TrimSuffix(file, ".md") }

func (r *run) noteKeyOf(key string, number int) string {
	if r.audience == desk.Internal { // a public article of the same key has notes of its own
		return fmt.Sprintf("%s#aside-%d", key, number)
	}
	return fmt.Sprintf("%s#internal-%d", key, number)
}

var noteKey = regexp.MustCompile(`#(internal|aside)-\d+$`)

// isNoteKey reports the key of a note that was cut out of another article.
func isNoteKey(key string) bool { return noteKey.MatchString(key) }

func validKey(key string) error {
	if len(key) > maximumFieldBytes || strings.ToValidUTF8(key, "") != key || strings.ContainsAny(key, "\x00\n\r") {
		return errors.New("has a name that is too long or is not text")
	}
	if isNoteKey(key) {
		return errors.New("has a name that is kept for internal notes: rename it")
	}
	return nil
}
