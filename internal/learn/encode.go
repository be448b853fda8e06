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
	encodingVersion = 1

	// MaximumEncodedBytes is the size that no encoded classifier exceeds.
	MaximumEncodedBytes = 16 << 20
	// maximumDecodedBytes bounds what a compressed body may expand to.
	maximumDecodedBytes = 32 << 20
	maximumLabelBytes   = 1 << 10
)

// MarshalBinary encodes the classifier: magic, version and a gzip stream of
// little-endian fields. It fails if that is over MaximumEncodedBytes.
func (c *Classifier) MarshalBinary() ([]byte, error) {
	var body bytes.Buffer
	c.writeHead(&body)
	write(&body, c.terms.strayIDF, uint32(len(c.terms.idf)), c.terms.known.words, c.terms.idf)
	write(&body, c.linear.bias, c.linear.scales, c.linear.weights)
	if c.ridge != nil {
		write(&body, c.ridge.weights)
	}
	out := bytes.NewBufferString(encodingMagic)
	out.WriteByte(encodingVersion)
	zipper := gzip.NewWriter(out)
	if _, err := zipper.Write(body.Bytes()); err != nil {
		return nil, fmt.Errorf("compress the classifier: %w", err)
	}
	if err := zipper.Close(); err != nil {
		return nil, fmt.Errorf("compress the classifier: %w", err)
	}
	if out.Len() > MaximumEncodedBytes {
		return nil, fmt.Errorf("learn: the classifier takes %d bytes, over the limit of %d", out.Len(), MaximumEncodedBytes)
	}
	return out.Bytes(), nil
}

func (c *Classifier) writeHead(body *bytes.Buffer) {
	s := c.extractor.space
	write(body, s.Hasher.Buckets, s.Hasher.Seed, uint32(s.Embedding), uint32(s.Fourier), uint32(len(c.labels)))
	for _, label := range c.labels {
		write(body, uint32(len(label)), []byte(label))
	}
	write(body, c.weights[:], c.temperature)
}

// write appends values of fixed size; into a buffer that cannot fail.
func write(body *bytes.Buffer, values ...any) {
	for _, value := range values {
		_ = binary.Write(body, binary.LittleEndian, value)
	}
}

// UnmarshalBinary replaces the classifier by an encoded one. It takes memory in
// proportion to what is really there, at most about twice 32 MiB. Call it on a
// new classifier only. The error is [ErrEncoding].
func (c *Classifier) UnmarshalBinary(encoded []byte) error {
	body, err := inflate(encoded)
	if err != nil {
		return err
	}
	d := &decoder{rest: body}
	decoded := d.classifier()
	if d.err == nil && len(d.rest) > 0 {
		d.fail("%d bytes are left over", len(d.rest))
	}
	if d.err != nil {
		return d.err
	}
	*c = *decoded
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
