package local

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
)

// requirement is one pinned package of a pip requirements file.
type requirement struct {
	name, version string
	hashes        []string // SHA-256 in lower-case hexadecimal, one a platform
}

var (
	pinPattern  = regexp.MustCompile(`^([a-z0-9][a-z0-9-]*)==([0-9][0-9a-z.]*)$`)
	hashPattern = regexp.MustCompile(`^--hash=sha256:([0-9a-f]{64})$`)
)

// parseRequirement reads a requirements file with exactly one pinned package.
func parseRequirement(text string) (requirement, error) {
	var pin requirement
	for line := range strings.Lines(text) {
		if strings.HasPrefix(strings.TrimSpace(line), "#") {
			continue
		}
		for word := range strings.FieldsSeq(line) {
			if match := hashPattern.FindStringSubmatch(word); match != nil && pin.name != "" {
				pin.hashes = append(pin.hashes, match[1])
			} else if match := pinPattern.FindStringSubmatch(word); match != nil && pin.name == "" {
				pin.name, pin.version = match[1], match[2]
			} else if word != `\` {
				return requirement{}, fmt.Errorf("read requirements: %.40q is neither name==version nor --hash=sha256:…", word)
			}
		}
	}
	if pin.name == "" || len(pin.hashes) == 0 {
		return requirement{}, errors.New("read requirements: a package with at least one hash is needed")
	}
	return pin, nil
}

// verify checks that a file is one of the pinned ones.
func (pin requirement) verify(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("check %s: %w", pin.name, err)
	}
	defer func() { _ = file.Close() }()
	digest := sha256.New()
	if _, err := io.Copy(digest, file); err != nil {
		return fmt.Errorf("check %s: %w", pin.name, err)
	}
	if sum := hex.EncodeToString(digest.Sum(nil)); !slices.Contains(pin.hashes, sum) {
		return fmt.Errorf("check %s: the file fetched has SHA-256 %s, which is not pinned: it was discarded", pin.name, sum)
	}
	return nil
}
