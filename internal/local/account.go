package local

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// account is the user that the servers run as: whoever we are, or an
// unprivileged one when we are root, whom Postgres refuses.
type account struct {
	uid, gid int
	// drop is set when our own rights have to be given up for the servers.
	drop bool
}

// serverAccount picks the account for the servers of this process.
func serverAccount() (account, error) {
	if os.Geteuid() != 0 {
		return account{uid: os.Geteuid(), gid: os.Getegid()}, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		found, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uidErr := strconv.ParseUint(found.Uid, 10, 31)
		gid, gidErr := strconv.ParseUint(found.Gid, 10, 31)
		if err := errors.Join(uidErr, gidErr); err != nil {
			return account{}, fmt.Errorf("look up user %s: %w", name, err)
		}
		return account{uid: int(uid), gid: int(gid), drop: true}, nil
	}
	return account{}, errors.New("root may not run Postgres, and there is no user postgres or nobody: run as an ordinary user")
}

// attributes start a process in its own session, as the account. The empty
// list of groups takes root's away.
func (who account) attributes() *syscall.SysProcAttr {
	attributes := &syscall.SysProcAttr{Setsid: true}
	if who.drop {
		attributes.Credential = &syscall.Credential{Uid: uint32(who.uid), Gid: uint32(who.gid)}
	}
	return attributes
}

// folder makes path a folder of mode 0700 that belongs to the account. An
// existing one of somebody else is refused: in a shared place such as /tmp it
// could be a trap.
func (who account) folder(path string) error {
	if err := os.Mkdir(path, 0o700); err == nil {
		if who.drop {
			return os.Chown(path, who.uid, who.gid)
		}
		return nil
	} else if !errors.Is(err, os.ErrExist) {
		return err
	}
	info, err := os.Lstat(path)
	if err != nil {
		return err
	}
	status, ok := info.Sys().(*syscall.Stat_t)
	if !ok || !info.IsDir() || int(status.Uid) != who.uid {
		return fmt.Errorf("%s is not a folder of user %d: remove it or choose another folder", path, who.uid)
	}
	return os.Chmod(path, 0o700)
}
