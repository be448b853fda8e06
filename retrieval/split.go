package retrieval

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// TargetCharacters is the length over which a section is split.
	TargetCharacters = 1200
	// overlapCharacters is the longest paragraph that a split section's next chunk
	// repeats, so that "do this then" keeps what it refers to.
	overlapCharacters = 200
)

// unit is what splitting never cuts, unless it is longer than a chunk by itself.
type unit struct {
	span
	kind blockKind
}

// splitSection returns the chunks of a section: itself if it is short enough, else
// runs of its units. Paragraphs break between sentences, lists between items,
// tables between rows, code between lines.
func splitSection(body string, s section) []span {
	whole := trimmed(body, s.span)
	if whole.start == whole.end {
		return nil
	}
	if !tooLong(body, whole, TargetCharacters) {
		return []span{whole}
	}
	return packed(body, unitsOf(body, s))
}

// unitsOf lists a section's units in order, without blank ones.
func unitsOf(body string, s section) []unit {
	var units []unit
	add := func(part span, kind blockKind) {
		if part = trimmed(body, part); part.start < part.end {
			units = append(units, unit{part, kind})
		}
	}
	start := s.start
	for _, b := range s.blocks {
		add(span{start, b.start}, proseBlock) // what the parser keeps out of the tree
		start = b.end
		if !tooLong(body, b.span, TargetCharacters) {
			add(b.span, b.kind)
			continue
		}
		for _, part := range partsOf(body, b) {
			for _, piece := range hardCut(body, part) {
				add(piece, b.kind)
			}
		}
	}
	add(span{start, s.end}, proseBlock)
	return units
}

// partsOf cuts a long block where its kind allows.
func partsOf(body string, b block) []span {
	switch b.kind {
	case listBlock:
		return cutAt(b.span, b.cuts)
	case proseBlock:
		return sentenceSpans(body, b.span)
	default:
		var cuts []int
		for at := b.start; at < b.end; at = lineEnd(body, at) {
			cuts = append(cuts, at)
		}
		return cutAt(b.span, cuts)
	}
}

// cutAt splits at ascending positions; those outside are ignored.
func cutAt(whole span, cuts []int) []span {
	var parts []span
	start := whole.start
	for _, cut := range cuts {
		if cut > start && cut < whole.end {
			parts = append(parts, span{start, cut})
			start = cut
		}
	}
	return append(parts, span{start, whole.end})
}

// hardCut splits what has no better place: at the last space, else between characters.
func hardCut(body string, part span) []span {
	var pieces []span
	for tooLong(body, part, TargetCharacters) {
		cut, space, count := part.start, 0, 0
		for i, r := range body[part.start:part.end] {
			if count == TargetCharacters {
				cut = part.start + i
				break
			}
			if count++; unicode.IsSpace(r) && count > TargetCharacters/2 {
				space = part.start + i
			}
		}
		if space > 0 {
			cut = space
		}
		pieces = append(pieces, span{part.start, cut})
		part.start = cut
	}
	return append(pieces, part)
}

// packed joins units into chunks up to the target length.
func packed(body string, units []unit) []span {
	var chunks []span
	for i := 0; i < len(units); {
		chunk, j := units[i].span, i+1
		for j < len(units) && !tooLong(body, span{chunk.start, units[j].end}, TargetCharacters) {
			chunk.end = units[j].end
			j++
		}
		chunks = append(chunks, chunk)
		if last := j - 1; j < len(units) && last > i && units[last].kind == proseBlock &&
			!tooLong(body, units[last].span, overlapCharacters) {
			j = last
			if tooLong(body, span{units[last].start, units[last+1].end}, TargetCharacters) {
				j++ // The repeated unit would fill a chunk alone.
			}
		}
		i = j
	}
	return chunks
}

// tooLong reports more than limit characters. It looks at no more than it must, so
// that cutting a long text stays linear.
func tooLong(body string, s span, limit int) bool {
	if s.end-s.start <= limit {
		return false
	}
	return utf8.RuneCountInString(body[s.start:min(s.end, s.start+(limit+1)*utf8.UTFMax)]) > limit
}

// trimmed drops blank lines around a span and spaces after it. The indent of its
// first line stays: it may be code.
func trimmed(body string, s span) span {
	for s.start < s.end {
		line, _, found := strings.Cut(body[s.start:s.end], "\n")
		if !found || strings.TrimSpace(line) != "" {
			break
		}
		s.start += len(line) + 1
	}
	s.end = s.start + len(strings.TrimRightFunc(body[s.start:s.end], unicode.IsSpace))
	return s
}
