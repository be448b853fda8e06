package retrieval

import (
	"time"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
)

// Disclosure says what of an internal section may be told to a customer.
type Disclosure string

// The disclosures. Never text enters no draft's prompt.
const (
	Never      Disclosure = "never"
	Paraphrase Disclosure = "paraphrase"
	MayTell    Disclosure = "may_tell"
)

// Article is a document of the knowledge base in its current version.
type Article struct {
	ID             uuid.UUID     `json:"id"`
	Audience       desk.Audience `json:"audience"`
	SourceKey      string        `json:"source_key"` // path within what was ingested; unique in an audience
	Title          string        `json:"title"`
	Body           string        `json:"body"` // Markdown without front matter
	Language       string        `json:"language"`
	AboutArticleID *uuid.UUID    `json:"about_article_id,omitempty"` // internal ones: the public article it is about
	Disclosure     Disclosure    `json:"disclosure,omitempty"`
	ProductArea    string        `json:"product_area,omitempty"`
	Tier           string        `json:"tier,omitempty"`
	ErrorType      string        `json:"error_type,omitempty"`
	Tags           []string      `json:"tags,omitempty"`
	Votes          int           `json:"votes"`
	Version        int           `json:"version"`
	ContentHash    []byte        `json:"-"` // SHA-256 over everything above that an edit can change
	UpdatedAt      time.Time     `json:"updated_at"`
}

// Chunk is a passage of an article: the bytes [StartOffset, EndOffset) of its body.
type Chunk struct {
	ID          uuid.UUID  `json:"id"`
	Ordinal     int        `json:"ordinal"`
	HeadingPath []string   `json:"heading_path"`
	Anchor      string     `json:"anchor"`
	Body        string     `json:"body"`
	StartOffset int        `json:"start_offset"`
	EndOffset   int        `json:"end_offset"`
	Disclosure  Disclosure `json:"disclosure,omitempty"`
	Terms       Terms      `json:"-"`
	Embedding   []float32  `json:"-"` // unit length, or nil
	SpaceID     int        `json:"-"` // of the embedding; 0 is the built-in space
}

// Terms is the lexical form of a text: Lexemes are sorted hashes in 1…10⁹ and
// Weights[i] is the term weight of Lexemes[i].
type Terms struct {
	Language string
	Length   int
	Lexemes  []int32
	Weights  []float32
	Words    []string // the words that a misspelt one could mean, folded, sorted
}

// Query is an analysed question. Factors[i] scales what Lexemes[i] counts, in (0, 1];
// Counted[i] is what it counts for a passage's coverage, 0–1; nil stands for
// [CountWhole]. An all-zero or empty Embedding leaves the dense leg out; Space
// says where it was made.
type Query struct {
	Text      string
	Language  string
	Lexemes   []int32
	Factors   []float32
	Counted   []float32
	Words     []QueryWord // what Lexemes stand for, in reading order
	Embedding []float32
	Space     EmbeddingSpace
	Limit     int // results wanted, 1–60
	Filter    Filter
}

// QueryWord is a word of a question, folded, with the lexemes of its stem and form.
type QueryWord struct {
	Text    string
	Lexemes []int32
}

// CountWhole counts each term whole, and its unstemmed form not at all.
func CountWhole(factors []float32) []float32 {
	counted := make([]float32, len(factors))
	for i, factor := range factors {
		if factor == 1 {
			counted[i] = 1
		}
	}
	return counted
}

// Filter narrows an agent's search. Empty fields do not. A passage must have all Tags.
type Filter struct {
	Audience    desk.Audience
	Language    string
	ProductArea string
	Tier        string
	ErrorType   string
	Tags        []string

	UpdatedAfter time.Time // zero does not narrow
}

// Narrows reports whether the filter leaves anything out within its audience.
func (f Filter) Narrows() bool {
	return f.Language != "" || f.ProductArea != "" || f.Tier != "" || f.ErrorType != "" || len(f.Tags) > 0 || !f.UpdatedAfter.IsZero()
}

// Passage is a search result: a chunk with its article and why it was found.
type Passage struct {
	ChunkID      uuid.UUID     `json:"chunk_id"`
	ArticleID    uuid.UUID     `json:"article_id"`
	VersionID    uuid.UUID     `json:"version_id"`
	Version      int           `json:"version"`
	Audience     desk.Audience `json:"audience"`
	SourceKey    string        `json:"source_key"`
	Title        string        `json:"title"`
	HeadingPath  []string      `json:"heading_path"`
	Anchor       string        `json:"anchor"`
	Body         string        `json:"body"`
	StartOffset  int           `json:"start_offset"`
	EndOffset    int           `json:"end_offset"`
	Language     string        `json:"language"`
	Disclosure   Disclosure    `json:"disclosure,omitempty"`
	Score        float64       `json:"score"`         // fused, 0–1
	LexicalScore float64       `json:"lexical_score"` // raw BM25
	DenseScore   float64       `json:"dense_score"`   // cosine
	Coverage     float64       `json:"coverage"`      // share of the question's rarity (idf) that the passage holds, 0–1
	Votes        int           `json:"votes"`
	Why          Why           `json:"why"`
	Matched      []int32       `json:"-"` // agents' searches: the question's lexemes that it holds
	UpdatedAt    time.Time     `json:"updated_at"`
}

// Why says what made a passage's score: the two legs' weighted shares and the
// boosts, which add up to Score (before it is bounded to 0–1).
type Why struct {
	Lexical     float64           `json:"lexical"`
	Dense       float64           `json:"dense"`
	Boost       float64           `json:"boost"`
	FoundBy     string            `json:"found_by,omitempty" enum:"words,meaning,both" doc:"Which leg of the search brought it."`
	Boosts      *Boosts           `json:"boosts,omitempty"`
	Words       []string          `json:"words,omitempty" doc:"Words of the question that it holds."`
	Corrections map[string]string `json:"corrections,omitempty" doc:"Words of the question that no article holds, with the nearest that one does."`
	Space       string            `json:"space,omitempty" doc:"The embedding space of the meaning."`
	Note        string            `json:"note,omitempty"`
}

// Boosts are the parts of a boost; they add up to it.
type Boosts struct {
	Title     float64 `json:"title"`
	Votes     float64 `json:"votes"`
	Freshness float64 `json:"freshness"`
}

// Citation points to the sentence of a chunk that an answer repeats.
type Citation struct {
	ArticleID   uuid.UUID `json:"article_id"`
	VersionID   uuid.UUID `json:"version_id"`
	Version     int       `json:"version"`
	ChunkID     uuid.UUID `json:"chunk_id"`
	Title       string    `json:"title"`
	HeadingPath []string  `json:"heading_path"`
	Anchor      string    `json:"anchor"`
	StartOffset int       `json:"start_offset"` // bytes of the version's body
	EndOffset   int       `json:"end_offset"`
}

// Sentence is one sentence of an answer with the citation that supports it.
type Sentence struct {
	Text     string   `json:"text"`
	Citation Citation `json:"citation"`
}

// Answer is what a customer is told. Known is false when nothing was found that
// supports an answer; then Sentences is empty.
type Answer struct {
	ID         uuid.UUID  `json:"id"` // of version 7, made with the answer
	Known      bool       `json:"known"`
	Confidence float64    `json:"confidence"` // of the best passage, 0–1
	Language   string     `json:"language"`
	Sentences  []Sentence `json:"sentences"`
}

// AnswerRecord is what is kept of an answer until ExpiresAt. The question is the
// customer's text: it is erased with the customer.
type AnswerRecord struct {
	ID         uuid.UUID
	SiteID     *uuid.UUID
	CustomerID *uuid.UUID // nil for an anonymous visitor
	Question   string
	Known      bool
	Confidence float64
	Citations  []Citation
	ExpiresAt  time.Time
}
