package learn_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"reflect"
	"testing"

	"github.com/signalbox/signalbox/internal/learn"
)

func TestDecodedClassifierPredictsTheSameBits(t *testing.T) {
	t.Parallel()
	for _, embed := range []bool{false, true} {
		classifier := trainSample(t, embed)
		encoded, err := classifier.MarshalBinary()
		if err != nil {
			t.Fatalf("encode: %v", err)
		}
		var decoded learn.Classifier
		if err := decoded.UnmarshalBinary(encoded); err != nil {
			t.Fatalf("decode: %v", err)
		}
		if !reflect.DeepEqual(decoded.Labels(), classifier.Labels()) {
			t.Errorf("decoded labels are %v, want %v", decoded.Labels(), classifier.Labels())
		}
		for _, example := range sampleExamples(t, 10, 50, embed) {
			if got, want := predict(t, &decoded, example), predict(t, classifier, example); !reflect.DeepEqual(got, want) {
				t.Errorf("decoded prediction of %q is %v, want %v", example.Text, got, want)
			}
		}
	}
}

func TestDecodeRefusesDamage(t *testing.T) {
	t.Parallel()
	encoded, err := trainSample(t, false).MarshalBinary()
	if err != nil {
		t.Fatalf("encode: %v", err)
	}
	version := bytes.Clone(encoded)
	version[4] = 9
	flipped := bytes.Clone(encoded)
	flipped[len(flipped)/2] ^= 0x40
	for name, raw := range map[string][]byte{
		"empty":         nil,
		"other magic":   append([]byte("NOPE"), encoded[4:]...),
		"other version": version,
		"truncated":     encoded[:len(encoded)-20],
		"flipped bit":   flipped,
		"left over":     zipped(append(unzipped(t, encoded), 0)),
		"short body":    zipped(unzipped(t, encoded)[:300]),
		"bomb":          zipped(make([]byte, 40<<20)),
	} {
		var c learn.Classifier
		if err := c.UnmarshalBinary(raw); !errors.Is(err, learn.ErrEncoding) {
			t.Errorf("%s: UnmarshalBinary returned %v, want ErrEncoding", name, err)
		}
	}
}

func zipped(body []byte) []byte {
	out := bytes.NewBufferString("SBLC\x03")
	zipper := gzip.NewWriter(out)
	_, _ = zipper.Write(body)
	_ = zipper.Close()
	return out.Bytes()
}

func unzipped(t testing.TB, encoded []byte) []byte {
	t.Helper()
	unzipper, err := gzip.NewReader(bytes.NewReader(encoded[5:]))
	if err != nil {
		t.Fatalf("unzip: %v", err)
	}
	var body bytes.Buffer
	if _, err := body.ReadFrom(unzipper); err != nil {
		t.Fatalf("unzip: %v", err)
	}
	return body.Bytes()
}

// FuzzDecode fuzzes the fields inside the compression, where a damaged
// checksum would otherwise hide them.
func FuzzDecode(f *testing.F) {
	examples := sampleExamples(f, 2, 1, true)
	space := learn.Space{Hasher: learn.Hasher{Buckets: 1 << 10}, Embedding: 4, Fourier: 4}
	for i := range examples {
		examples[i].Embedding = examples[i].Embedding[:4]
	}
	classifier, err := learn.Train(f.Context(), examples, learn.Options{Space: space})
	if err != nil {
		f.Fatalf("train: %v", err)
	}
	encoded, err := classifier.MarshalBinary()
	if err != nil {
		f.Fatalf("encode: %v", err)
	}
	f.Add(unzipped(f, encoded), "refund")
	f.Add([]byte{}, "")
	f.Fuzz(func(t *testing.T, body []byte, text string) {
		var c learn.Classifier
		if err := c.UnmarshalBinary(zipped(body)); err != nil {
			return
		}
		if _, err := c.Predict(text, nil); err != nil {
			t.Fatalf("a decoded classifier fails: %v", err)
		}
	})
}
