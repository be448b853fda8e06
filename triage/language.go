package triage

import (
	_ "embed"
	"strings"

	"github.com/abadojack/whatlanggo"
)

// Language detection counts function words ("the", "nicht", "pour"): a few
// microseconds a ticket, where trigram profiles take a quarter of a millisecond.
// Profiles are asked only for texts with too few function words. Scripts that
// one language has to itself are told by their letters.

//go:embed function_words.txt
var functionWordList string

const (
	// languageRunes is how much of a text is read: more changes nothing.
	languageRunes = 1_000
	// profileRunes bounds the slow path.
	profileRunes = 160
	// minimumLanguageLetters is below what any guess is worth.
	minimumLanguageLetters = 12
)

// functionWords maps a word to the languages that use it, as bits of languageCodes.
var functionWords, languageCodes = readFunctionWords(functionWordList)

var functionShapes = func() (shapes wordShapes) {
	for word := range functionWords {
		shapes.add(word)
	}
	return shapes
}()

func readFunctionWords(list string) (map[string]uint32, []string) {
	words := make(map[string]uint32, 1_000)
	var codes []string
	for line := range strings.Lines(list) {
		fields := strings.Fields(line)
		bit := uint32(1) << len(codes)
		codes = append(codes, fields[0])
		for _, word := range fields[1:] {
			words[word] |= bit
		}
	}
	return words, codes
}

// detectedLanguage is an ISO 639-1 code, "" if unknown, with a confidence of 0–1
// that is a rule of thumb and not a calibrated probability.
type detectedLanguage struct {
	code       string
	confidence float64
}

// detectLanguage reads what the customer wrote. Where that is too short or
// unclear, the language that the customer is known by stands in.
func detectLanguage(text, known string) detectedLanguage {
	text = firstRunes(text, languageRunes)
	letters, script := dominantScript(text)
	if code, ok := scriptLanguages[script]; ok {
		return detectedLanguage{code, 0.99}
	}
	found := detectedLanguage{}
	if letters >= minimumLanguageLetters {
		if script == latinScript || script == cyrillicScript {
			found = byFunctionWords(text)
		}
		if found.confidence < 0.6 {
			if profile := byProfile(text); profile.confidence > found.confidence {
				found = profile
			}
		}
	}
	known = baseLanguage(known)
	if found.confidence < 0.6 && known != "" {
		return detectedLanguage{known, 0.6}
	}
	return found
}

// byFunctionWords gives each word's vote to the languages that use it, in equal
// parts, and compares the two that got most.
func byFunctionWords(text string) detectedLanguage {
	var votes [32]float64
	eachWordAt(text, func(word []byte, _, _ int) {
		if !functionShapes.has(word) {
			return
		}
		bits := functionWords[string(word)]
		if bits == 0 {
			return
		}
		share := 1 / float64(countBits(bits))
		for i := range languageCodes {
			if bits>>i&1 == 1 {
				votes[i] += share
			}
		}
	})
	best, second := -1, 0.0
	for i := range languageCodes {
		switch {
		case best < 0 || votes[i] > votes[best]:
			if best >= 0 {
				second = votes[best]
			}
			best = i
		case votes[i] > second:
			second = votes[i]
		}
	}
	lead := votes[best] - second
	if lead <= 0 {
		return detectedLanguage{}
	}
	return detectedLanguage{languageCodes[best], min(0.99, lead/(lead+0.5))}
}

var profileLanguages = map[whatlanggo.Lang]bool{
	whatlanggo.Eng: true, whatlanggo.Deu: true, whatlanggo.Fra: true, whatlanggo.Spa: true,
	whatlanggo.Ita: true, whatlanggo.Por: true, whatlanggo.Nld: true, whatlanggo.Swe: true,
	whatlanggo.Dan: true, whatlanggo.Pol: true, whatlanggo.Ces: true, whatlanggo.Fin: true,
	whatlanggo.Tur: true, whatlanggo.Rus: true, whatlanggo.Ukr: true, whatlanggo.Bul: true,
	whatlanggo.Arb: true, whatlanggo.Pes: true, whatlanggo.Heb: true, whatlanggo.Hin: true,
}

// byProfile asks the trigram profiles. Two languages at the same distance have
// confidence zero, and which of them is named would be chance: neither is.
func byProfile(text string) detectedLanguage {
	info := whatlanggo.DetectWithOptions(firstRunes(text, profileRunes), whatlanggo.Options{Whitelist: profileLanguages})
	code := info.Lang.Iso6391()
	if code == "" || info.Confidence <= 0 {
		return detectedLanguage{}
	}
	return detectedLanguage{code, 0.9 * min(1, info.Confidence)}
}

// baseLanguage reduces a BCP 47 tag to its language: "de" for "de-AT".
func baseLanguage(tag string) string {
	base, _, _ := strings.Cut(strings.ReplaceAll(tag, "_", "-"), "-")
	if len(base) < 2 || len(base) > 3 {
		return ""
	}
	for _, b := range []byte(base) {
		if b|0x20 < 'a' || b|0x20 > 'z' {
			return ""
		}
	}
	return strings.ToLower(base)
}
