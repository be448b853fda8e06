package learn

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
)

// ErrEncoding is returned for bytes that are no classifier or panel.
var ErrEncoding = errors.New("learn: malformed classifier")

// decoder reads fields until the first failure, and zeros from then on. It
// never makes a slice that is longer than the bytes at hand.
type decoder struct {
	rest []byte
	err  error
}

func (d *decoder) fail(format string, arguments ...any) {
	if d.err == nil {
		d.err = fmt.Errorf("%w: "+format, append([]any{ErrEncoding}, arguments...)...)
	}
	d.rest = nil
}

func (d *decoder) take(length int) []byte {
	if d.err != nil || length < 0 || length > len(d.rest) {
		d.fail("it ends early")
		return nil
	}
	taken := d.rest[:length]
	d.rest = d.rest[length:]
	return taken
}

func (d *decoder) uint32() uint32 {
	if b := d.take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

func (d *decoder) uint64() uint64 {
	if b := d.take(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

func (d *decoder) float64() float64 {
	x := math.Float64frombits(d.uint64())
	if !finite(x) {
		d.fail("a number is not finite")
	}
	return x
}

func (d *decoder) floats(count int) []float32 {
	raw := d.take(4 * count)
	floats := make([]float32, len(raw)/4)
	for i := range floats {
		floats[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
		if !finite(float64(floats[i])) {
			d.fail("a weight is not finite")
		}
	}
	return floats
}

func (d *decoder) float64s(count int) []float64 {
	if d.err != nil || count > len(d.rest)/8 {
		d.fail("it ends early")
		return nil
	}
	floats := make([]float64, count)
	for i := range floats {
		floats[i] = d.float64()
	}
	return floats
}

func (d *decoder) flag() bool {
	b := d.take(1)
	return b != nil && b[0] != 0
}

func (d *decoder) panel() *Panel {
	p := &Panel{extractor: d.extractor()}
	count := int(d.uint32())
	if count < 1 || count > MaximumPanel {
		d.fail("it holds %d classifiers", count)
	}
	columns := 0
	for range count {
		if d.err != nil {
			return nil
		}
		p.members = append(p.members, d.member(columns, p.extractor.space.Embedding))
		columns = p.columns()
	}
	if d.err != nil {
		return nil
	}
	p.terms = d.terms(p.extractor.space.Hasher.Buckets)
	p.linear = d.linear(len(p.terms.idf), columns)
	if p.extractor.fourier != nil {
		p.ridge = &ridge{labels: columns, weights: d.floats(p.extractor.fourier.size() * columns)}
	}
	p.network = d.network(p)
	if d.err == nil {
		p.turnOver()
	}
	return p
}

func (d *decoder) member(from, width int) member {
	m := member{labels: d.labels(), from: from, outside: d.flag()}
	copy(m.weights[:], d.float64s(partCount))
	m.temperature = d.temperature()
	m.calibrator = d.calibrator()
	copy(m.strangeness.weights[:], d.float64s(signCount))
	m.strangeness.threshold = d.float64()
	if width > 0 {
		m.centroids = centroids{width: width, weights: d.floats(len(m.labels) * width)}
	}
	return m
}

func (d *decoder) temperature() float64 {
	temperature := d.float64()
	if !validTemperature(temperature) {
		d.fail("the temperature is %v", temperature)
	}
	return temperature
}

func (d *decoder) calibrator() calibrator {
	var c calibrator
	if kind := d.take(1); kind != nil {
		c.kind = int(kind[0])
	}
	c.temperature = d.temperature()
	c.beta = Beta{d.float64(), d.float64(), d.float64()}
	if err := c.beta.Validate(); err != nil {
		d.fail("%v", err)
	}
	switch {
	case c.kind >= calibrationKinds:
		d.fail("its calibration is of kind %d", c.kind)
	case c.kind == calibrateIsotonic:
		count := int(d.uint32())
		c.isotonic = &Isotonic{X: d.float64s(count), Y: d.float64s(count)}
		if err := c.isotonic.Validate(); err != nil {
			d.fail("%v", err)
		}
	}
	return c
}

func (d *decoder) extractor() *Extractor {
	space := Space{Hasher: Hasher{Buckets: d.uint32(), Seed: d.uint64()}}
	space.Embedding, space.Fourier = int(d.uint32()), int(d.uint32())
	if d.err != nil {
		return nil
	}
	extractor, err := NewExtractor(space)
	if err != nil {
		d.fail("%v", err)
	}
	return extractor
}

func (d *decoder) labels() []string {
	count := int(d.uint32())
	if count < 2 || count > MaximumLabels {
		d.fail("it has %d labels", count)
		return nil
	}
	labels := make([]string, count)
	for i := range labels {
		length := d.uint32()
		if length > maximumLabelBytes {
			d.fail("a label has %d bytes", length)
		}
		labels[i] = string(d.take(int(length)))
		if i > 0 && labels[i] <= labels[i-1] {
			d.fail("the labels are not in order")
		}
	}
	return slices.Clip(labels)
}

func (d *decoder) terms(buckets uint32) *termSpace {
	t := &termSpace{buckets: buckets}
	stray := d.floats(1)
	rows := int(d.uint32())
	t.known.words = make([]uint64, blockCount*buckets/64)
	for i := range t.known.words {
		t.known.words[i] = d.uint64()
	}
	t.known.rank()
	if d.err == nil && t.known.count() != rows {
		d.fail("%d buckets are known, not %d", t.known.count(), rows)
	}
	if d.err != nil {
		return t
	}
	t.strayIDF = stray[0]
	t.idf = d.floats(rows)
	return t
}

// network returns nil if no member has units.
func (d *decoder) network(p *Panel) *network {
	n := &network{width: p.extractor.space.Embedding}
	units := 0
	for range p.members {
		own := int(d.uint32())
		if own < 0 || own > mostUnits {
			d.fail("a network has %d units", own)
			return nil
		}
		n.heads = append(n.heads, head{from: units, units: own})
		units += own
	}
	if d.err != nil || units == 0 {
		return nil
	}
	n.subset = d.subset(len(p.terms.idf))
	n.grams = &linear{labels: units, bias: make([]float32, units), scales: d.floats(units)}
	n.grams.weights = d.bytes(n.subset.count * units)
	n.dense = d.floats(n.width * units)
	for i := range n.heads {
		if h, m := &n.heads[i], &p.members[i]; h.units > 0 {
			h.bias = d.floats(m.end() - m.from)
			h.weights = d.floats(len(h.bias) * h.units)
		}
	}
	return n
}

func (d *decoder) subset(rows int) *rowSubset {
	s := &rowSubset{known: rankedBitmap{words: make([]uint64, (rows+63)/64)}}
	for i := range s.known.words {
		s.known.words[i] = d.uint64()
	}
	s.known.rank()
	s.count = s.known.count()
	return s
}

func (d *decoder) bytes(count int) []int8 {
	raw := d.take(count)
	signed := make([]int8, len(raw))
	for i, b := range raw {
		signed[i] = int8(b)
	}
	return signed
}

func (d *decoder) linear(rows, labels int) *linear {
	l := &linear{labels: labels, bias: d.floats(labels), scales: d.floats(labels)}
	l.weights = d.bytes(rows * labels)
	return l
}
