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

func (h Hasher) appendWordGrams(grams []gram, folded []foldedRune, words []span) []gram {
	start := h.start(wordBlock)
	var previous uint64
	for i, word := range words {
		single, pair := start, hashRune(previous, ' ')
		for _, f := range folded[word.start:word.end] {
			single, pair = hashRune(single, f.r), hashRune(pair, f.r)
		}
		from, to := folded[word.start].start, folded[word.end-1].end
		grams = append(grams, gram{h.index(wordBlock, single), from, to})
		if i > 0 {
			from = folded[words[i-1].start].start
			grams = append(grams, gram{h.index(wordBlock, pair), from, to})
		}
		previous = single
	}
	return grams
}

// appendCharacterGrams walks over what stands between spaces.
func (h Hasher) appendCharacterGrams(grams []gram, folded []foldedRune) []gram {
	for i := 0; i < len(folded); {
		if folded[i].kind == kindSpace {
			i++
			continue
		}
		end := i + 1
		for end < len(folded) && folded[end].kind != kindSpace {
			end++
		}
		grams = h.appendPaddedGrams(grams, folded[i:end])
		i = end
	}
	return grams
}

// longestUnit is up to how many characters a piece of text is shown as a whole
// in an explanation.
const longestUnit = 24

func (h Hasher) appendPaddedGrams(grams []gram, chunk []foldedRune) []gram {
	start := h.start(characterBlock)
	whole := trimSymbols(chunk)
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
			unit := whole
			if len(chunk) > longestUnit {
				unit = chunk[max(first, 0):min(last+1, len(chunk))]
			}
			index := h.index(characterBlock, hash)
			grams = append(grams, gram{index, unit[0].start, unit[len(unit)-1].end})
		}
	}
	return grams
}

// trimSymbols drops punctuation around a word, unless nothing else is there.
func trimSymbols(chunk []foldedRune) []foldedRune {
	from, to := 0, len(chunk)
	for from < to && chunk[from].kind == kindSymbol {
		from++
	}
	for to > from && chunk[to-1].kind == kindSymbol {
		to--
	}
	if from == to {
		return chunk
	}
	return chunk[from:to]
}
