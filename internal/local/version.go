package local

import (
	"errors"
	"regexp"
	"strconv"
)

var (
	versionPattern = regexp.MustCompile(`(?:\) |v=)(\d{1,4})(?:\.(\d{1,4}))?`)
	controlPattern = regexp.MustCompile(`(?m)^\s*default_version\s*=\s*'(\d{1,4})\.(\d{1,4})`)
)

// parseVersion reads what `postgres --version` ("postgres (PostgreSQL) 18.4") or
// `redis-server --version` ("Redis server v=7.2.4 sha=…") prints.
func parseVersion(text string) (major, minor int, err error) {
	return matchVersion(versionPattern, text)
}

// controlVersion reads the version from an extension's control file.
func controlVersion(text string) (major, minor int, err error) {
	return matchVersion(controlPattern, text)
}

func matchVersion(pattern *regexp.Regexp, text string) (major, minor int, err error) {
	match := pattern.FindStringSubmatch(text)
	if match == nil {
		return 0, 0, errors.New("no version number was found")
	}
	major, _ = strconv.Atoi(match[1]) // at most four digits
	minor, _ = strconv.Atoi(match[2]) // absent in a development version: 0
	return major, minor, nil
}
