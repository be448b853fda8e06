package local

import (
	"fmt"
	"regexp"
	"runtime"

	"github.com/signalbox/signalbox/internal/fault"
)

// missing is the error for a server that is neither here nor could be fetched.
// Its remedy is what to type.
func missing(what, instructions string, cause error) error {
	return &fault.Error{Kind: fault.Unavailable, Message: what + " is not on this system and could not be fetched",
		Remedy: instructions, Cause: cause}
}

// postgresInstructions says what to type on this system to get Postgres.
func postgresInstructions(major int) string {
	if major == 0 {
		major = 17
	}
	install := fmt.Sprintf("apt-get install postgresql-%d postgresql-%d-pgvector", major, major)
	if runtime.GOOS == "darwin" {
		install = fmt.Sprintf("brew install postgresql@%d pgvector", major)
	}
	return "type one of: `" + install + "`; `apt-get install python3-pip` or `python3 -m ensurepip`, to have it fetched; " +
		"`export DATABASE_URL=postgres://user:password@host/database`, to use a server of your own"
}

// redisInstructions says what to type on this system to get Redis.
func redisInstructions() string {
	install := "apt-get install redis-server"
	if runtime.GOOS == "darwin" {
		install = "brew install redis"
	}
	return "type one of: `" + install + "`; `export REDIS_URL=redis://host:6379/0`, to use a server of your own"
}

var globSpecials = regexp.MustCompile(`[\\*?\[\]]`)

// globLiteral escapes a path for use inside a filepath.Glob pattern.
func globLiteral(path string) string { return globSpecials.ReplaceAllString(path, `\$0`) }
