package local

import (
	"errors"
	"testing"

	"github.com/signalbox/signalbox/internal/fault"
)

func TestValidateNamesTheField(t *testing.T) {
	t.Parallel()
	good := Config{Dir: ".signalbox", WantPostgres: true}
	if err := good.Validate(); err != nil {
		t.Errorf("a good Config: %v", err)
	}
	for field, change := range map[string]func(*Config){
		"Dir":           func(c *Config) { c.Dir = "" },
		"WantPostgres":  func(c *Config) { c.WantPostgres = false },
		"PostgresMajor": func(c *Config) { c.PostgresMajor = 14 },
		"PGBin":         func(c *Config) { c.PGBin = "bin" },
	} {
		wrong := good
		change(&wrong)
		var failure *fault.Error
		if err := wrong.Validate(); !errors.As(err, &failure) || failure.Field != field || failure.Remedy == "" {
			t.Errorf("a wrong %s: got %v, want a fault that names it and the remedy", field, err)
		}
		if _, err := Open(t.Context(), wrong); !fault.Is(err, fault.Invalid) {
			t.Errorf("Open with a wrong %s: kind %q, want %q", field, fault.KindOf(err), fault.Invalid)
		}
	}
}

func TestWrongPGBinIsNamed(t *testing.T) {
	t.Parallel()
	config := folder(t)
	config.PGBin = t.TempDir()
	_, err := Open(t.Context(), config)
	says(t, err, "PGBIN", "initdb and postgres")
}
