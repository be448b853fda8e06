package local

import (
	"context"
	"os"
	"os/exec"
	"strconv"
	"strings"
)

// settings returns the server's arguments. They keep it off the network, and
// texts out of its log: failed statements and the details of constraint errors
// would quote what customers wrote. They are arguments and no file, since the
// files belong to the server's account.
func (server postgres) settings(durable bool) []string {
	values := []string{
		"listen_addresses=",
		"unix_socket_directories=" + server.home.sockets,
		"unix_socket_permissions=0700",
		"port=" + strconv.Itoa(server.port()),
		"max_connections=200",
		"timezone=UTC",
		"log_timezone=UTC",
		"log_min_error_statement=panic",
		"log_error_verbosity=terse",
		"log_checkpoints=off",
	}
	if durable {
		// Commits wait for the disk; checkpoints need not come as often as for a
		// small server, which would write whole pages again after each.
		values = append(values, "shared_buffers="+sharedBuffers(), "max_wal_size=2GB", "checkpoint_timeout=15min", "jit=off")
	}
	if !durable {
		// Data that tests throw away need not survive a crash of the machine.
		values = append(values, "fsync=off", "synchronous_commit=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0")
	}
	arguments := []string{"-D", server.data()}
	for _, value := range values {
		arguments = append(arguments, "-c", value)
	}
	return arguments
}

// sharedBuffers is an eighth of the machine's memory, 256 MB to 2 GB: a knowledge
// base's indexes should be in it, and the server takes only what it uses.
func sharedBuffers() string {
	const least, most = 256, 2048
	megabytes := least
	text, err := os.ReadFile("/proc/meminfo")
	if _, rest, found := strings.Cut(string(text), "MemTotal:"); err == nil && found {
		if fields := strings.Fields(rest); len(fields) > 0 {
			if kilobytes, err := strconv.Atoi(fields[0]); err == nil {
				megabytes = min(max(kilobytes/1024/8, least), most)
			}
		}
	}
	return strconv.Itoa(megabytes) + "MB"
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
