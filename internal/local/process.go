package local

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// processPause is how often a starting or stopping process is looked at.
const processPause = 15 * time.Millisecond

// launch starts a server that outlives this process. Its output goes to a
// file: a pipe would break when we end. The channel closes when it has ended.
func (place home) launch(logName, program string, arguments ...string) (ended <-chan struct{}, err error) {
	path := place.file(logName)
	// One former log is kept, for whoever asks why a server ended.
	if err := os.Rename(path, path+".1"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("keep the former log: %w", err)
	}
	log, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the log: %w", err)
	}
	defer func() { _ = log.Close() }()
	command := exec.Command(program, arguments...)
	place.prepare(command)
	command.Stdout, command.Stderr = log, log
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", filepath.Base(program), err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = command.Wait() // how it ended stands in its log
	}()
	return done, nil
}

// run runs a program of the servers to its end and returns what it printed.
func (place home) run(ctx context.Context, program string, arguments ...string) (string, error) {
	command := exec.CommandContext(ctx, program, arguments...)
	place.prepare(command)
	output, err := command.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("run %s: %w: %s", filepath.Base(program), err, bytes.TrimSpace(output))
	}
	return string(output), nil
}

// prepare gives a command the servers' account, a working folder which that
// account may read, and an environment without our secrets.
func (place home) prepare(command *exec.Cmd) {
	command.SysProcAttr = place.account.attributes()
	command.Dir = place.path
	command.Env = []string{"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C", "HOME=" + place.path}
}

// logTail returns the end of a server's log for an error message.
func (place home) logTail(logName string) string {
	const most = 2000
	content, err := os.ReadFile(place.file(logName))
	if err != nil {
		return "(no log: " + err.Error() + ")"
	}
	return string(bytes.TrimSpace(content[max(0, len(content)-most):]))
}

// readPID returns the process number in a PID file's first line, and 0 where
// there is none. The number itself proves nothing: see alive.
func readPID(path string) int {
	content, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	line, _, _ := strings.Cut(string(content), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil || pid < 1 {
		return 0
	}
	return pid
}

// alive reports whether the process runs, is no zombie, and is the server of
// this folder: numbers are reused, above all after a restart of the machine.
// Both servers work in their data folder, which Linux shows to the same user.
func alive(pid int, program, dir string) bool {
	if pid < 1 || errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
		return false
	}
	works, err := os.Readlink(fmt.Sprintf("/proc/%d/cwd", pid))
	if err == nil {
		return works == dir
	}
	output, err := exec.Command("ps", "-o", "stat=,comm=", "-p", strconv.Itoa(pid)).Output()
	state, name, found := strings.Cut(strings.TrimSpace(string(output)), " ")
	if err != nil || !found || strings.HasPrefix(state, "Z") {
		return false
	}
	return strings.HasPrefix(filepath.Base(strings.TrimSpace(name)), program)
}

// waitUntil asks every few milliseconds until done says yes.
func waitUntil(ctx context.Context, done func() bool) error {
	ticker := time.NewTicker(processPause)
	defer ticker.Stop()
	for !done() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
	return nil
}

// terminate sends a polite signal, and after patience has run out a rude one.
func terminate(ctx context.Context, running func() bool, pid int, polite, rude syscall.Signal) error {
	const patience = 20 * time.Second
	for _, signal := range []syscall.Signal{polite, rude} {
		if err := syscall.Kill(pid, signal); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("signal process %d: %w", pid, err)
		}
		step, cancel := context.WithTimeout(ctx, patience)
		err := waitUntil(step, func() bool { return !running() })
		cancel()
		if err == nil {
			return nil
		}
	}
	return fmt.Errorf("process %d does not end", pid)
}
