package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/signalbox/signalbox/internal/fault"
)

// standardListen is where the API listens unless a setting says otherwise.
const standardListen = "127.0.0.1:8080"

// standardModel is asked at an OpenAI-compatible endpoint unless a setting says otherwise.
const standardModel = "gpt-4o-mini"

// config is every setting of the service. Each comes from the environment, or
// from the file that --config or SIGNALBOX_CONFIG names; the environment wins.
type config struct {
	DatabaseURL         string
	DatabaseURLCustomer string
	DatabaseURLMigrate  string
	RedisURL            string
	SecretKeys          string
	Listen              string
	MetricsListen       string
	PublicURL           string
	TrustedProxies      []string
	LogLevel            string
	LogFormat           string
	KeepRaw             time.Duration
	Concurrency         int
	DatabaseConnections int
	Dir                 string
	PostgresMajor       int
	PGBin               string
	ModelURL            string
	ModelKey            string
	ModelName           string
	EmbeddingKey        string
	ImportHosts         []string
	AnthropicKey        string
	AnthropicURL        string
}

// setting reads one variable into the config.
type setting struct {
	name, standard, help string
	read                 func(*config, string) error
}

// settings lists every variable with its default, for reading and for the reference.
func settings() []setting {
	text := func(field func(*config) *string) func(*config, string) error {
		return func(c *config, value string) error { *field(c) = value; return nil }
	}
	return []setting{
		{"DATABASE_URL", "", "The app login. Unset: a private Postgres under SIGNALBOX_DIR.", text(func(c *config) *string { return &c.DatabaseURL })},
		{"DATABASE_URL_CUSTOMER", "", "The customers' read-only login.", text(func(c *config) *string { return &c.DatabaseURLCustomer })},
		{"DATABASE_URL_MIGRATE", "", "The login that owns the schema; only `migrate` uses it.", text(func(c *config) *string { return &c.DatabaseURLMigrate })},
		{"REDIS_URL", "", "Unset: a private Redis under SIGNALBOX_DIR.", text(func(c *config) *string { return &c.RedisURL })},
		{"SIGNALBOX_SECRET_KEYS", "", "Keys that seal stored secrets: id:base64 of 32 bytes, newest first, comma between.", text(func(c *config) *string { return &c.SecretKeys })},
		{"SIGNALBOX_LISTEN", standardListen, "Address of the API.", address(func(c *config) *string { return &c.Listen })},
		{"SIGNALBOX_METRICS_LISTEN", "127.0.0.1:9464", "Address of /metrics; `off` for none.", address(func(c *config) *string { return &c.MetricsListen })},
		{"SIGNALBOX_PUBLIC_URL", "", "How the world reaches the API, for links.", webURL(func(c *config) *string { return &c.PublicURL })},
		{"SIGNALBOX_TRUSTED_PROXIES", "", "Networks whose X-Forwarded-For is believed, comma between.", readProxies},
		{"SIGNALBOX_LOG", "info", "debug, info, warn or error.", oneOf(func(c *config) *string { return &c.LogLevel }, "debug", "info", "warn", "error")},
		{"SIGNALBOX_LOG_FORMAT", "text", "text or json.", oneOf(func(c *config) *string { return &c.LogFormat }, "text", "json")},
		{"SIGNALBOX_KEEP_RAW_DAYS", "30", "How long raw payloads are kept, 1–3650 days.", readKeepRaw},
		{"SIGNALBOX_CONCURRENCY", "10", "Jobs that `work` runs at once, 1–1000.", number(func(c *config) *int { return &c.Concurrency }, 1, 1000)},
		{"SIGNALBOX_DATABASE_CONNECTIONS", "16", "Most connections of each of the app login's two pools a process, 2–1000.", number(func(c *config) *int { return &c.DatabaseConnections }, 2, 1000)},
		{"SIGNALBOX_DIR", ".signalbox", "Folder of the private servers.", text(func(c *config) *string { return &c.Dir })},
		{"SIGNALBOX_POSTGRES", "0", "Major version of the private Postgres, 15–18; 0 takes what there is.", readMajor},
		{"PGBIN", "", "Folder with initdb and postgres for the private Postgres.", text(func(c *config) *string { return &c.PGBin })},
		{"OPENAI_BASE_URL", "", "An OpenAI-compatible endpoint that writes drafts. Unset: the built-in draft.", webURL(func(c *config) *string { return &c.ModelURL })},
		{"OPENAI_API_KEY", "", "Its key.", text(func(c *config) *string { return &c.ModelKey })},
		{"ANTHROPIC_API_KEY", "", "Without OPENAI_BASE_URL: a key for Anthropic's protocol.", text(func(c *config) *string { return &c.AnthropicKey })},
		{"ANTHROPIC_BASE_URL", "", "Its endpoint, if it is not the vendor's.", webURL(func(c *config) *string { return &c.AnthropicURL })},
		{"SIGNALBOX_EMBEDDING_KEY", "", "Key of the endpoint that an embedding space or `eval triage --embedding-url` names.", text(func(c *config) *string { return &c.EmbeddingKey })},
		{"SIGNALBOX_IMPORT_HOSTS", "", "Hosts with private addresses that articles may be fetched from: host:port, comma between.", readHosts},
		{"SIGNALBOX_MODEL", standardModel, "The chat model that writes drafts.", text(func(c *config) *string { return &c.ModelName })},
	}
}

// readConfig reads the environment over the file over the defaults. It names
// every wrong setting, not only the first.
func readConfig(environment []string, file string) (config, error) {
	values, err := readFile(file)
	if err != nil {
		return config{}, err
	}
	for _, entry := range environment {
		name, value, _ := strings.Cut(entry, "=")
		if value != "" {
			values[name] = value
		}
	}
	var result config
	var problems []error
	for _, setting := range settings() {
		value := values[setting.name]
		if value == "" {
			value = setting.standard
		}
		if err := setting.read(&result, value); err != nil {
			problems = append(problems, fault.Field(fault.Invalid, setting.name, err.Error(), setting.help))
		}
	}
	return result, errors.Join(append(problems, result.together()...)...)
}

// together checks what one setting demands of another.
func (c config) together() []error {
	var problems []error
	if c.DatabaseURL != "" && c.DatabaseURLCustomer == "" {
		problems = append(problems, fault.Field(fault.Invalid, "DATABASE_URL_CUSTOMER", "is missing beside DATABASE_URL",
			"create a second login for customers' reads and name it here; `signalbox migrate up` grants it what it needs"))
	}
	if c.DatabaseURL == "" && (c.DatabaseURLCustomer != "" || c.DatabaseURLMigrate != "") {
		problems = append(problems, fault.Field(fault.Invalid, "DATABASE_URL", "is missing beside the other logins", "name the app login"))
	}
	if c.DatabaseURL != "" && c.SecretKeys == "" {
		problems = append(problems, fault.Field(fault.Invalid, "SIGNALBOX_SECRET_KEYS", "is missing beside DATABASE_URL",
			"make one with: echo \"k1:$(head -c 32 /dev/urandom | base64)\""))
	}
	if c.ModelURL == "" && c.AnthropicKey != "" && c.ModelName == standardModel {
		problems = append(problems, fault.Field(fault.Invalid, "SIGNALBOX_MODEL", "is missing beside ANTHROPIC_API_KEY", "name one of the vendor's models"))
	}
	return problems
}

// readFile reads KEY=value lines: the same names as in the environment.
func readFile(path string) (map[string]string, error) {
	values := map[string]string{}
	if path == "" {
		return values, nil
	}
	file, err := os.Open(filepath.Clean(path))
	if err != nil {
		return nil, fault.Field(fault.Invalid, "--config", "cannot be read", "name a file of KEY=value lines")
	}
	defer file.Close()
	return values, parseFile(file, path, values)
}

func parseFile(reader io.Reader, path string, values map[string]string) error {
	known := map[string]bool{}
	for _, setting := range settings() {
		known[setting.name] = true
	}
	scanner := bufio.NewScanner(reader)
	for line := 1; scanner.Scan(); line++ {
		text := strings.TrimSpace(scanner.Text())
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		name, value, found := strings.Cut(text, "=")
		name = strings.TrimSpace(strings.TrimPrefix(name, "export "))
		if !found || !known[name] {
			return fault.Field(fault.Invalid, fmt.Sprintf("%s:%d", path, line), "is no setting", "write KEY=value with a KEY of docs/reference/settings.md")
		}
		values[name] = strings.Trim(strings.TrimSpace(value), `"'`)
	}
	return scanner.Err()
}

func address(field func(*config) *string) func(*config, string) error {
	return func(c *config, value string) error {
		if _, port, err := net.SplitHostPort(value); value != "off" && (err != nil || port == "") {
			return errors.New("is not host:port")
		}
		*field(c) = value
		return nil
	}
}

func webURL(field func(*config) *string) func(*config, string) error {
	return func(c *config, value string) error {
		parsed, err := url.Parse(value)
		if value != "" && (err != nil || parsed.Host == "" || parsed.Scheme != "https" && parsed.Scheme != "http") {
			return errors.New("is not an http or https address")
		}
		*field(c) = strings.TrimRight(value, "/")
		return nil
	}
}

func oneOf(field func(*config) *string, allowed ...string) func(*config, string) error {
	return func(c *config, value string) error {
		if !slices.Contains(allowed, value) {
			return errors.New("is unknown")
		}
		*field(c) = value
		return nil
	}
}

func number(field func(*config) *int, least, most int) func(*config, string) error {
	return func(c *config, value string) error {
		parsed, err := strconv.Atoi(value)
		if err != nil || parsed < least || parsed > most {
			return errors.New("is not a number in range")
		}
		*field(c) = parsed
		return nil
	}
}

func readMajor(c *config, value string) error {
	if value == "0" {
		c.PostgresMajor = 0
		return nil
	}
	return number(func(c *config) *int { return &c.PostgresMajor }, 15, 18)(c, value)
}

func readKeepRaw(c *config, value string) error {
	var days int
	err := number(func(*config) *int { return &days }, 1, 3650)(c, value)
	c.KeepRaw = time.Duration(days) * 24 * time.Hour
	return err
}

func readProxies(c *config, value string) error {
	for _, network := range strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ' ' }) {
		_, errPrefix := netip.ParsePrefix(network)
		if _, err := netip.ParseAddr(network); err != nil && errPrefix != nil {
			return errors.New("holds something that is no network")
		}
		c.TrustedProxies = append(c.TrustedProxies, network)
	}
	return nil
}

func readHosts(c *config, value string) error {
	for host := range strings.SplitSeq(value, ",") {
		if host = strings.TrimSpace(host); host != "" {
			if strings.ContainsAny(host, "/ ") {
				return errors.New("holds what is no host")
			}
			c.ImportHosts = append(c.ImportHosts, host)
		}
	}
	return nil
}
