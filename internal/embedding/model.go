package embedding

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"math"
	"sync"
)

//go:embed static-256.sbx
var builtIn string

// Model turns texts into vectors. It is safe for concurrent use.
type Model struct {
	table      table
	vocabulary *vocabulary
	unknown    int
	classes    string // by row, or nothing
	splitters  sync.Pool
	identity   func() string
}

// Default returns the built-in multilingual model. It is loaded once.
func Default() (*Model, error) { return loadBuiltIn() }

var loadBuiltIn = sync.OnceValues(func() (*Model, error) {
	m, err := New("static", builtIn)
	if err != nil {
		return nil, err
	}
	return m, m.parseClasses(builtInClasses)
})

// New reads a model from the bytes of an SBX2 table, which it keeps. The name
// becomes part of the model's identity. The error is [ErrMalformed].
func New(name, raw string) (*Model, error) {
	t, err := parseTable(raw)
	if err != nil {
		return nil, err
	}
	v, err := newVocabulary(t.tokens, t.rows)
	if err != nil {
		return nil, err
	}
	unknown, ok := v.find(hashBytes(fnvOffset, unknownToken), "", []byte(unknownToken))
	if !ok {
		return nil, fmt.Errorf("%w: the vocabulary has no %s", ErrMalformed, unknownToken)
	}
	m := &Model{table: t, vocabulary: v, unknown: unknown}
	m.splitters.New = func() any { return &wordPieces{vocabulary: v, unknown: unknown, sums: make([]float32, t.width)} }
	m.identity = sync.OnceValue(func() string { return identify(name, t.width, raw) })
	return m, nil
}

func identify(name string, width int, raw string) string {
	const block = 64 << 10 // Hashing in blocks spares a copy of the whole table.
	digest := sha256.New()
	for len(raw) > 0 {
		length := min(block, len(raw))
		digest.Write([]byte(raw[:length]))
		raw = raw[length:]
	}
	return fmt.Sprintf("%s-%d-%s", name, width, hex.EncodeToString(digest.Sum(nil)[:6]))
}

// Identity names the embedding space: name, dimension and the first twelve
// hexadecimal digits of the table's SHA-256.
func (m *Model) Identity() string { return m.identity() }

// Dimension is the length of every embedding.
func (m *Model) Dimension() int { return m.table.width }

// Tokenize returns the table rows of the text's WordPiece tokens. Words that
// the vocabulary cannot spell appear as one [UNK] each.
func (m *Model) Tokenize(text string) []int {
	var tokens []int
	m.eachToken(text, func(row int) { tokens = append(tokens, row) })
	return tokens
}

// Token returns the spelling of a row, or "" for a row that does not exist.
func (m *Model) Token(row int) string {
	if row < 0 || row >= m.table.rows {
		return ""
	}
	return m.vocabulary.token(row)
}

// Embed returns the text's embedding: length one, or all zeros when the text
// holds no known token.
func (m *Model) Embed(text string) []float32 { return m.EmbedInto(nil, text) }

// EmbedInto is Embed that reuses the storage of vector where it suffices.
func (m *Model) EmbedInto(vector []float32, text string) []float32 {
	return m.sum(vector, text, func(int) {})
}

// sum embeds the text and yields its rows.
func (m *Model) sum(vector []float32, text string, yield func(row int)) []float32 {
	if cap(vector) < m.table.width {
		vector = make([]float32, m.table.width)
	}
	vector = vector[:m.table.width]
	splitter := m.splitters.Get().(*wordPieces)
	defer m.splitters.Put(splitter)
	clear(splitter.sums)
	splitter.eachToken(text, func(row int) {
		if row != m.unknown {
			m.table.add(splitter.sums, row)
		}
		yield(row)
	})
	interleave(vector, splitter.sums)
	normalise(vector)
	return vector
}

func (m *Model) eachToken(text string, yield func(row int)) {
	splitter := m.splitters.Get().(*wordPieces)
	defer m.splitters.Put(splitter)
	splitter.eachToken(text, yield)
}

func (w *wordPieces) eachToken(text string, yield func(row int)) {
	eachWord(w.word[:0], text, func(word []byte, isDense bool) {
		for _, row := range w.split(word, isDense) {
			yield(row)
		}
	})
}

func normalise(vector []float32) {
	var square float64
	for _, x := range vector {
		square += float64(x) * float64(x)
	}
	if square == 0 {
		return
	}
	factor := float32(1 / math.Sqrt(square))
	for i := range vector {
		vector[i] *= factor
	}
}
