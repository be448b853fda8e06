package document

import (
	"errors"
	"regexp"
	"strings"
)

// What can be wrong with internal markers. Each refuses the article: nothing may be
// published because of a slip in a marker.
var (
	errUnclosed   = errors.New("an internal marker is not closed: end the note with ::: or <!-- /internal -->")
	errUnopened   = errors.New("an internal marker is closed but was not opened")
	errDisclosure = errors.New("an internal marker says something else than never, paraphrase or may_tell")
	errNested     = errors.New("an internal marker stands within an internal note")
	errSlip       = errors.New("something looks like an internal marker and is none: write <!-- internal --> or ::: internal on a line of its own")
)

// Editors escape what looks like markup, so a marker is known in those forms too.
var (
	marker        = regexp.MustCompile(`(?i)(?:\\?<|&lt;)(?:!|\\!)(?:\\?-){2}\s*(/|end\s)?\s*internal(?:[^a-z]|$)`)
	markerEnd     = regexp.MustCompile(`(?:\\?-){2}(?:\\?>|&gt;)`)
	containerOpen = regexp.MustCompile(`(?i)^[\s>]*(?:\\?:){3,}\s*[\[{]*\s*\.?internal([^a-z].*|)$`)
	containerLine = regexp.MustCompile(`^[\s>]*(?:(?:[-*+]|\d+[.)])\s+)?(?:\\?:){3,}\s*(\S?)`)

	// What a marker becomes by a slip, an editor or a list around it. Whatever is like
	// this after all notes are cut out refuses the article.
	slippedComment   = regexp.MustCompile(`(?i)(?:<|&lt;|‹|＜)\\?!?[-–—\\\s\p{Z}\p{Cf}]*(?:/|end)?[\s\p{Z}\p{Cf}]*internal\b[^<>]{0,40}(?:[-–—]\\?(?:>|&gt;|›|＞))`)
	slippedContainer = regexp.MustCompile(`(?i)(?:\\?:){3,}[^\p{L}\n]*(?:note[^\p{L}\n]+)?internal\b`)
)

// HoldsMarker reports an internal marker of any form, closed or not.
func HoldsMarker(text string) bool {
	if marker.MatchString(text) {
		return true
	}
	for line := range strings.Lines(text) {
		if containerOpen.MatchString(strings.TrimRight(line, "\r\n")) {
			return true
		}
	}
	return false
}

// CutNotes takes the internal notes out of a text. A note is marked by comments,
//
//	<!-- internal: never -->
//	What only agents may know.
//	<!-- /internal -->
//
// or by a container, `::: internal never` to `:::`. Code is no exception: what looks
// like a marker is one.
func CutNotes(text string) (rest string, notes []Note, err error) {
	rest, notes, err = cutComments(text)
	if err != nil {
		return "", nil, err
	}
	rest, more, err := cutContainers(rest)
	if err != nil {
		return "", nil, err
	}
	for _, note := range notes {
		if HoldsMarker(note.Text) {
			return "", nil, errNested
		}
	}
	if HoldsMarker(rest) { // cutting has joined what was apart
		return "", nil, errUnclosed
	}
	if slippedComment.MatchString(rest) || slippedContainer.MatchString(rest) {
		return "", nil, errSlip
	}
	return rest, append(notes, more...), nil
}

// cutComments takes out what stands between comments.
func cutComments(text string) (rest string, notes []Note, err error) {
	var kept strings.Builder
	for {
		start, after, closes, attributes, found, err := nextMarker(text)
		if err != nil {
			return "", nil, err
		}
		if !found {
			kept.WriteString(text)
			return kept.String(), notes, nil
		}
		if closes {
			return "", nil, errUnopened
		}
		disclosure, err := disclosureOf(attributes)
		if err != nil {
			return "", nil, err
		}
		kept.WriteString(text[:start])
		text = text[after:]
		start, after, closes, attributes, found, err = nextMarker(text)
		switch {
		case err != nil:
			return "", nil, err
		case !found:
			return "", nil, errUnclosed
		case !closes:
			return "", nil, errNested
		case strings.Trim(attributes, " \t\r\n-") != "":
			return "", nil, errDisclosure
		}
		notes = appendNote(notes, text[:start], disclosure)
		text = text[after:]
	}
}

// nextMarker finds a comment that is a marker: the bytes [start, after).
func nextMarker(text string) (start, after int, closes bool, attributes string, found bool, err error) {
	at := marker.FindStringSubmatchIndex(text)
	if at == nil {
		return 0, 0, false, "", false, nil
	}
	word := strings.Index(strings.ToLower(text[at[0]:at[1]]), "internal")
	from := at[0] + word + len("internal")
	end := markerEnd.FindStringIndex(text[from:])
	if end == nil {
		return 0, 0, false, "", false, errUnclosed
	}
	return at[0], from + end[1], at[2] >= 0, text[from : from+end[0]], true, nil
}

// cutContainers takes out `::: internal` to the `:::` that closes it; containers
// within it are part of it. In a text with such a note a `:::` that closes nothing is
// refused: the note may have ended early.
func cutContainers(text string) (rest string, notes []Note, err error) {
	var kept, note strings.Builder
	depth, outer, disclosure := 0, 0, ""
	internal, stray := false, false
	for line := range strings.Lines(text) {
		bare := strings.TrimRight(line, "\r\n")
		open := containerOpen.FindStringSubmatch(bare)
		switch other := containerLine.FindStringSubmatch(bare); {
		case open != nil && depth > 0:
			return "", nil, errNested
		case open != nil:
			if disclosure, err = disclosureOf(open[1]); err != nil {
				return "", nil, err
			}
			depth, internal = 1, true
		case depth == 0:
			if other != nil && other[1] != "" {
				outer++
			} else if other != nil {
				stray = stray || outer == 0
				outer = max(outer-1, 0)
			}
			kept.WriteString(line)
		case other != nil && other[1] != "":
			depth++
			note.WriteString(line)
		case other != nil:
			if depth--; depth == 0 {
				notes = appendNote(notes, note.String(), disclosure)
				note.Reset()
				continue
			}
			note.WriteString(line)
		default:
			note.WriteString(line)
		}
	}
	if depth > 0 {
		return "", nil, errUnclosed
	}
	if internal && stray {
		return "", nil, errUnopened
	}
	return kept.String(), notes, nil
}

func appendNote(notes []Note, text, disclosure string) []Note {
	if strings.TrimSpace(text) == "" {
		return notes
	}
	return append(notes, Note{Text: text, Disclosure: disclosure})
}

// disclosureOf reads what stands behind the word internal in a marker.
func disclosureOf(attributes string) (string, error) {
	said := strings.Trim(strings.ToLower(attributes), " \t\r\n:={}[]\"'")
	if after, found := strings.CutPrefix(said, "disclosure"); found {
		said = strings.Trim(after, " \t:=\"'")
	}
	switch said = strings.NewReplacer("-", "_", " ", "_", "\\", "").Replace(said); said {
	case "", "never", "paraphrase", "may_tell":
		return said, nil
	}
	return "", errDisclosure
}
