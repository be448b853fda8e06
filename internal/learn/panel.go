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
	ridge     *ridge // nil without embeddings
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
	}
	joined.linear = joinLinear(tables, len(first.terms.idf))
	joined.ridge = joinRidges(ridges)
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

// parts overwrites scores with both parts of all members' scores, none for the
// embedding if there is none.
func (p *Panel) parts(scores *[partCount][]float32, d weighted, fourier []float32) {
	scores[partTerms] = growTo(scores[partTerms], p.columns())
	p.linear.score(scores[partTerms], d)
	if p.ridge == nil {
		scores[partFourier] = nil
		return
	}
	scores[partFourier] = growTo(scores[partFourier], p.columns())
	for i := range p.members {
		if m := &p.members[i]; m.weights[partFourier] != 0 {
			p.ridge.score(scores[partFourier][m.from:m.end()], fourier, m.from)
		} else {
			clear(scores[partFourier][m.from:m.end()])
		}
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
