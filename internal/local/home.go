package local

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
)

// rootHomes holds the servers' folders of root, one a Config.Dir, since the
// unprivileged account can't reach root's own files.
const rootHomes = "/var/lib/signalbox"

// socketRoot is short and the same for every process, whatever its TMPDIR: a
// socket's path may have 103 bytes on macOS and 107 on Linux.
const socketRoot = "/tmp"

// home is where the servers of one Config.Dir keep their data, locks and logs.
type home struct {
	account account
	path    string // absolute
	sockets string // folder of the unix sockets
}

// openHome makes the folders of a Config. As root it leaves a link "data" in
// Config.Dir that points to where the data really is.
func openHome(config Config) (home, error) {
	place, dir, err := locate(config)
	if err != nil {
		return home{}, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return home{}, fmt.Errorf("make %s: %w", dir, err)
	}
	if place.account.drop {
		if err := os.MkdirAll(rootHomes, 0o755); err != nil {
			return home{}, fmt.Errorf("make %s: %w", rootHomes, err)
		}
		if err := place.account.folder(place.path); err != nil {
			return home{}, fmt.Errorf("make the servers' folder: %w", err)
		}
		if err := place.point(config, filepath.Join(dir, "data")); err != nil {
			return home{}, err
		}
	}
	if err := place.account.folder(place.sockets); err != nil {
		return home{}, fmt.Errorf("make the sockets' folder: %w", err)
	}
	return place, nil
}

// locate computes the folders without making them. Links are resolved as far
// as the path exists, so that two names of one folder mean one home.
func locate(config Config) (place home, dir string, err error) {
	who, err := serverAccount()
	if err != nil {
		return home{}, "", err
	}
	dir, err = filepath.Abs(config.Dir)
	if err != nil {
		return home{}, "", fmt.Errorf("find %s: %w", config.Dir, err)
	}
	if parent, err := filepath.EvalSymlinks(filepath.Dir(dir)); err == nil {
		dir = filepath.Join(parent, filepath.Base(dir))
	}
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	sum := sha256.Sum256([]byte(dir))
	name := hex.EncodeToString(sum[:6])
	place = home{account: who, path: dir, sockets: filepath.Join(socketRoot, "signalbox-"+strconv.Itoa(who.uid)+"-"+name)}
	if who.drop {
		place.path = filepath.Join(rootHomes, name)
	}
	return place, dir, nil
}

// point keeps the link from the folder to its data. A folder that was moved or
// copied gets data of its own, and its user is told where the former lie.
func (place home) point(config Config, link string) error {
	former, err := os.Readlink(link)
	switch {
	case err == nil && former == place.path:
		return nil
	case err == nil:
		config.say("%s was moved or copied: it starts afresh, and its former data stay in %s.", filepath.Dir(link), former)
		if err := os.Remove(link); err != nil {
			return fmt.Errorf("replace the link %s: %w", link, err)
		}
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s is in the way of the link to the servers' data: %w", link, err)
	}
	if err := os.Symlink(place.path, link); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("link %s: %w", link, err)
	}
	return nil
}

// file names a file in the home.
func (place home) file(name string) string { return filepath.Join(place.path, name) }
