package detect

// classReach is how many tokens on a token is paired with, at most.
const classReach = 3

// maximumClasses bounds the work as MaximumTextBytes does.
const maximumClasses = 8 << 10

// addClasses adds the classes of a text's tokens, and pairs of near ones in their
// order, to the n-grams (Miller, Guinness and Zamanian 2004 give classes of words to
// a learner with few examples). They say the same in every language that the
// embedding knows.
func (s *scratch) addClasses(classes []byte) {
	for i, class := range classes {
		s.addGram(hashByte(hashOffset^7, class))
		first := hashByte(hashOffset^9, class)
		for _, near := range classes[i+1 : min(i+1+classReach, len(classes))] {
			s.addGram(hashByte(first, near))
		}
	}
}
