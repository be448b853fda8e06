package triage

import (
	"encoding/binary"
	"encoding/json"
	"fmt"

	"github.com/signalbox/signalbox/internal/fault"
)

const (
	modelMagic = "SBTM"
	// MaximumModelBytes is the size that no encoded model exceeds.
	MaximumModelBytes  = 16 << 20
	maximumHeaderBytes = 4 << 20
)

// modelHeader is everything of a model but the classifiers, which follow it in
// the order of the fields.
type modelHeader struct {
	Features  int                `json:"features"`
	Embedding string             `json:"embedding"`
	Taxonomy  Taxonomy           `json:"taxonomy"`
	DataHash  string             `json:"data_hash"`
	Metrics   map[string]Metrics `json:"metrics"`
	Fields    []fieldHeader      `json:"fields"`
}

type fieldHeader struct {
	Name         string          `json:"name"`
	Values       []string        `json:"values"`
	Powers       powers          `json:"powers"`
	State        ConfidenceState `json:"state"`
	StrangeAbove float64         `json:"strange_above"`
	HasContext   bool            `json:"has_context,omitempty"`
}

// MarshalBinary encodes the model: magic, schema version, then header and
// classifiers, each after its length. The decoded model decides bit for bit as
// this one does. It fails for a model over MaximumModelBytes.
func (m *Model) MarshalBinary() ([]byte, error) {
	header := modelHeader{
		Features: FeaturesVersion, Embedding: m.embedder.Identity(), Taxonomy: m.taxonomy, DataHash: m.dataHash, Metrics: m.metrics,
	}
	var classifiers [][]byte
	for _, name := range learnedFields {
		field := m.fields[name]
		if field == nil {
			continue
		}
		parts, err := field.encode()
		if err != nil {
			return nil, fmt.Errorf("encode %s: %w", name, err)
		}
		classifiers = append(classifiers, parts...)
		header.Fields = append(header.Fields, fieldHeader{
			Name: name, Values: field.values, Powers: field.powers, State: field.state,
			StrangeAbove: field.strangeAbove, HasContext: field.context != nil,
		})
	}
	encodedHeader, err := json.Marshal(header)
	if err != nil {
		return nil, fmt.Errorf("encode the header: %w", err)
	}
	encoded := append([]byte(modelMagic), ModelSchemaVersion)
	for _, part := range append([][]byte{encodedHeader}, classifiers...) {
		encoded = binary.LittleEndian.AppendUint32(encoded, uint32(len(part)))
		encoded = append(encoded, part...)
	}
	if len(encoded) > MaximumModelBytes {
		return nil, fault.New(fault.TooLarge, "the model takes %d bytes, over the limit of %d: use fewer intents or shorter tickets", len(encoded), MaximumModelBytes)
	}
	return encoded, nil
}

func (m *fieldModel) encode() ([][]byte, error) {
	text, err := m.text.MarshalBinary()
	if err != nil || m.context == nil {
		return [][]byte{text}, err
	}
	context, err := m.context.MarshalBinary()
	return [][]byte{text, context}, err
}
