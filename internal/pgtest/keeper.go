package pgtest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/gofrs/flock"

	"github.com/signalbox/signalbox/internal/local"
)

// keeperVariable turns a test binary that is started with it into the keeper.
const keeperVariable = "SIGNALBOX_TEST_KEEPER"

const (
	keepWarm       = time.Minute     // for the next `go test`
	keeperPatience = 3 * time.Second // for a former keeper to be gone
)

// A test process has no last moment in which it could stop its servers: it may
// be killed, and the next one starts a second later. So each starts a copy of
// itself in the background, of which the first to hold a lock stops the servers
// when no test has used them for a minute.
func init() {
	if os.Getenv(keeperVariable) == "" {
		return
	}
	if err := keep(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "keep the test servers:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// startKeeper starts the copy, apart from this process' terminal and output.
func startKeeper() error {
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("start the keeper of the test servers: %w", err)
	}
	command := exec.Command(program)
	command.Env = append(os.Environ(), keeperVariable+"=1")
	command.Dir = string(filepath.Separator)
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := command.Start(); err != nil {
		return fmt.Errorf("start the keeper of the test servers: %w", err)
	}
	go func() { _ = command.Wait() }() // it mostly outlives us
	return nil
}

// keep stops the servers once they are idle, unless another keeper will.
func keep(ctx context.Context) error {
	config, err := sharedConfig()
	if err != nil {
		return err
	}
	lock := flock.New(filepath.Join(config.Dir, "keeper.lock"))
	patient, cancel := context.WithTimeout(ctx, keeperPatience)
	defer cancel()
	if _, err := lock.TryLockContext(patient, 100*time.Millisecond); patient.Err() != nil {
		return nil
	} else if err != nil {
		return err
	}
	defer func() { _ = lock.Close() }()
	return local.StopWhenIdle(ctx, config, keepWarm)
}
