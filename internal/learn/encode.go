package learn

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"io"
	"math"
)

const (
	encodingMagic   = "SBLC"
	encodingVersion = 4

	// MaximumEncodedBytes is the size that no encoded classifier or panel exceeds.
	MaximumEncodedBytes = 16 << 20
	// maximumDecodedBytes bounds what a compressed body may expand to.
	maximumDecodedBytes = 32 << 20
	maximumLabelBytes   = 1 << 10
)

// MarshalBinary encodes the classifier, as [Panel.MarshalBinary] does.
func (c *Classifier) MarshalBinary() ([]byte, error) { return c.panel.MarshalBinary() }

// MarshalBinary encodes the panel: magic, version and a gzip stream of
// little-endian fields. It fails if that is over MaximumEncodedBytes.
func (p *Panel) MarshalBinary() ([]byte, error) {
	var body bytes.Buffer
	p.writeHead(&body)
	write(&body, p.terms.strayIDF, uint32(len(p.terms.idf)), p.terms.known.words, p.terms.idf)
	write(&body, p.linear.bias, p.linear.scales, p.linear.weights)
	if p.ridge != nil {
		write(&body, p.ridge.weights)
	}
	p.network.write(&body, len(p.members))
	out := bytes.NewBufferString(encodingMagic)
	out.WriteByte(encodingVersion)
	zipper := gzip.NewWriter(out)
	if _, err := zipper.Write(body.Bytes()); err != nil {
		return nil, fmt.Errorf("compress the classifiers: %w", err)
	}
	if err := zipper.Close(); err != nil {
		return nil, fmt.Errorf("compress the classifiers: %w", err)
	}
	if out.Len() > MaximumEncodedBytes {
		return nil, fmt.Errorf("learn: the classifiers take %d bytes, over the limit of %d", out.Len(), MaximumEncodedBytes)
	}
	return out.Bytes(), nil
}

func (p *Panel) writeHead(body *bytes.Buffer) {
	s := p.Space()
	write(body, s.Hasher.Buckets, s.Hasher.Seed, uint32(s.Embedding), uint32(s.Fourier), uint32(len(p.members)))
	for i := range p.members {
		m := &p.members[i]
		write(body, uint32(len(m.labels)))
		for _, label := range m.labels {
			write(body, uint32(len(label)), []byte(label))
		}
		write(body, m.outside, m.weights[:], m.temperature)
		m.calibrator.write(body)
		write(body, m.strangeness.weights[:], m.strangeness.threshold, m.centroids.weights)
	}
}

func (c *calibrator) write(body *bytes.Buffer) {
	write(body, uint8(c.kind), c.temperature, c.beta.A, c.beta.B, c.beta.C)
	if c.isotonic != nil {
		write(body, uint32(len(c.isotonic.X)), c.isotonic.X, c.isotonic.Y)
	}
}

// write begins with the number of units a member, which are zeros for none.
func (n *network) write(body *bytes.Buffer, members int) {
	if n == nil {
		write(body, make([]uint32, members))
		return
	}
	for _, h := range n.heads {
		write(body, uint32(h.units))
	}
	write(body, n.subset.known.words, n.grams.scales, n.grams.weights, n.dense)
	for _, h := range n.heads {
		write(body, h.bias, h.weights)
	}
}

// write appends values of fixed size; into a buffer that cannot fail.
func write(body *bytes.Buffer, values ...any) {
	for _, value := range values {
		_ = binary.Write(body, binary.LittleEndian, value)
	}
}

// UnmarshalBinary replaces the classifier by an encoded one, as
// [Panel.UnmarshalBinary] does. A panel of several is an error, too.
func (c *Classifier) UnmarshalBinary(encoded []byte) error {
	decoded := &Panel{}
	if err := decoded.UnmarshalBinary(encoded); err != nil {
		return err
	}
	if decoded.Size() != 1 {
		return fmt.Errorf("%w: it holds %d classifiers, not one", ErrEncoding, decoded.Size())
	}
	c.panel = decoded
	return nil
}

// UnmarshalBinary replaces the panel by an encoded one. It takes memory in
// proportion to what is really there, at most about twice 32 MiB. Call it on a
// new panel only. The error is [ErrEncoding].
func (p *Panel) UnmarshalBinary(encoded []byte) error {
	body, err := inflate(encoded)
	if err != nil {
		return err
	}
	d := &decoder{rest: body}
	decoded := d.panel()
	if d.err == nil && len(d.rest) > 0 {
		d.fail("%d bytes are left over", len(d.rest))
	}
	if d.err != nil {
		return d.err
	}
	*p = *decoded
	return nil
}

func inflate(encoded []byte) ([]byte, error) {
	head := len(encodingMagic) + 1
	if len(encoded) < head || len(encoded) > MaximumEncodedBytes || string(encoded[:head-1]) != encodingMagic {
		return nil, fmt.Errorf("%w: it does not start with %s", ErrEncoding, encodingMagic)
	}
	if version := encoded[head-1]; version != encodingVersion {
		return nil, fmt.Errorf("%w: version %d is not %d; train the classifier again", ErrEncoding, version, encodingVersion)
	}
	unzipper, err := gzip.NewReader(bytes.NewReader(encoded[head:]))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrEncoding, err)
	}
	body, err := io.ReadAll(io.LimitReader(unzipper, maximumDecodedBytes+1))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrEncoding, err)
	}
	if len(body) > maximumDecodedBytes {
		return nil, fmt.Errorf("%w: it expands to over %d bytes", ErrEncoding, maximumDecodedBytes)
	}
	return body, nil
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
