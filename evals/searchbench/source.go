package searchbench

import (
	"math"
	"math/rand/v2"
	"strings"
)

const (
	words          = 60_000 // of the generated language
	themes         = 300
	themeSubjects  = 20
	subjects       = themes * themeSubjects
	subjectWords   = 60
	passageWords   = 90 // on average
	chunksAnEntry  = 4
	dimension      = 256
	subjectShare   = 0.25 // of a passage's words that are its subject's
	questionShare  = 0.5  // of a question's: people type what it is about
	zipfExponent   = 1.07
	zipfOffset     = 2.7
	subjectSpread  = 0.8 // of vectors around their theme, whose length is one
	passageSpread  = 0.7 // around their subject
	questionSpread = 0.7
)

// source generates texts and vectors. It is not safe for concurrent use.
type source struct {
	random  *rand.Rand
	zipf    *rand.Zipf
	words   []string
	subject [][]int     // each one's words
	centre  [][]float32 // and the middle of its vectors
}

func newSource(seed uint64) *source {
	random := rand.New(rand.NewPCG(seed, 5))
	s := &source{random: random, zipf: rand.NewZipf(random, zipfExponent, zipfOffset, words-1)}
	s.words = inventWords(random)
	var theme []float32
	for i := range subjects {
		own := make([]int, subjectWords)
		for i := range own {
			own[i] = 200 + random.IntN(words-200)
		}
		s.subject = append(s.subject, own)
		if i%themeSubjects == 0 {
			theme = unit(s.around(nil, 1))
		}
		s.centre = append(s.centre, unit(s.around(theme, subjectSpread)))
	}
	return s
}

var onsets = strings.Fields("b bl br c cl cr d dr f fl fr g gl gr h j k l m n p pl pr qu r s sc sh sl sp st str t th tr v w z")
var nuclei = strings.Fields("a e i o u ai ea ee io oa ou")
var codas = strings.Fields("- n r l t s m nd rt st ck ng x")

// short are the most frequent words; those of English that are stop words are not searched.
var short = strings.Fields("the of and to in is that for it as with on by this be are from or at you not can an if your when we which will how")

// inventWords makes distinct words, the more frequent the shorter.
func inventWords(random *rand.Rand) []string {
	seen := map[string]bool{}
	list := make([]string, 0, words)
	for len(list) < words {
		var word strings.Builder
		syllables := 1
		if len(list) > 1000 {
			syllables += 1 + random.IntN(2)*random.IntN(2)
		}
		for range syllables {
			word.WriteString(onsets[random.IntN(len(onsets))])
			word.WriteString(nuclei[random.IntN(len(nuclei))])
		}
		word.WriteString(strings.Trim(codas[random.IntN(len(codas))], "-"))
		if len(list) < len(short) {
			word.Reset()
			word.WriteString(short[len(list)])
		}
		if text := word.String(); !seen[text] && len(text) > 1 {
			seen[text] = true
			list = append(list, text)
		}
	}
	return list
}

// word is one of the subject's by this share, or any by Zipf's law.
func (s *source) word(subject int, share float64) string {
	if s.random.Float64() < share {
		own := s.subject[subject]
		return s.words[own[int(float64(len(own))*math.Pow(s.random.Float64(), 2))]]
	}
	return s.words[s.zipf.Uint64()]
}

func (s *source) text(subject, count int, share float64) string {
	list := make([]string, count)
	for i := range list {
		list[i] = s.word(subject, share)
	}
	return strings.Join(list, " ")
}

// around adds noise of about this length to a centre.
func (s *source) around(centre []float32, spread float64) []float32 {
	vector := make([]float32, dimension)
	for i := range vector {
		vector[i] = float32(s.random.NormFloat64() * spread / math.Sqrt(dimension))
		if centre != nil {
			vector[i] += centre[i]
		}
	}
	return vector
}

func unit(vector []float32) []float32 {
	var square float64
	for _, x := range vector {
		square += float64(x) * float64(x)
	}
	for i := range vector {
		vector[i] = float32(float64(vector[i]) / math.Sqrt(square))
	}
	return vector
}

// Question is a generated question with its vector.
type Question struct {
	Text   string
	Vector []float32
}

// questions are of two to eight words, as people type them, with one vector each.
func (s *source) questions(count int) []Question {
	list := make([]Question, count)
	for i := range list {
		subject := s.random.IntN(subjects)
		list[i] = Question{s.text(subject, 2+s.random.IntN(7), questionShare), unit(s.around(s.centre[subject], questionSpread))}
	}
	return list
}

// misspelt swaps two letters of the longest word of each question.
func misspelt(list []Question) []Question {
	wrong := make([]Question, len(list))
	for i, question := range list {
		fields := strings.Fields(question.Text)
		longest := 0
		for j, word := range fields {
			if len(word) > len(fields[longest]) {
				longest = j
			}
		}
		word := []byte(fields[longest])
		if middle := len(word) / 2; middle > 0 {
			word[middle-1], word[middle] = word[middle], word[middle-1]
		}
		fields[longest] = string(word)
		wrong[i] = Question{strings.Join(fields, " "), question.Vector}
	}
	return wrong
}
