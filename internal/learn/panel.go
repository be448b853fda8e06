package learn

import (
	"fmt"
	"slices"
)

// MaximumPanel is how many classifiers a panel can have.
const MaximumPanel = 16

// Panel is some classifiers of one [Corpus] that read texts together: a text is
// weighed once, and one look into memory serves all of them for an n-gram. It
// never changes and is safe for concurrent use.
type Panel struct {
	extractor *Extractor
	terms     *termSpace
	members   []member
	linear    *linear
	ridge     *ridge   // nil without embeddings
	network   *network // nil if no member has units
	// What a panel that reads much has beside: the weights of ridge and network
	// the other way round.
	ridgeColumns, unitColumns *columnTable
}

// turnOver prepares the panel for reading.
func (p *Panel) turnOver() {
	if p.ridge != nil {
		p.ridgeColumns = newColumnTable(p.ridge.weights, p.ridge.labels)
	}
	if p.network != nil && p.network.width > 0 {
		p.unitColumns = newColumnTable(p.network.dense, p.network.grams.labels)
	}
}

// member is what a panel knows of one of its classifiers.
type member struct {
	labels      []string
	from        int  // of its labels among the columns of all members
	outside     bool // a column for what is out of scope follows the labels
	weights     [partCount]float64
	temperature float64
	calibrator  calibrator
	strangeness strangeness
	centroids   centroids
}

// to is the end of the labels, and end that of all columns.
func (m *member) to() int  { return m.from + len(m.labels) }
func (m *member) end() int { return m.to() + int(indicator(m.outside)) }

// NewPanel joins 1 to MaximumPanel classifiers, which must come from one corpus;
// else the error is ErrSpace. They predict in it bit for bit as alone.
func NewPanel(classifiers ...*Classifier) (*Panel, error) {
	if len(classifiers) < 1 || len(classifiers) > MaximumPanel {
		return nil, fmt.Errorf("learn: a panel of %d classifiers: use 1 to %d", len(classifiers), MaximumPanel)
	}
	first := classifiers[0].panel
	joined := &Panel{extractor: first.extractor, terms: first.terms}
	var tables []*linear
	var ridges []*ridge
	var networks []*network
	columns := 0
	for i, classifier := range classifiers {
		own := classifier.panel
		if own.terms != first.terms || own.Space() != first.Space() {
			return nil, fmt.Errorf("%w: classifier %d is of another corpus than the first", ErrSpace, i)
		}
		added := *classifier.member()
		added.from = columns
		columns = added.end()
		joined.members = append(joined.members, added)
		tables = append(tables, own.linear)
		ridges = append(ridges, own.ridge)
		networks = append(networks, own.network)
	}
	joined.linear = joinLinear(tables, len(first.terms.idf))
	joined.ridge = joinRidges(ridges)
	joined.network = joinNetworks(networks)
	joined.turnOver()
	return joined, nil
}

// Size is the number of classifiers.
func (p *Panel) Size() int { return len(p.members) }

// Space says which features the panel takes.
func (p *Panel) Space() Space { return p.extractor.space }

// Labels returns the labels of a classifier, by its number from 0, in
// alphabetical order.
func (p *Panel) Labels(classifier int) []string { return slices.Clone(p.members[classifier].labels) }

// columns counts those of all members.
func (p *Panel) columns() int { return p.members[len(p.members)-1].end() }

// partScores are what the parts say of one text, one score a column, with what
// it takes to compute them.
type partScores struct {
	scores   [partCount][]float32
	document weighted
	frequent weighted
	hidden   []float32
	sums     []float32
}

// read overwrites the scores, with those of the members from a number up to
// another. A part that no member has gives none, and one without weight zeros.
func (p *Panel) read(s *partScores, features *Features, first, end int) {
	s.document = p.terms.weigh(s.document, features.counts)
	for part := range s.scores {
		s.scores[part] = growTo(s.scores[part], p.columns())
		clear(s.scores[part])
	}
	from, to := p.members[first].from, p.members[end-1].end()
	p.linear.scoreFrom(s.scores[partTerms][from:to], s.document, from)
	p.readEmbedding(s, features, first, end)
	p.readNetwork(s, features, first, end)
}

// usesFourier says whether any of the members looks at the Fourier features.
func (p *Panel) usesFourier(first, end int) bool {
	return p.ridge != nil && slices.ContainsFunc(p.members[first:end], func(m member) bool { return m.weights[partFourier] != 0 })
}

func (p *Panel) readEmbedding(s *partScores, features *Features, first, end int) {
	scores := s.scores[partFourier]
	if p.ridge == nil {
		s.scores[partFourier] = nil
		return
	}
	sums, from, to := growTo(s.sums, p.columns()), p.columns(), 0
	s.sums = sums
	for _, m := range p.members[first:end] {
		if m.weights[partFourier] != 0 {
			from, to = min(from, m.from), m.end()
		}
	}
	if p.ridgeColumns != nil && from < to {
		p.ridgeColumns.dot(sums, features.fourier, from, to)
	}
	for i := range p.members[first:end] {
		switch m := &p.members[first+i]; {
		case m.weights[partFourier] == 0:
		case p.ridgeColumns != nil:
			copy(scores[m.from:m.end()], sums[m.from:])
		default:
			p.ridge.score(scores[m.from:m.end()], features.fourier, m.from)
		}
	}
}

func (p *Panel) readNetwork(s *partScores, features *Features, first, end int) {
	n := p.network
	if n == nil {
		s.scores[partNetwork] = nil
		return
	}
	s.frequent = n.subset.of(s.frequent, s.document)
	s.hidden = growTo(s.hidden, n.grams.labels)
	from, last := n.heads[first].from, n.heads[end-1]
	if to := last.from + last.units; from < to {
		p.activate(s, p.extractor.embeddingOf(features), from, to)
	}
	for i := range p.members[first:end] {
		if m := &p.members[first+i]; m.weights[partNetwork] != 0 {
			n.heads[first+i].score(s.scores[partNetwork][m.from:m.end()], s.hidden)
		}
	}
}

// activate overwrites the hidden units from to to with their values.
func (p *Panel) activate(s *partScores, embedding []float32, from, to int) {
	if p.unitColumns == nil {
		p.network.activate(s.hidden, s.frequent, embedding)
		return
	}
	p.network.grams.scoreFrom(s.hidden[from:to], s.frequent, from)
	s.sums = growTo(s.sums, len(s.hidden))
	p.unitColumns.dot(s.sums, embedding, from, to)
	for i, sum := range s.sums[from:to] {
		s.hidden[from+i] = max(s.hidden[from+i]+sum, 0)
	}
}

// combine overwrites scores with a member's weighted sum of its parts.
func (m *member) combine(scores []float64, parts [partCount][]float32) {
	for part, all := range parts {
		if all != nil {
			parts[part] = all[m.from:m.to()]
		}
	}
	combine(scores, parts, m.weights)
}
