package retrieval

import (
	"context"
	"errors"
	"path"
	"strings"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/internal/document"
)

// uploads are files and addresses of an import as a source.
type uploads struct {
	files     map[string][]byte
	names     []string
	skipped   []Problem
	addresses *Addresses
}

// uploaded makes a source of what was sent. A file's name is its key.
func (k *Keeper) uploaded(files []ImportFile, source uuid.UUID) *uploads {
	made := &uploads{files: map[string][]byte{}}
	var list []string
	for _, file := range files {
		if file.Address {
			list = append(list, file.Name)
			continue
		}
		name, problem := uploadName(file.Name)
		if problem == "" {
			problem = file.Problem
		}
		if _, taken := made.files[name]; taken && problem == "" {
			problem = "has the same name as another file of this import"
		}
		if problem != "" {
			made.skipped = append(made.skipped, Problem{firstBytes(strings.ToValidUTF8(file.Name, ""), 200), problem})
			continue
		}
		made.files[name] = file.Content
		made.names = append(made.names, name)
	}
	made.addresses = k.Addresses(list, source)
	return made
}

// uploadName cleans a name that a browser or a script sent.
func uploadName(name string) (clean, problem string) {
	name = strings.ReplaceAll(name, "\\", "/")
	clean = strings.TrimPrefix(path.Clean("/"+name), "/")
	switch {
	case clean == "" || clean == ".":
		return "", "has no name"
	case strings.Contains(name, "../"):
		return "", "has a path that leads elsewhere"
	}
	return clean, ""
}

// List names files, then addresses.
func (u *uploads) List(ctx context.Context) (files []string, skipped []Problem, err error) {
	addresses, problems, err := u.addresses.List(ctx)
	return append(append([]string{}, u.names...), addresses...), append(u.skipped, problems...), err
}

// Read reads a file that was sent, or fetches a page.
func (u *uploads) Read(ctx context.Context, file string, stored bool, yield func(document.Item) error) error {
	if data, sent := u.files[file]; sent {
		err := document.Read(ctx, file, data, yield)
		if errors.Is(err, document.ErrIgnored) {
			return errors.New("has a format that is not read") // it was sent on purpose
		}
		return err
	}
	return u.addresses.Read(ctx, file, stored, yield)
}

// Done passes on to the addresses.
func (u *uploads) Done(ctx context.Context, files []string) error {
	return u.addresses.Done(ctx, files)
}
