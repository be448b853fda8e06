package retrieval

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"strings"

	"github.com/signalbox/signalbox/internal/document"
	"github.com/signalbox/signalbox/internal/fault"
)

// folder is a directory of files.
type folder struct{ fs.FS }

// Folder makes a source of a directory. Hidden files are no part of it.
func Folder(directory fs.FS) Source { return folder{directory} }

// List walks the directory. What cannot be read is a problem, not an error.
func (f folder) List(ctx context.Context) (files []string, skipped []Problem, err error) {
	err = fs.WalkDir(f.FS, ".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil && path == ".":
			return fault.Wrap(fault.Invalid, err, "the directory cannot be read")
		case err != nil:
			skipped = append(skipped, Problem{path, "cannot be read"})
		case path != "." && strings.HasPrefix(entry.Name(), "."):
			if entry.IsDir() {
				return fs.SkipDir
			}
		case entry.Type().IsRegular():
			files = append(files, path)
		}
		return nil
	})
	return files, skipped, err
}

// Read opens a file only if its size is within its format's limit.
func (f folder) Read(ctx context.Context, path string, _ bool, yield func(document.Item) error) error {
	limit := document.LimitOf(path)
	if limit == 0 {
		return document.ErrIgnored
	}
	file, err := f.Open(path)
	if err != nil {
		return errUnreadable
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil {
		return errUnreadable
	} else if info.Size() > limit {
		return document.TooLarge(limit)
	}
	data, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err != nil {
		return errUnreadable
	}
	return document.Read(ctx, path, data, yield)
}

// Done needs to keep nothing: a file is read and hashed again.
func (folder) Done(context.Context, []string) error { return nil }

var errUnreadable = errors.New("cannot be read")
