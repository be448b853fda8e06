package triage

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"testing"

	"github.com/signalbox/signalbox/internal/fault"
)

func encodeModel(t testing.TB, model *Model) []byte {
	t.Helper()
	encoded, err := model.MarshalBinary()
	if err != nil {
		t.Fatalf("encode the model: %v", err)
	}
	return encoded
}

func TestModelRoundTripDecidesTheSame(t *testing.T) {
	t.Parallel()
	model := testModel(t)
	encoded := encodeModel(t, model)
	if len(encoded) > MaximumModelBytes {
		t.Errorf("the model takes %d bytes, want at most %d", len(encoded), MaximumModelBytes)
	}
	decoded := &Model{}
	if err := decoded.UnmarshalBinary(encoded); err != nil {
		t.Fatalf("decode: %v", err)
	}
	options := EngineOptions{HashKey: []byte("k")}
	before, after := NewEngine(model, DefaultPolicy(), options), NewEngine(decoded, DefaultPolicy(), options)
	for _, example := range testCorpus(t).examples {
		first, second := decide(t, before, example.Input), decide(t, after, example.Input)
		if !reflect.DeepEqual(first, second) {
			t.Fatalf("after the round trip the decision is %+v, want %+v", second, first)
		}
	}
	if decoded.DataHash() != model.DataHash() || decoded.TaxonomyHash() != model.TaxonomyHash() {
		t.Error("the hashes differ after the round trip")
	}
	if !reflect.DeepEqual(decoded.Metrics(), model.Metrics()) {
		t.Errorf("metrics are %+v, want %+v", decoded.Metrics(), model.Metrics())
	}
}

func TestTrainingIsDeterministic(t *testing.T) {
	t.Parallel()
	c := testCorpus(t)
	again, err := Train(context.Background(), c.examples, c.taxonomy, Options{Seed: 7})
	if err != nil {
		t.Fatalf("train: %v", err)
	}
	if !bytes.Equal(encodeModel(t, again), encodeModel(t, testModel(t))) {
		t.Error("the same examples and seed gave another model")
	}
}

func TestUnmarshalRefuses(t *testing.T) {
	t.Parallel()
	encoded := encodeModel(t, testModel(t))
	otherVersion := bytes.Clone(encoded)
	otherVersion[4]++
	otherFeatures := bytes.Replace(encoded, []byte(`"features":1`), []byte(`"features":9`), 1)
	otherEmbedding := bytes.Replace(encoded, []byte(`"embedding":"static-`), []byte(`"embedding":"dynami-`), 1)
	for _, test := range []struct {
		name    string
		encoded []byte
		want    fault.Kind
	}{
		{"nothing", nil, fault.Invalid},
		{"other magic", []byte("SBXX\x01"), fault.Invalid},
		{"no header", []byte("SBTM\x04"), fault.Invalid},
		{"length beyond the end", []byte("SBTM\x04\xff\xff\xff\xff{}"), fault.Invalid},
		{"cut", encoded[:len(encoded)-1], fault.Invalid},
		{"trailing bytes", append(bytes.Clone(encoded), 0), fault.Invalid},
		{"too large", append(bytes.Clone(encoded), make([]byte, MaximumModelBytes)...), fault.Invalid},
		{"other schema", otherVersion, fault.Conflict},
		{"other features", otherFeatures, fault.Conflict},
		{"other embedding", otherEmbedding, fault.Conflict},
	} {
		if err := new(Model).UnmarshalBinary(test.encoded); fault.KindOf(err) != test.want {
			t.Errorf("%s: the error is %v, want kind %s", test.name, err, test.want)
		}
	}
}

func FuzzUnmarshalModel(f *testing.F) {
	encoded := encodeModel(f, testModel(f))
	f.Add([]byte("SBTM\x04\x02\x00\x00\x00{}"))
	f.Add(encoded[:200])
	header, err := json.Marshal(modelHeader{Features: FeaturesVersion})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(append([]byte("SBTM\x04\x80\x00\x00\x00"), header...))
	f.Fuzz(func(t *testing.T, encoded []byte) {
		model := &Model{}
		if err := model.UnmarshalBinary(encoded); err != nil {
			var failure *fault.Error
			if !errors.As(err, &failure) {
				t.Errorf("the error %v is no fault", err)
			}
			return
		}
		decide(t, NewEngine(model, DefaultPolicy(), EngineOptions{}), typicalTicket())
	})
}
