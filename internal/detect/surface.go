package detect

// What a text looks like, whatever it says.
const (
	surfaceWords       = 0 // five flags: more than 4, 8, 15, 30, 80 words
	surfaceExclamation = 5 // three flags: 1, 2, 4 marks
	surfaceQuestion    = 8 // two flags: 1, 2 marks
	surfaceCapitals    = 10
	surfaceManyCapital = 11
	surfaceNumber      = 12
	surfaceEndsAsking  = 13
	surfaceSmile       = 14
	surfaceFrown       = 15
	surfaceQuote       = 16
	surfaceFlags       = 17
)

var (
	wordSteps        = [...]int{4, 8, 15, 30, 80}
	exclamationSteps = [...]int{1, 2, 4}
)

func (s *scratch) addSurface(space flagSpace, text string) {
	seen := lookAt(text[:min(len(text), MaximumTextBytes)])
	add := func(flag int, holds bool) {
		if holds {
			s.features.Flags = append(s.features.Flags, space.surface+uint32(flag))
		}
	}
	for i, step := range wordSteps {
		add(surfaceWords+i, len(s.tokens.list) > step)
	}
	for i, step := range exclamationSteps {
		add(surfaceExclamation+i, seen.exclamations >= step)
	}
	add(surfaceQuestion, seen.questions >= 1)
	add(surfaceQuestion+1, seen.questions >= 2)
	add(surfaceCapitals, seen.shouted >= 1)
	add(surfaceManyCapital, seen.shouted >= 3)
	add(surfaceEndsAsking, seen.endsAsking)
	add(surfaceSmile, seen.smile)
	add(surfaceFrown, seen.frown)
	add(surfaceQuote, seen.quotes >= 2)
	number := false
	for _, token := range s.tokens.list {
		number = number || token.kind == numberToken
	}
	add(surfaceNumber, number)
}

type looks struct {
	exclamations, questions, shouted, quotes int
	endsAsking, smile, frown                 bool
}

// lookAt counts marks and words of four capitals or more.
func lookAt(text string) looks {
	var seen looks
	capitals := 0
	for i := range len(text) {
		b := text[i]
		if b >= 'A' && b <= 'Z' {
			if capitals++; capitals == 4 {
				seen.shouted++
			}
			continue
		}
		capitals = 0
		if b > ' ' {
			seen.endsAsking = b == '?'
		}
		switch b {
		case '!':
			seen.exclamations++
		case '?':
			seen.questions++
		case '"':
			seen.quotes++
		case ')', '(':
			before := byte(0)
			if i > 0 {
				before = text[i-1]
			}
			if i > 1 && before == '-' {
				before = text[i-2]
			}
			smile := before == ':' || before == ';'
			seen.smile = seen.smile || smile && b == ')'
			seen.frown = seen.frown || smile && b == '('
		case 0x81, 0x9F: // the last bytes of the full-width marks
			if i > 1 && text[i-2] == 0xEF && text[i-1] == 0xBC {
				if b == 0x81 {
					seen.exclamations++
				} else {
					seen.questions++
					seen.endsAsking = true
				}
			}
		}
	}
	return seen
}
