package learn

// span is a half-open range of folded code points.
type span struct{ start, end int }

// splitWords appends the words: runs of letters, digits and marks. Scripts
// without spaces give overlapping pairs of characters instead.
func splitWords(words []span, folded []foldedRune) []span {
	for i := 0; i < len(folded); {
		kind := folded[i].kind
		end := i + 1
		for end < len(folded) && folded[end].kind == kind {
			end++
		}
		switch kind {
		case kindLetter:
			words = append(words, span{i, end})
		case kindUnspaced:
			words = append(words, span{i, min(i+2, end)})
			for next := i + 1; next+2 <= end; next++ {
				words = append(words, span{next, next + 2})
			}
		}
		i = end
	}
	return words
}

// appendWordGrams numbers the words' pieces from 0 and those of the pairs after
// them.
func (s *gramScratch) appendWordGrams(h Hasher) {
	for _, word := range s.words {
		s.pieces = append(s.pieces, s.place(word.start, word.end))
	}
	start := h.start(wordBlock)
	var previous uint64
	for i, word := range s.words {
		single, pair := start, hashRune(previous, ' ')
		for _, f := range s.folded[word.start:word.end] {
			single, pair = hashRune(single, f.r), hashRune(pair, f.r)
		}
		s.grams = append(s.grams, gram{h.index(wordBlock, single), uint32(i)})
		if i > 0 {
			s.grams = append(s.grams, gram{h.index(wordBlock, pair), uint32(len(s.pieces))})
			s.pieces = append(s.pieces, s.place(s.words[i-1].start, word.end))
		}
		previous = single
	}
}

// place is where folded code points came from.
func (s *gramScratch) place(from, to int) place {
	return place{s.folded[from].start, s.folded[to-1].end}
}

// appendCharacterGrams walks over what stands between spaces.
func (s *gramScratch) appendCharacterGrams(h Hasher) {
	word := 0
	for i := 0; i < len(s.folded); {
		if s.folded[i].kind == kindSpace {
			i++
			continue
		}
		end := i + 1
		for end < len(s.folded) && s.folded[end].kind != kindSpace {
			end++
		}
		if end-i > longestUnit {
			s.appendPaddedGrams(h, s.folded[i:end], s.addShortPieces(s.folded[i:end]), true)
		} else {
			from, to := trimSymbols(s.folded, i, end)
			for word < len(s.words) && s.words[word].start < from {
				word++
			}
			s.appendPaddedGrams(h, s.folded[i:end], s.addPiece(word, s.place(from, to)), false)
		}
		i = end
	}
}

// longestUnit is up to how many characters a piece of text is shown as a whole
// in an explanation.
const longestUnit = 24

// addPiece reuses the word's piece if that is the same place.
func (s *gramScratch) addPiece(word int, added place) uint32 {
	if word < len(s.words) && s.pieces[word] == added {
		return uint32(word)
	}
	s.pieces = append(s.pieces, added)
	return uint32(len(s.pieces) - 1)
}

// addShortPieces adds, for each code point of a long run, the pieces of one to
// longestGram code points that begin there.
func (s *gramScratch) addShortPieces(chunk []foldedRune) (first uint32) {
	first = uint32(len(s.pieces))
	for i := range chunk {
		for length := range longestGram {
			last := min(i+length, len(chunk)-1)
			s.pieces = append(s.pieces, place{chunk[i].start, chunk[last].end})
		}
	}
	return first
}

// appendPaddedGrams gives all grams one piece or, in a long run, each the piece
// of its own code points.
func (s *gramScratch) appendPaddedGrams(h Hasher, chunk []foldedRune, piece uint32, long bool) {
	start, own := h.start(characterBlock), piece
	for first := -1; first < len(chunk); first++ {
		hash := start
		for last := first; last <= len(chunk) && last-first < longestGram; last++ {
			r := ' '
			if last >= 0 && last < len(chunk) {
				r = chunk[last].r
			}
			hash = hashRune(hash, r)
			if last-first+1 < shortestGram {
				continue
			}
			if long {
				from, to := max(first, 0), min(last, len(chunk)-1)
				own = piece + uint32(from*longestGram+to-from)
			}
			s.grams = append(s.grams, gram{h.index(characterBlock, hash), own})
		}
	}
}

// trimSymbols drops punctuation around a word, unless nothing else is there.
func trimSymbols(folded []foldedRune, start, end int) (from, to int) {
	from, to = start, end
	for from < to && folded[from].kind == kindSymbol {
		from++
	}
	for to > from && folded[to-1].kind == kindSymbol {
		to--
	}
	if from == to {
		return start, end
	}
	return from, to
}
