package document

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// Of a ZIP file and those in it together.
const (
	maximumEntries  = 20_000
	maximumUnpacked = 512 * megabyte
	maximumRatio    = 200 // of an entry over a megabyte
	maximumDepth    = 1   // ZIP files within ZIP files
)

var (
	errBundleBroken  = errors.New("is no ZIP file, or is broken")
	errBundleEntries = fmt.Errorf("holds more than %d files", maximumEntries)
	errBundleSize    = fmt.Errorf("unpacks to more than %d MB", maximumUnpacked/megabyte)
	errBundleDepth   = errors.New("is a ZIP file within a ZIP file within a ZIP file: unpack it first")
)

// budget is what a bundle may still unpack to.
type budget struct {
	entries int
	bytes   int64
}

func newBudget() *budget { return &budget{entries: maximumEntries, bytes: maximumUnpacked} }

// bundle reads the files of a ZIP. What is wrong with one of them skips it alone; what
// is a trick by its size skips the rest.
func (r reader) bundle(ctx context.Context, data []byte, yield func(Item) error) error {
	if r.depth > maximumDepth {
		return errBundleDepth
	}
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return errBundleBroken
	}
	if r.budget.entries -= len(archive.File); r.budget.entries < 0 {
		return errBundleEntries
	}
	seen := map[string]bool{}
	for _, entry := range archive.File {
		if err := ctx.Err(); err != nil {
			return err
		}
		name := entryName(entry)
		if hidden(name) || entry.FileInfo().IsDir() {
			continue
		}
		problem := entryProblem(entry, name, seen)
		if problem == "" {
			var failed, tricked error
			problem, failed, tricked = r.entry(ctx, entry, name, yield)
			if failed != nil || tricked != nil {
				return errors.Join(failed, tricked)
			}
		}
		if problem != "" {
			if err := yield(Item{Key: cleanName(name), Problem: problem}); err != nil {
				return err
			}
		}
	}
	return nil
}

// entry reads one file of the bundle. problem skips it, failed is yield's, tricked
// ends the bundle.
func (r reader) entry(ctx context.Context, entry *zip.File, name string, yield func(Item) error) (problem string, failed, tricked error) {
	limit := LimitOf(name)
	if limit == 0 {
		return "", nil, nil
	}
	data, problem, tricked := r.unpack(entry, limit)
	if problem != "" || tricked != nil {
		return problem, nil, tricked
	}
	inner := reader{name: name, depth: r.depth + 1, budget: r.budget}
	err := inner.any(ctx, data, func(item Item) error {
		item.Key = strings.TrimSuffix(joined(strings.TrimSuffix(name, ".md"), item.Key), "/")
		failed = yield(item)
		return failed
	})
	switch {
	case failed != nil, errors.Is(err, ErrIgnored):
		return "", failed, nil
	case errors.Is(err, errBundleSize), errors.Is(err, errBundleEntries):
		return "", nil, err
	case err != nil:
		return err.Error(), nil, ctx.Err()
	}
	return "", nil, nil
}

// unpack reads an entry, no more than is allowed, whatever its header says.
func (r reader) unpack(entry *zip.File, limit int64) (data []byte, problem string, tricked error) {
	file, err := entry.Open()
	if err != nil {
		return nil, "cannot be unpacked: its compression is not known", nil
	}
	defer file.Close()
	most := min(limit, r.budget.bytes)
	data, err = io.ReadAll(io.LimitReader(file, most+1))
	r.budget.bytes -= int64(len(data))
	packed := max(int64(entry.CompressedSize64), 1) //nolint:gosec // a hint: what is read is counted
	switch {
	case r.budget.bytes < 0:
		return nil, "", errBundleSize
	case int64(len(data)) > megabyte && int64(len(data))/packed > maximumRatio:
		return nil, fmt.Sprintf("unpacks to more than %d times its size", maximumRatio), nil
	case int64(len(data)) > limit:
		return nil, TooLarge(limit).Error(), nil
	case err != nil:
		return nil, "is broken: its bytes do not match their checksum", nil
	}
	return data, "", nil
}

// entryProblem says why an entry is not even opened.
func entryProblem(entry *zip.File, name string, seen map[string]bool) string {
	clean := path.Clean(name)
	switch {
	case strings.HasPrefix(name, "/"), len(name) > 1 && name[1] == ':':
		return "has an absolute path"
	case clean == "..", strings.HasPrefix(clean, "../"), strings.Contains(name, "/../"):
		return "has a path that leads out of the ZIP file"
	case !entry.Mode().IsRegular():
		return "is a link or a device, no file"
	case entry.Flags&1 != 0:
		return "is encrypted"
	case len(name) > 400 || strings.ContainsFunc(name, func(r rune) bool { return r < 0x20 }):
		return "has a name that is too long or is not text"
	case seen[clean]:
		return "has the same name as another file of the ZIP file"
	}
	seen[clean] = true
	return ""
}

// entryName decodes names that old programs write in code page 437.
func entryName(entry *zip.File) string {
	name := entry.Name
	if !utf8.ValidString(name) {
		if read, err := charmap.CodePage437.NewDecoder().String(name); err == nil {
			name = read
		}
	}
	return strings.ReplaceAll(name, "\\", "/")
}

// cleanName is a name as it may be shown.
func cleanName(name string) string {
	name = strings.Map(func(r rune) rune {
		if r < 0x20 {
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, ""))
	return strings.ToValidUTF8(name[:min(len(name), 400)], "")
}

// hidden reports what programs add to a ZIP file of their own.
func hidden(name string) bool {
	for part := range strings.SplitSeq(name, "/") {
		if part == "__MACOSX" || strings.HasPrefix(part, ".") && part != "." && part != ".." {
			return true
		}
	}
	return false
}

func joined(name, key string) string {
	if key == "" {
		return name
	}
	return name + "/" + key
}
