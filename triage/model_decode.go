package triage

import (
	"encoding"
	"encoding/binary"
	"encoding/json"
	"slices"

	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/internal/learn"
)

// UnmarshalBinary replaces the model by an encoded one. Call it on a new model
// only. The error is an Invalid fault for bytes that are no model, and a
// Conflict for a model of another version, which must be trained again.
func (m *Model) UnmarshalBinary(encoded []byte) error {
	d := &modelDecoder{rest: encoded}
	header, err := d.header(len(encoded))
	if err != nil {
		return err
	}
	if err := header.Taxonomy.Validate(); err != nil {
		return malformed(err)
	}
	decoded, err := newModel(header.Taxonomy)
	if err != nil {
		return err
	}
	if header.Features != FeaturesVersion || header.Embedding != decoded.embedder.Identity() || header.Detectors != decoded.detectors.Version() {
		return fault.New(fault.Conflict, "the model was trained on other features, another embedding or other detectors: train it again")
	}
	decoded.dataHash, decoded.metrics, decoded.languages, decoded.bands = header.DataHash, header.Metrics, header.Languages, header.Bands
	if !decoded.bands.valid() {
		return malformed(nil)
	}
	if err := d.fields(header.Fields, decoded); err != nil {
		return err
	}
	if len(d.rest) > 0 {
		return malformed(nil)
	}
	*m = *decoded
	return nil
}

type modelDecoder struct{ rest []byte }

func malformed(cause error) error {
	return &fault.Error{Kind: fault.Invalid, Message: "these bytes are no triage model", Cause: cause}
}

func (d *modelDecoder) header(total int) (modelHeader, error) {
	head := len(modelMagic) + 1
	if total < head || total > MaximumModelBytes || string(d.rest[:head-1]) != modelMagic {
		return modelHeader{}, malformed(nil)
	}
	if version := d.rest[head-1]; version != ModelSchemaVersion {
		return modelHeader{}, fault.New(fault.Conflict, "the model has schema version %d, not %d: train it again", version, ModelSchemaVersion)
	}
	d.rest = d.rest[head:]
	part, ok := d.part()
	if !ok || len(part) > maximumHeaderBytes {
		return modelHeader{}, malformed(nil)
	}
	var header modelHeader
	if err := json.Unmarshal(part, &header); err != nil {
		return modelHeader{}, malformed(err)
	}
	return header, nil
}

// part returns the next part, whose length stands before it.
func (d *modelDecoder) part() ([]byte, bool) {
	if len(d.rest) < 4 {
		return nil, false
	}
	length := binary.LittleEndian.Uint32(d.rest)
	if uint64(length) > uint64(len(d.rest)-4) {
		return nil, false
	}
	part := d.rest[4 : 4+length]
	d.rest = d.rest[4+length:]
	return part, true
}

func (d *modelDecoder) fields(headers []fieldHeader, model *Model) error {
	if len(headers) == 0 {
		return nil
	}
	panel := &learn.Panel{}
	if err := d.classifiers(panel); err != nil {
		return err
	}
	if panel.Size() != len(headers) || panel.Space() != model.textSpace() {
		return malformed(nil)
	}
	model.panel = panel
	for i, header := range headers {
		if !header.valid() || model.fields[header.Name] != nil || !slices.Equal(panel.Labels(i), header.Values) {
			return malformed(nil)
		}
		model.fields[header.Name] = &fieldModel{
			number: i, values: header.Values, powers: header.Powers, calibration: header.Calibration, state: header.State, strangeAbove: header.StrangeAbove,
		}
	}
	if route := model.fields[FieldRoute]; route != nil {
		return d.context(route, model.contexts.Space())
	}
	return nil
}

func (d *modelDecoder) context(route *fieldModel, space learn.Space) error {
	route.context = &learn.Classifier{}
	if err := d.classifiers(route.context); err != nil {
		return err
	}
	if route.context.Space() != space || !slices.Equal(route.context.Labels(), route.values) {
		return malformed(nil)
	}
	return nil
}

func (d *modelDecoder) classifiers(target encoding.BinaryUnmarshaler) error {
	part, ok := d.part()
	if !ok {
		return malformed(nil)
	}
	if err := target.UnmarshalBinary(part); err != nil {
		return malformed(err)
	}
	return nil
}

// valid holds if nothing in the header can make a decision panic or lie about
// its state.
func (h fieldHeader) valid() bool {
	inRange := func(x float64) bool { return x >= 0 && x <= 100 }
	known := slices.Contains([]ConfidenceState{Uncalibrated, Provisional, Calibrated}, h.State)
	return slices.Contains(learnedFields, h.Name) && known && len(h.Values) >= 2 &&
		slices.IsSorted(h.Values) && inRange(h.Powers.Text) && h.Calibration.Valid() && inRange(h.Powers.Other)
}
