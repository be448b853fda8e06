package triagesuite

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"

	"github.com/signalbox/signalbox/internal/fault"
)

// Cached keeps the vectors of another embedder on disk, by the hash of the model and
// the text, so that a run can be repeated without the model server. It is for one
// goroutine and one process at a time.
type Cached struct {
	inner  Embedder
	salt   string
	path   string
	known  map[cacheKey][]float32
	length int // of every vector; 0 until there is one
}

type cacheKey [sha256.Size]byte

const (
	cacheMagic    = "SBEV1\n"
	longestVector = 1 << 14
)

// NewCached opens the cache of an embedder in a folder, which is made. Models are told
// apart by their names.
func NewCached(inner Embedder, folder string) (*Cached, error) {
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "--cache: the folder cannot be made")
	}
	digest := sha256.Sum256([]byte(inner.Name()))
	c := &Cached{inner: inner, salt: string(digest[:]), known: map[cacheKey][]float32{}}
	c.path = filepath.Join(folder, hex.EncodeToString(digest[:8])+".vectors")
	text, err := os.ReadFile(c.path)
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "--cache: cannot be read")
	}
	whole := c.parse(text)
	if whole == len(text) {
		return c, nil
	}
	// A run that was stopped while it wrote leaves half a record behind.
	if err := os.Truncate(c.path, int64(whole)); err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "--cache: cannot be written")
	}
	return c, nil
}

// parse reads the records, and returns how many bytes are whole ones.
func (c *Cached) parse(text []byte) int {
	head := len(cacheMagic) + 4
	if len(text) < head || !bytes.HasPrefix(text, []byte(cacheMagic)) {
		return 0
	}
	length := binary.LittleEndian.Uint32(text[len(cacheMagic):])
	if length == 0 || length > longestVector {
		return 0
	}
	c.length = int(length)
	size := sha256.Size + 4*c.length
	at := head
	for ; at+size <= len(text); at += size {
		vector := make([]float32, c.length)
		for i := range vector {
			vector[i] = math.Float32frombits(binary.LittleEndian.Uint32(text[at+sha256.Size+4*i:]))
		}
		c.known[cacheKey(text[at:at+sha256.Size])] = vector
	}
	return at
}

// Name is the inner embedder's.
func (c *Cached) Name() string { return c.inner.Name() }

func (c *Cached) key(text string) cacheKey { return sha256.Sum256([]byte(c.salt + text)) }

// Embed asks the inner embedder only for texts that are not known.
func (c *Cached) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	vectors := make([][]float32, len(texts))
	var asked []string
	var places []int
	for i, text := range texts {
		var found bool
		if vectors[i], found = c.known[c.key(text)]; !found {
			asked, places = append(asked, text), append(places, i)
		}
	}
	if len(asked) == 0 {
		return vectors, ctx.Err()
	}
	made, err := c.inner.Embed(ctx, asked)
	if err != nil {
		return nil, err
	}
	for i, vector := range made {
		vectors[places[i]] = vector
	}
	return vectors, c.keep(asked, made)
}

// keep appends the vectors to the file. Texts without a vector are not kept.
func (c *Cached) keep(texts []string, vectors [][]float32) (err error) {
	file, err := os.OpenFile(c.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "--cache: cannot be written")
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	writer := bufio.NewWriter(file)
	for i, vector := range vectors {
		if len(vector) == 0 {
			continue
		}
		if err := c.begin(writer, len(vector)); err != nil {
			return err
		}
		key := c.key(texts[i])
		c.known[key] = vector
		if _, err := writer.Write(key[:]); err != nil {
			return fmt.Errorf("write the cache: %w", err)
		}
		if err := binary.Write(writer, binary.LittleEndian, vector); err != nil {
			return fmt.Errorf("write the cache: %w", err)
		}
	}
	if err := writer.Flush(); err != nil {
		return fmt.Errorf("write the cache: %w", err)
	}
	return nil
}

// begin writes the head of a new file, and refuses vectors of another length.
func (c *Cached) begin(writer io.Writer, length int) error {
	if c.length == length {
		return nil
	}
	if c.length != 0 {
		return fault.New(fault.Unprocessable, "the embedding model answers with %d numbers where the cache has %d: remove the folder of --cache", length, c.length)
	}
	c.length = length
	if _, err := io.WriteString(writer, cacheMagic); err != nil {
		return fmt.Errorf("write the cache: %w", err)
	}
	return binary.Write(writer, binary.LittleEndian, uint32(length)) //nolint:gosec // bounded by what a model answers
}
