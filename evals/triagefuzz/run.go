package triagefuzz

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/bits"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/triage"
)

// Decider is what is tried.
type Decider interface {
	Decide(input triage.Input) (triage.Decision, error)
}

// Config says how much is tried.
type Config struct {
	Inputs  int    // how many
	Seed    uint64 // of the inputs
	Workers int    // how many decide at once
	// Progress is told now and then how many are done; nil is nobody.
	Progress func(done, total int)
}

// Validate names the first value that is out of range.
func (c Config) Validate() error {
	if c.Inputs < 1 || c.Inputs > 1_000_000_000 {
		return fault.Field(fault.Invalid, "Inputs", "is out of range", "use 1 to 1000000000")
	}
	if c.Workers < 1 || c.Workers > 1_024 {
		return fault.Field(fault.Invalid, "Workers", "is out of range", "use 1 to 1024")
	}
	return nil
}

// Result is what came of a run.
type Result struct {
	Inputs    int      `json:"inputs"`
	Seed      uint64   `json:"seed"`
	Digest    string   `json:"digest"` // over all decisions
	Seconds   float64  `json:"seconds"`
	PerSecond float64  `json:"inputs_per_second"`
	Broken    int      `json:"broken"`
	First     []string `json:"first_broken,omitempty"` // what is wrong with the first ones found, at most ten
}

const (
	shownBroken   = 10
	progressEvery = 1_000
)

// Run decides every input with the decider that its number falls to. What is broken
// is counted and does not stop the run; the error is the context's or the
// configuration's.
func Run(ctx context.Context, config Config, generator *Generator, deciders ...Decider) (Result, error) {
	if err := config.Validate(); err != nil {
		return Result{}, err
	}
	r := &running{config: config, generator: generator, deciders: deciders}
	started := time.Now()
	var group sync.WaitGroup
	for range config.Workers {
		group.Go(func() { r.work(ctx) })
	}
	group.Wait()
	result := Result{Inputs: config.Inputs, Seed: config.Seed, Digest: r.digest.String(), Broken: r.broken, First: r.first}
	result.Seconds = time.Since(started).Seconds()
	result.PerSecond = float64(config.Inputs) / result.Seconds
	return result, ctx.Err()
}

// running is a run's state.
type running struct {
	config    Config
	generator *Generator
	deciders  []Decider
	next      atomic.Int64

	mutex  sync.Mutex
	digest sum
	broken int
	first  []string
}

func (r *running) work(ctx context.Context) {
	var own sum
	defer func() {
		r.mutex.Lock()
		defer r.mutex.Unlock()
		r.digest.add(own)
	}()
	for ctx.Err() == nil {
		number := int(r.next.Add(1) - 1)
		if number >= r.config.Inputs {
			return
		}
		encoded, wrong := decide(r.deciders[number%len(r.deciders)], r.generator.Input(r.config.Seed, uint64(number)))
		if wrong != "" {
			r.note(fmt.Sprintf("input %d: %s", number, wrong))
		}
		own.add(sumOf(number, encoded))
		if r.config.Progress != nil && number%progressEvery == 0 {
			r.config.Progress(number, r.config.Inputs)
		}
	}
}

func (r *running) note(wrong string) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.broken++
	if len(r.first) < shownBroken {
		r.first = append(r.first, wrong)
	}
}

// decide returns the encoded decision, or what is wrong.
func decide(decider Decider, input triage.Input) (encoded []byte, wrong string) {
	defer func() {
		if reason := recover(); reason != nil {
			wrong = fmt.Sprintf("panic: %v\n%s", reason, debug.Stack())
		}
	}()
	decision, err := decider.Decide(input)
	if err != nil {
		return nil, err.Error()
	}
	if encoded, err = json.Marshal(decision); err != nil {
		return nil, err.Error()
	}
	return encoded, check(decision, input)
}

// sum is a number of 256 bits.
type sum [4]uint64

// sumOf hashes a decision with its number.
func sumOf(number int, encoded []byte) sum {
	hash := sha256.New()
	hash.Write(binary.BigEndian.AppendUint64(nil, uint64(number))) //nolint:gosec // not negative
	hash.Write(encoded)
	var s sum
	for i, digest := 0, hash.Sum(nil); i < len(s); i++ {
		s[i] = binary.BigEndian.Uint64(digest[8*i:])
	}
	return s
}

// add adds modulo 2²⁵⁶, so that the order of adding is of no consequence.
func (s *sum) add(other sum) {
	var carry uint64
	for i := len(s) - 1; i >= 0; i-- {
		s[i], carry = bits.Add64(s[i], other[i], carry)
	}
}

// String is 64 hexadecimal digits.
func (s sum) String() string {
	var raw []byte
	for _, part := range s {
		raw = binary.BigEndian.AppendUint64(raw, part)
	}
	return hex.EncodeToString(raw)
}
