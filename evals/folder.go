package evals

import (
	"os"
	"path/filepath"

	"gopkg.in/yaml.v3"

	"github.com/signalbox/signalbox/internal/fault"
)

// FolderFile is the file that makes a folder a suite.
const FolderFile = "suite.yaml"

// Folder is a suite that stands in a folder.
type Folder struct {
	Path     string
	Name     string
	Suite    string // which part of the service it measures, such as triage
	Gates    *Gates // nil for none
	Baseline string // path of a kept run, "" for none
	data     yaml.Node
}

// ReadFolder reads suite.yaml of a folder. The error names the key.
func ReadFolder(path string) (*Folder, error) {
	text, err := os.ReadFile(filepath.Join(filepath.Clean(path), FolderFile))
	if err != nil {
		return nil, fault.Field(fault.Invalid, "--suite", "has no "+FolderFile+" that can be read", "name a folder with a "+FolderFile)
	}
	return parseFolder(path, text)
}

func parseFolder(path string, text []byte) (*Folder, error) {
	var raw struct {
		Name     string               `yaml:"name"`
		Suite    string               `yaml:"suite"`
		Baseline string               `yaml:"baseline"`
		Gates    map[string]yaml.Node `yaml:"gates"`
		Data     yaml.Node            `yaml:"data"`
	}
	if err := decodeYAML(FolderFile, text, &raw); err != nil {
		return nil, err
	}
	folder := &Folder{Path: path, Name: raw.Name, Suite: raw.Suite, data: raw.Data}
	switch {
	case raw.Name == "":
		return nil, fault.Field(fault.Invalid, FolderFile+", name", "is missing", "give the suite a name")
	case raw.Suite == "":
		return nil, fault.Field(fault.Invalid, FolderFile+", suite", "is missing", "write suite: triage")
	case raw.Data.Kind != yaml.MappingNode:
		return nil, fault.Field(fault.Invalid, FolderFile+", data", "is missing", "name the files and columns")
	}
	if raw.Gates != nil {
		gates, err := gatesOf(FolderFile+", gates", raw.Gates)
		if err != nil {
			return nil, err
		}
		folder.Gates = &gates
	}
	folder.Baseline = folder.Resolve(raw.Baseline)
	return folder, nil
}

// Resolve makes a path of the folder's file one for this process; "" stays.
func (f *Folder) Resolve(path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(f.Path, path)
}

// Decode reads the suite's own part of the file. Unknown keys are refused.
func (f *Folder) Decode(to any) error {
	text, err := yaml.Marshal(&f.data)
	if err != nil {
		return fault.Field(fault.Invalid, FolderFile+", data", "cannot be read", "see docs/reference/eval.md")
	}
	return decodeYAML(FolderFile+", data", text, to)
}
