package triage

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"

	"gopkg.in/yaml.v3"

	"github.com/signalbox/signalbox/internal/fault"
)

// The bounds of a taxonomy. More classes than this are no longer told apart by
// the few tickets that each then has.
const (
	maximumIntents       = 200
	maximumRoutes        = 100
	maximumTaxonomyBytes = 1 << 20
)

// Taxonomy is the owner's list of what customers want and who can take it.
type Taxonomy struct {
	Routes  []Route  `json:"routes" yaml:"routes"`
	Intents []Intent `json:"intents" yaml:"intents"`
}

// Route is a team or queue.
type Route struct {
	Key         string `json:"key" yaml:"key"`
	Name        string `json:"name" yaml:"name"`
	Description string `json:"description" yaml:"description"`
}

// Intent is something that customers want.
type Intent struct {
	Key          string   `json:"key" yaml:"key"`
	Name         string   `json:"name" yaml:"name"`
	Description  string   `json:"description" yaml:"description"`
	Examples     []string `json:"examples,omitempty" yaml:"examples"`
	DefaultRoute string   `json:"default_route,omitempty" yaml:"default_route"`
}

// ParseTaxonomy reads intents.yaml. An unknown or repeated key is refused, since
// a misspelt one would otherwise be lost in silence.
func ParseTaxonomy(text []byte) (Taxonomy, error) {
	if len(text) > maximumTaxonomyBytes {
		return Taxonomy{}, fault.Field(fault.TooLarge, "taxonomy", "is larger than 1 MiB", "shorten the examples")
	}
	var taxonomy Taxonomy
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&taxonomy); err != nil && !errors.Is(err, io.EOF) {
		return Taxonomy{}, fault.Wrap(fault.Invalid, err, "the taxonomy is not YAML of the expected shape")
	}
	return taxonomy, taxonomy.Validate()
}

var keyPattern = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)

// Validate names the first key that is wrong, as a path such as
// intents[3].default_route.
func (t Taxonomy) Validate() error {
	if len(t.Intents) < 2 || len(t.Intents) > maximumIntents {
		return invalidTaxonomy("intents", "has too few or too many entries", "list 2 to 200 intents")
	}
	if len(t.Routes) == 0 || len(t.Routes) > maximumRoutes {
		return invalidTaxonomy("routes", "has too few or too many entries", "list 1 to 100 routes")
	}
	routes := make(map[string]bool, len(t.Routes))
	for i, route := range t.Routes {
		if err := checkKey(fmt.Sprintf("routes[%d]", i), route.Key, route.Name, routes); err != nil {
			return err
		}
	}
	intents := make(map[string]bool, len(t.Intents))
	for i, intent := range t.Intents {
		path := fmt.Sprintf("intents[%d]", i)
		if err := checkKey(path, intent.Key, intent.Name, intents); err != nil {
			return err
		}
		if intent.DefaultRoute != "" && !routes[intent.DefaultRoute] {
			return invalidTaxonomy(path+".default_route", "is no route", "use a key that stands under routes")
		}
	}
	return nil
}

func checkKey(path, key, name string, seen map[string]bool) error {
	switch {
	case !keyPattern.MatchString(key):
		return invalidTaxonomy(path+".key", "is not a key", "use up to 64 lower-case letters, digits and _, first a letter")
	case seen[key]:
		return invalidTaxonomy(path+".key", "stands there twice", "give each entry its own key")
	case name == "":
		return invalidTaxonomy(path+".name", "is missing", "give a name that people read")
	}
	seen[key] = true
	return nil
}

func invalidTaxonomy(field, message, remedy string) error {
	return fault.Field(fault.Unprocessable, field, message, remedy)
}

// Hash changes when a key, a name, a description, an example or a default
// route does, and not with the order of entries. It is 64 hexadecimal digits.
func (t Taxonomy) Hash() string {
	lines := make([]string, 0, len(t.Intents)+len(t.Routes))
	for _, route := range t.Routes {
		lines = append(lines, joinSized("route", route.Key, route.Name, route.Description))
	}
	for _, intent := range t.Intents {
		parts := []string{"intent", intent.Key, intent.Name, intent.Description, intent.DefaultRoute}
		lines = append(lines, joinSized(append(parts, intent.Examples...)...))
	}
	slices.Sort(lines)
	sum := sha256.Sum256([]byte(joinSized(lines...)))
	return hex.EncodeToString(sum[:])
}

// joinSized writes each part after its length, so that no two lists agree.
func joinSized(parts ...string) string {
	var joined []byte
	for _, part := range parts {
		joined = binary.AppendUvarint(joined, uint64(len(part)))
		joined = append(joined, part...)
	}
	return string(joined)
}
