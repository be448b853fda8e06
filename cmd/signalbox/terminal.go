//go:build linux || darwin

package main

import (
	"os"

	"golang.org/x/sys/unix"
)

// keystrokes makes a terminal hand over each key at once and without showing it, until
// restore is called. ok is false if the file is no terminal.
func keystrokes(file *os.File) (restore func(), ok bool) {
	fd := int(file.Fd()) //nolint:gosec // a descriptor is small
	before, err := unix.IoctlGetTermios(fd, readTerminal)
	if err != nil {
		return nil, false
	}
	after := *before
	after.Lflag &^= unix.ICANON | unix.ECHO | unix.ISIG
	after.Cc[unix.VMIN], after.Cc[unix.VTIME] = 1, 0
	if err := unix.IoctlSetTermios(fd, writeTerminal, &after); err != nil {
		return nil, false
	}
	return func() { _ = unix.IoctlSetTermios(fd, writeTerminal, before) }, true
}
