package embedding

import (
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
)

func cosine(a, b []float32) float64 {
	var sum float64
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}

// Golden cosines: a change of table, tokenizer or pooling shows here first.
func TestEmbedGoldenCosines(t *testing.T) {
	t.Parallel()
	cases := []struct {
		a, b string
		want float64
	}{
		{"How do I reset my password?", "I forgot my login and need a new password", 0.7613},
		{"How do I reset my password?", "The parcel arrived damaged", 0.1021},
		{"My card was charged twice", "I see a duplicate payment on my account", 0.4927},
		{"My card was charged twice", "Where can I change the language of the app?", 0.0027},
		{"Please cancel my subscription", "cancel subscription please", 0.9850},
		{"How do I reset my password?", "Wie kann ich mein Passwort zurücksetzen?", 0.8496},
		{"My parcel has not arrived", "Mon colis n'est pas arrivé", 0.4338},
		{"My parcel has not arrived", "パスワードを変更する", 0.0373},
	}
	model := builtInModel(t)
	for _, c := range cases {
		if got := cosine(model.Embed(c.a), model.Embed(c.b)); math.Abs(got-c.want) > 5e-4 {
			t.Errorf("cosine(%q, %q) = %.4f, want %.4f", c.a, c.b, got, c.want)
		}
	}
}

func TestEmbedHasLengthOneOrIsZero(t *testing.T) {
	t.Parallel()
	model := builtInModel(t)
	for text, want := range map[string]float64{
		"My parcel never arrived": 1,
		"ok":                      1,
		"":                        0,
		"😀 \u2603":                0,
	} {
		vector := model.Embed(text)
		if len(vector) != model.Dimension() {
			t.Fatalf("Embed(%q) has %d values, want %d", text, len(vector), model.Dimension())
		}
		if got := math.Sqrt(cosine(vector, vector)); math.Abs(got-want) > 1e-5 {
			t.Errorf("Embed(%q) has length %v, want %v", text, got, want)
		}
	}
}

func TestEmbedIntoReusesStorage(t *testing.T) {
	t.Parallel()
	model := builtInModel(t)
	storage := make([]float32, 300)
	first := model.EmbedInto(storage, "invoice shows the wrong amount")
	if &first[0] != &storage[0] || len(first) != model.Dimension() {
		t.Errorf("EmbedInto did not use the given storage (length %d)", len(first))
	}
	again := model.EmbedInto(first, "invoice shows the wrong amount")
	if got := cosine(again, model.Embed("invoice shows the wrong amount")); math.Abs(got-1) > 1e-5 {
		t.Errorf("old values leaked into a reused vector: cosine %v, want 1", got)
	}
}

func TestIdentityFollowsTheTable(t *testing.T) {
	t.Parallel()
	if got, want := builtInModel(t).Identity(), "static-256-ee9385b553b1"; got != want {
		t.Errorf("Identity() = %q, want %q", got, want)
	}
	other, err := New("tiny", tinyTable(2, "[UNK]\nhello", 0.5, 0.5))
	if err != nil {
		t.Fatalf("load a tiny table: %v", err)
	}
	if got := other.Identity(); !strings.HasPrefix(got, "tiny-2-") {
		t.Errorf("Identity() = %q, want the prefix tiny-2-", got)
	}
}

// tinyTable has half bytes 1, 2, 3, … before the 8 that is taken off.
func tinyTable(width uint32, vocabulary string, scales ...float32) string {
	raw := binary.LittleEndian.AppendUint32([]byte(magic), uint32(len(scales)))
	raw = binary.LittleEndian.AppendUint32(raw, width)
	for _, scale := range scales {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(scale))
	}
	for i := range len(scales) * int(width) / 2 {
		raw = append(raw, byte((2*i+1)%16|(2*i+2)%16<<4))
	}
	return string(raw) + vocabulary
}

func TestHalfBytesAreSteps(t *testing.T) {
	t.Parallel()
	model, err := New("tiny", tinyTable(4, "[UNK]\nhello\nyou", 1, 0.5, 2))
	if err != nil {
		t.Fatalf("load a tiny table: %v", err)
	}
	halves, sum := make([]float32, 4), make([]float32, 4)
	model.table.add(halves, 1)
	model.table.add(halves, 2)
	interleave(sum, halves)
	if want := []float32{0.5*-3 + 2*1, 0.5*-2 + 2*2, 0.5*-1 + 2*3, 0.5*0 + 2*4}; !slices.Equal(sum, want) {
		t.Errorf("hello and you add up to %v, want %v", sum, want)
	}
}

func TestTheKernelAddsAsGoDoes(t *testing.T) {
	t.Parallel()
	model, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	width := model.table.width
	got, want := make([]float32, width), make([]float32, width)
	for row := 0; row < model.table.rows; row += 997 {
		model.table.add(got, row)
		model.table.addSteps(want[:width/2], want[width/2:], model.table.weights[row*width/2:][:width/2], model.table.scale(row))
	}
	if !slices.Equal(got, want) {
		t.Error("the sums differ")
	}
}

func TestNewRefusesMalformedTables(t *testing.T) {
	t.Parallel()
	good := tinyTable(2, "[UNK]\nhello", 1, 1)
	cases := map[string]string{
		"empty":              "",
		"other magic":        "SBX1" + good[4:],
		"truncated":          good[:len(good)-len("[UNK]\nhello")-1],
		"missing token":      tinyTable(2, "[UNK]", 1, 1),
		"surplus token":      tinyTable(2, "[UNK]\na\nb", 1, 1),
		"no unknown token":   tinyTable(2, "hi\nhello", 1, 1),
		"scale is no number": tinyTable(2, "[UNK]\nhello", 1, float32(math.NaN())),
		"no rows":            tinyTable(2, ""),
		"odd width":          tinyTable(3, "[UNK]\nhello", 1, 1),
		"huge":               magic + "\xff\xff\xff\xff\xff\xff\xff\xff",
	}
	for name, raw := range cases {
		if _, err := New("test", raw); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: New returned %v, want ErrMalformed", name, err)
		}
	}
}

func FuzzNew(f *testing.F) {
	f.Add(tinyTable(2, "[UNK]\nhello", 1, 1), "hello")
	f.Add(tinyTable(4, "[UNK]\na\n##b\na", 1, 2, 3, 4), "aab")
	f.Add(tinyTable(2, "[UNK]\n退\n款", 1, 2, 3), "退款申请")
	f.Add("SBX2", "")
	f.Fuzz(func(t *testing.T, raw, text string) {
		model, err := New("fuzz", raw)
		if err != nil {
			return
		}
		if got := model.Embed(text); len(got) != model.Dimension() {
			t.Fatalf("Embed gave %d values, want %d", len(got), model.Dimension())
		}
	})
}

func BenchmarkEmbed(b *testing.B) {
	model := builtInModel(b)
	short := "I am still waiting on my new card, can you tell me when?"
	long := strings.Repeat("The delivery of the replacement card usually takes between five and ten working days. ", 13)
	for name, text := range map[string]string{"15_tokens": short, "195_tokens": long} {
		b.Run(name, func(b *testing.B) {
			vector := make([]float32, model.Dimension())
			b.ReportAllocs()
			for b.Loop() {
				vector = model.EmbedInto(vector, text)
			}
		})
	}
}
