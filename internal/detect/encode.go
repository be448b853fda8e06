package detect

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
)

const (
	fileMagic     = "SBDT"
	fileVersion   = 1
	maximumFile   = 3 << 20
	maximumValues = 64
)

// ErrFile is returned for bytes that are no trained detectors of this program.
var ErrFile = errors.New("detect: unusable file of detectors")

// Trained is what the file of detectors holds.
type Trained struct {
	// Corpus is the hash of the texts and labels that the detectors were trained on.
	Corpus string `json:"corpus"`
	// Features is the hash of the lexicon and the version of everything else that
	// makes features; Embedding names the embedding's space.
	Features  string   `json:"features"`
	Embedding string   `json:"embedding"`
	Models    []*Model `json:"models"`
}

// featuresVersion changes when a text's features do for another reason than the
// lexicon.
const featuresVersion = "2"

// FeaturesHash identifies the lexicon and the features.
func FeaturesHash() string {
	sum := sha256.Sum256([]byte(featuresVersion + "\x00" + sensitiveLexicon + "\x00" + ticketsLexicon + "\x00" + actsLexicon))
	return hex.EncodeToString(sum[:])
}

// MarshalBinary encodes the detectors: magic, version, a header after its length,
// then each model's weights. Equal detectors give equal bytes.
func (t *Trained) MarshalBinary() ([]byte, error) {
	header, err := json.Marshal(t)
	if err != nil {
		return nil, err
	}
	encoded := append([]byte(fileMagic), fileVersion)
	encoded = binary.LittleEndian.AppendUint32(encoded, uint32(len(header)))
	encoded = append(encoded, header...)
	for _, m := range t.Models {
		for _, weights := range [][]float32{m.Linear.Scales, m.Linear.Bias, m.Linear.Flags, m.Linear.Embedding} {
			encoded = binary.LittleEndian.AppendUint32(encoded, uint32(len(weights)))
			for _, weight := range weights {
				encoded = binary.LittleEndian.AppendUint32(encoded, math.Float32bits(weight))
			}
		}
		for _, weight := range m.Linear.Grams {
			encoded = append(encoded, byte(weight))
		}
	}
	if len(encoded) > maximumFile {
		return nil, fmt.Errorf("%w: it has %d bytes, over the limit of %d", ErrFile, len(encoded), maximumFile)
	}
	return encoded, nil
}

// UnmarshalBinary decodes what MarshalBinary encoded. The error is ErrFile.
func (t *Trained) UnmarshalBinary(encoded []byte) error {
	d := decoder{rest: encoded}
	if string(d.take(len(fileMagic))) != fileMagic || d.take(1)[0] != fileVersion {
		return ErrFile
	}
	var decoded Trained
	if err := json.Unmarshal(d.take(d.length()), &decoded); err != nil || d.failed {
		return ErrFile
	}
	for _, m := range decoded.Models {
		if m == nil || !m.valid() {
			return ErrFile
		}
		for _, weights := range []*[]float32{&m.Linear.Scales, &m.Linear.Bias, &m.Linear.Flags, &m.Linear.Embedding} {
			*weights = d.floats()
		}
		m.Linear.Grams = d.bytes(GramBuckets * len(m.Values))
	}
	if d.failed || len(d.rest) > 0 {
		return ErrFile
	}
	*t = decoded
	return nil
}

func (m *Model) valid() bool {
	return len(m.Values) >= 2 && len(m.Values) <= maximumValues && len(m.Offsets) == len(m.Values) &&
		slices.IsSorted(m.Values) && m.Temperature > 0
}

// fits reports whether the weights are those of so many flags and dimensions.
func (m *Model) fits(flags, dimension int) bool {
	values := len(m.Values)
	return len(m.Linear.Scales) == values && len(m.Linear.Bias) == values &&
		len(m.Linear.Flags) == flags*values && len(m.Linear.Embedding) == dimension*values
}

type decoder struct {
	rest   []byte
	failed bool
}

// take returns the next bytes, or as many zeros once there are too few.
func (d *decoder) take(length int) []byte {
	if length < 0 || length > len(d.rest) || d.failed {
		d.failed, d.rest = true, nil
		return make([]byte, min(max(length, 0), 8))
	}
	taken := d.rest[:length]
	d.rest = d.rest[length:]
	return taken
}

func (d *decoder) length() int { return int(binary.LittleEndian.Uint32(d.take(4))) }

func (d *decoder) floats() []float32 {
	length := d.length()
	if length > len(d.rest)/4 {
		d.failed = true
		return nil
	}
	floats := make([]float32, length)
	for i := range floats {
		floats[i] = math.Float32frombits(binary.LittleEndian.Uint32(d.take(4)))
	}
	return floats
}

func (d *decoder) bytes(length int) []int8 {
	taken := d.take(length)
	if d.failed {
		return nil
	}
	weights := make([]int8, length)
	for i, b := range taken {
		weights[i] = int8(b)
	}
	return weights
}
