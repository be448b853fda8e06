package local

import (
	"fmt"
	"io"
	"path/filepath"

	"github.com/signalbox/signalbox/internal/fault"
)

// The range of Postgres major versions that Signalbox supports.
const (
	oldestPostgres = 15
	newestPostgres = 18
)

// Config says which servers are wanted and where they live.
type Config struct {
	// Dir is the folder of the servers, by convention ".signalbox". It is made if absent.
	Dir string
	// CacheDir keeps fetched binaries between folders. Empty means the user's
	// cache folder, and /var/cache/signalbox for root.
	CacheDir string
	// PGBin is a folder with initdb and postgres to use instead of any other.
	PGBin string
	// PostgresMajor asks for one major version, 15 to 18. Zero takes the version
	// of the folder's existing cluster, else the newest that the system has,
	// else 18. Fetched binaries exist for 16 and 18.
	PostgresMajor int
	// Durable makes acknowledged writes survive a crash of the machine. A server
	// that already runs keeps the setting it was started with.
	Durable bool
	// Messages is told in plain sentences what is fetched and why. Nil discards them.
	Messages io.Writer
	// WantPostgres and WantRedis choose the servers; at least one is needed.
	WantPostgres, WantRedis bool
}

// Validate returns a fault that names the first wrong field and what would be right.
func (config Config) Validate() error {
	major := config.PostgresMajor
	switch {
	case config.Dir == "":
		return fault.Field(fault.Invalid, "Dir", "is empty", `name a folder such as ".signalbox"`)
	case !config.WantPostgres && !config.WantRedis:
		return fault.Field(fault.Invalid, "WantPostgres", "no server is wanted", "set WantPostgres or WantRedis")
	case major != 0 && (major < oldestPostgres || major > newestPostgres):
		return fault.Field(fault.Invalid, "PostgresMajor", "is not supported",
			fmt.Sprintf("use %d to %d, or 0 for any", oldestPostgres, newestPostgres))
	case config.PGBin != "" && !filepath.IsAbs(config.PGBin):
		return fault.Field(fault.Invalid, "PGBin", "is not an absolute path", "name the folder that holds initdb and postgres")
	}
	return nil
}

// say tells the user one line of progress.
func (config Config) say(format string, values ...any) {
	if config.Messages != nil {
		// Progress that cannot be shown is no reason to fail.
		_, _ = fmt.Fprintf(config.Messages, format+"\n", values...)
	}
}
