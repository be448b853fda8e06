package main

import "golang.org/x/sys/unix"

const readTerminal, writeTerminal = unix.TCGETS, unix.TCSETS
