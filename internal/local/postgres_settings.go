package local

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

const settingsName = "signalbox.conf"

// settings keeps the server off the network and texts out of its log: failed
// statements and details of constraint errors would quote what customers wrote.
const settings = `listen_addresses = ''
unix_socket_directories = '%s'
unix_socket_permissions = 0700
port = %d
max_connections = 200
timezone = 'UTC'
log_timezone = 'UTC'
log_min_error_statement = panic
log_error_verbosity = terse
log_checkpoints = off
`

// hasty settings trade crash safety for speed, for data that tests throw away.
const hasty = `fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
`

// includeSettings makes a fresh cluster read our settings file. What the owner
// sets with ALTER SYSTEM still wins, since Postgres reads that last.
func includeSettings(data string) error {
	file, err := os.OpenFile(filepath.Join(data, "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	_, err = fmt.Fprintf(file, "\ninclude_if_exists = '%s'\n", settingsName)
	return err
}

func (server postgres) writeSettings(durable bool) error {
	text := fmt.Sprintf(settings, server.home.sockets, server.port())
	if !durable {
		text += hasty
	}
	// Root writes it and the account reads it; the folder itself is 0700.
	return os.WriteFile(filepath.Join(server.data(), settingsName), []byte(text), 0o644)
}

// locale returns the arguments of initdb for the same rules everywhere: order
// by code point, letters by Unicode. Postgres carries these itself from 17 on;
// before, they are the C library's, where it has them.
func (server postgres) locale(ctx context.Context) []string {
	if server.major >= 17 {
		return []string{"--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"}
	}
	output, err := exec.CommandContext(ctx, "locale", "-a").Output()
	if err == nil {
		for name := range strings.FieldsSeq(string(output)) {
			if strings.EqualFold(strings.ReplaceAll(name, "-", ""), "C.UTF8") {
				return []string{"--locale=" + name}
			}
		}
	}
	return []string{"--no-locale"}
}
