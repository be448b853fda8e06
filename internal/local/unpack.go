package local

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// Bounds on what an archive may hold: several times what the pinned ones do.
const (
	mostEntries      = 20_000
	mostEntryBytes   = 64 << 20
	mostArchiveBytes = 512 << 20
)

// unpack writes the chosen regular files of a zip into a new folder. Names that
// lead out of it, links, and files beyond the bounds are errors. Everybody may
// read the files, since the servers' account need not be the owner.
func unpack(archive, folder string, keep func(name string) bool) error {
	reader, err := zip.OpenReader(archive)
	if err != nil {
		return err
	}
	defer func() { _ = reader.Close() }()
	if len(reader.File) > mostEntries {
		return fmt.Errorf("the archive has more than %d entries", mostEntries)
	}
	if err := os.Mkdir(folder, 0o755); err != nil {
		return err
	}
	if err := readable(folder); err != nil {
		return err
	}
	left := int64(mostArchiveBytes)
	for _, entry := range reader.File {
		if !filepath.IsLocal(filepath.FromSlash(strings.TrimSuffix(entry.Name, "/"))) {
			return fmt.Errorf("the archive has an unsafe name: %.100q", entry.Name)
		}
		if entry.FileInfo().IsDir() || !keep(entry.Name) {
			continue
		}
		if !entry.Mode().IsRegular() {
			return fmt.Errorf("the archive has an entry that is no file: %.100q", entry.Name)
		}
		written, err := unpackEntry(entry, folder, min(left, mostEntryBytes))
		if err != nil {
			return err
		}
		left -= written
	}
	return nil
}

// unpackEntry writes one file and refuses one of more than most bytes, whatever
// size its header gives.
func unpackEntry(entry *zip.File, folder string, most int64) (written int64, err error) {
	source, err := entry.Open()
	if err != nil {
		return 0, err
	}
	defer func() { _ = source.Close() }()
	if err := makeFolders(folder, entry.Name); err != nil {
		return 0, err
	}
	mode := os.FileMode(0o644)
	if entry.Mode().Perm()&0o100 != 0 {
		mode = 0o755
	}
	target, err := os.OpenFile(filepath.Join(folder, filepath.FromSlash(entry.Name)), os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, target.Close()) }()
	if err := target.Chmod(mode); err != nil { // the umask may have taken more than it should
		return 0, err
	}
	written, err = io.Copy(target, io.LimitReader(source, most+1))
	if err == nil && written > most {
		err = fmt.Errorf("the archive's %.100q is too large", entry.Name)
	}
	return written, err
}

// makeFolders makes the folders of an entry below the given one.
func makeFolders(folder, name string) error {
	parts := strings.Split(name, "/")
	for _, part := range parts[:len(parts)-1] {
		folder = filepath.Join(folder, part)
		if err := os.Mkdir(folder, 0o755); errors.Is(err, os.ErrExist) {
			continue
		} else if err != nil {
			return err
		}
		if err := readable(folder); err != nil {
			return err
		}
	}
	return nil
}
