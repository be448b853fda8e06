package embedding

import "golang.org/x/sys/cpu"

var hasKernel = cpu.X86.HasAVX2

// addHalfBytes adds a row's columns, the even ones and the odd ones, as table.add
// does, bit for bit. The count of bytes is a multiple of eight.
//
//go:noescape
func addHalfBytes(even, odd *float32, weights *byte, count int, scale float32)
