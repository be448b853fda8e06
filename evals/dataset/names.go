package dataset

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
)

// namedRows is in how many rows of JSON names are looked for.
const namedRows = 200

// Names lists the columns of a file as they are written there: a CSV's header, or the
// keys of the first rows of JSON with those one level down as "outer.inner". Columns are
// wanted, such as those that tell which separator a CSV has.
func Names(source Source, wanted []string) ([]string, error) {
	raw, _, err := load(source.Flag, source.Path)
	if err != nil {
		return nil, err
	}
	name := filepath.Base(source.Path)
	text, err := decode(name, raw, source.Encoding)
	if err != nil {
		return nil, err
	}
	if isJSON(name, text) {
		return keysOf(text), nil
	}
	_, header, err := readHeader(name, text, Columns{Text: wanted})
	if err != nil {
		return nil, err
	}
	for i, title := range header {
		header[i] = strings.TrimSpace(title)
	}
	return header, nil
}

// keysOf looks at the first objects. What is wrong with them is told when they are read.
func keysOf(text []byte) (names []string) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	if bytes.HasPrefix(bytes.TrimLeft(text, " \t\r\n"), []byte("[")) {
		_, _ = decoder.Token()
	}
	seen := map[string]bool{}
	add := func(name string) {
		if !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	for range namedRows {
		var row object
		if !decoder.More() || decoder.Decode(&row) != nil {
			break
		}
		for key, value := range row {
			if inner, nested := value.(map[string]any); nested {
				for below := range inner {
					add(key + "." + below)
				}
				continue
			}
			add(key)
		}
	}
	slices.Sort(names)
	return names
}
