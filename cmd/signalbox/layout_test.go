package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

// floors says how high each package stands. A package imports only from lower
// floors; a folder's sub-packages count as the folder unless they stand here.
var floors = map[string]int{
	"cmd/signalbox": 5,
	"workers":       4, "evals": 4, "internal/httpapi": 4, "internal/postgres": 4, "internal/llm": 4, "internal/helpdesk": 4,
	"copilot": 3,
	"triage":  2, "retrieval": 2,
	"desk": 1, "prompts": 1, "internal/local": 1, "internal/seal": 1, "internal/detect": 1, "internal/promise": 1,
	"internal/fault": 0, "internal/learn": 0, "internal/embedding": 0, "internal/outbound": 0,
	"internal/bodytext": 0, "internal/document": 0, "migrations": 0, "web": 0,
	"internal/pgtest": -1, // tests only: nobody imports it but tests
}

const module = "github.com/signalbox/signalbox/"

// floorOf finds the floor of a package and the folder that has it.
func floorOf(path string) (folder string, floor int, known bool) {
	for folder = strings.TrimPrefix(path, module); ; {
		if floor, known = floors[folder]; known {
			return folder, floor, true
		}
		cut := strings.LastIndexByte(folder, '/')
		if cut < 0 {
			return folder, 0, false
		}
		folder = folder[:cut]
	}
}

func TestPackagesImportOnlyFromLowerFloors(t *testing.T) {
	t.Parallel()
	output, err := exec.Command("go", "list", "-json=ImportPath,Imports", module+"...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for decoder := json.NewDecoder(bytes.NewReader(output)); ; {
		var listed struct {
			ImportPath string
			Imports    []string
		}
		if err := decoder.Decode(&listed); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
		folder, floor, known := floorOf(listed.ImportPath)
		if !known {
			t.Errorf("%s stands on no floor; give it one in this test and in docs/architecture.md", listed.ImportPath)
			continue
		}
		if floor < 0 {
			continue
		}
		for _, imported := range listed.Imports {
			if !strings.HasPrefix(imported, module) {
				continue
			}
			below, itsFloor, _ := floorOf(imported)
			if below != folder && (itsFloor >= floor || itsFloor < 0) {
				t.Errorf("%s (floor %d) imports %s (floor %d)", listed.ImportPath, floor, imported, itsFloor)
			}
		}
	}
}
