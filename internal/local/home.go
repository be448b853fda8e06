package local

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"github.com/gofrs/flock"
)

// rootHomes holds the servers' folders of root, one a Config.Dir, since the
// unprivileged account can't reach root's own files.
const rootHomes = "/var/lib/signalbox"

// socketRoot is short and the same for every process, whatever its TMPDIR: a
// socket's path may have 103 bytes on macOS and 107 on Linux.
const socketRoot = "/tmp"

// home is where the servers of one Config.Dir keep their data, locks and logs.
// It belongs to us and the folders in it to the account, so that a subverted
// server of root can't make root follow a link that it planted.
type home struct {
	account account
	dir     string // Config.Dir, absolute
	path    string // dir itself, or for root a folder of rootHomes
	sockets string // folder of the unix sockets
}

// locate makes Config.Dir and computes the folders. Links are resolved, so that
// two names of one folder mean one home.
func locate(config Config) (home, error) {
	who, err := serverAccount()
	if err != nil {
		return home{}, err
	}
	if err := os.MkdirAll(config.Dir, 0o755); err != nil {
		return home{}, fmt.Errorf("make %s: %w", config.Dir, err)
	}
	dir, err := filepath.EvalSymlinks(config.Dir)
	if err != nil {
		return home{}, fmt.Errorf("find %s: %w", config.Dir, err)
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return home{}, fmt.Errorf("find %s: %w", config.Dir, err)
	}
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return home{}, fmt.Errorf("find %s: %w", config.Dir, err)
	}
	sum := sha256.Sum256([]byte(dir))
	name := hex.EncodeToString(sum[:6])
	place := home{
		account: who, dir: dir, path: dir,
		sockets: filepath.Join(socketRoot, "signalbox-"+strconv.Itoa(who.uid)+"-"+name),
	}
	if who.drop {
		place.path = filepath.Join(rootHomes, name)
	}
	return place, nil
}

// enter makes the home's folders and waits for the lifecycle lock. As root it
// leaves a link "data" in Config.Dir that points to where the data really are.
func enter(ctx context.Context, config Config) (home, *flock.Flock, error) {
	place, err := locate(config)
	if err != nil {
		return home{}, nil, err
	}
	lifecycle, err := place.lockLifecycle(ctx)
	if err != nil {
		return home{}, nil, err
	}
	if err := place.furnish(config); err != nil {
		return home{}, nil, errors.Join(err, lifecycle.Close())
	}
	return place, lifecycle, nil
}

// furnish makes what is deleted with the last user. The caller holds the
// lifecycle lock.
func (place home) furnish(config Config) error {
	if err := place.account.folder(place.sockets); err != nil {
		return fmt.Errorf("make the sockets' folder: %w", err)
	}
	if place.account.drop {
		if err := readable(rootHomes, place.path); err != nil {
			return fmt.Errorf("open the servers' folder to their account: %w", err)
		}
		return place.point(config, filepath.Join(place.dir, "data"))
	}
	return nil
}

// point keeps the link from the folder to its data. A folder that was moved or
// copied gets data of its own, and its user is told where the former lie.
func (place home) point(config Config, link string) error {
	former, err := os.Readlink(link)
	switch {
	case err == nil && former == place.path:
		return nil
	case err == nil:
		config.say("%s was moved or copied: it starts afresh, and its former data stay in %s.", place.dir, former)
		if err := os.Remove(link); err != nil {
			return fmt.Errorf("replace the link %s: %w", link, err)
		}
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s is in the way of the link to the servers' data: %w", link, err)
	case place.existingMajor() != 0:
		config.say("%s takes up the earlier data in %s again.", place.dir, place.path)
	}
	if err := os.Symlink(place.path, link); err != nil {
		return fmt.Errorf("link %s: %w", link, err)
	}
	return nil
}

// readable lets every account pass folders of ours, whatever our umask. The
// servers' data lie in folders of mode 0700 below.
func readable(folders ...string) error {
	for _, folder := range folders {
		if err := os.Chmod(folder, 0o755); err != nil {
			return err
		}
	}
	return nil
}

// file names a file in the home.
func (place home) file(name string) string { return filepath.Join(place.path, name) }
