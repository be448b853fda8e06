package triage

import (
	"encoding/binary"
	"encoding/json"
	"fmt"

	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/internal/learn"
)

const (
	modelMagic = "SBTM"
	// MaximumModelBytes is the size that no encoded model exceeds.
	MaximumModelBytes  = 16 << 20
	maximumHeaderBytes = 4 << 20
)

// modelHeader is everything of a model but the classifiers. Those of the text
// stand in the panel in the order of the fields.
type modelHeader struct {
	Features  int                `json:"features"`
	Embedding string             `json:"embedding"`
	Detectors string             `json:"detectors"` // the version that the powers were fitted with
	Taxonomy  Taxonomy           `json:"taxonomy"`
	DataHash  string             `json:"data_hash"`
	Metrics   map[string]Metrics `json:"metrics"`
	Languages map[string]int     `json:"languages"`
	Bands     bandModel          `json:"bands"`
	Fields    []fieldHeader      `json:"fields"`
}

type fieldHeader struct {
	Name         string            `json:"name"`
	Values       []string          `json:"values"`
	Powers       powers            `json:"powers"`
	Calibration  learn.Calibration `json:"calibration"`
	State        ConfidenceState   `json:"state"`
	StrangeAbove float64           `json:"strange_above"`
}

// MarshalBinary encodes the model: magic, schema version, then the header, the
// panel of the text's classifiers and the route's classifier of the context, as
// far as they exist, each after its length. The decoded model decides bit for bit
// as this one does. It fails for a model over MaximumModelBytes.
func (m *Model) MarshalBinary() ([]byte, error) {
	encodedHeader, err := json.Marshal(m.header())
	if err != nil {
		return nil, fmt.Errorf("encode the header: %w", err)
	}
	parts := [][]byte{encodedHeader}
	if m.panel != nil {
		panel, err := m.panel.MarshalBinary()
		if err != nil {
			return nil, fmt.Errorf("encode the fields: %w", err)
		}
		parts = append(parts, panel)
	}
	if route := m.fields[FieldRoute]; route != nil {
		context, err := route.context.MarshalBinary()
		if err != nil {
			return nil, fmt.Errorf("encode the route's context: %w", err)
		}
		parts = append(parts, context)
	}
	encoded := append([]byte(modelMagic), ModelSchemaVersion)
	for _, part := range parts {
		encoded = binary.LittleEndian.AppendUint32(encoded, uint32(len(part)))
		encoded = append(encoded, part...)
	}
	if len(encoded) > MaximumModelBytes {
		return nil, fault.New(fault.TooLarge, "the model takes %d bytes, over the limit of %d: use fewer intents or shorter tickets", len(encoded), MaximumModelBytes)
	}
	return encoded, nil
}

func (m *Model) header() modelHeader {
	header := modelHeader{
		Features: FeaturesVersion, Embedding: m.embedder.Identity(), Detectors: m.detectors.Version(), Taxonomy: m.taxonomy, DataHash: m.dataHash, Metrics: m.metrics,
		Languages: m.languages, Bands: m.bands,
	}
	for _, name := range learnedFields {
		if field := m.fields[name]; field != nil {
			header.Fields = append(header.Fields, fieldHeader{
				Name: name, Values: field.values, Powers: field.powers, Calibration: field.calibration, State: field.state, StrangeAbove: field.strangeAbove,
			})
		}
	}
	return header
}
