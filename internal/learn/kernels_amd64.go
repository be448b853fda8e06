package learn

import "golang.org/x/sys/cpu"

// The kernels take at least this many columns.
const kernelColumns = 8

var hasKernels = cpu.X86.HasAVX2

// addRowGroups adds, to each of the columns, four rows of the table times their
// values, group after group. The table begins at the first column.
//
//go:noescape
func addRowGroups(sums *float32, table *int8, rows *uint32, values *float32, groups, stride, columns int)

// dotColumns overwrites sums with the products of x and each of the columns of
// row-major weights.
//
//go:noescape
func dotColumns(sums, x, weights *float32, length, stride, columns int)

// flippedSixteenths multiplies x with the flips and transforms every sixteen
// numbers of it. A block is 32 numbers.
//
//go:noescape
func flippedSixteenths(x, flips *float32, blocks int)

// twoWideStages is twoStages; the quarter is a multiple of eight.
//
//go:noescape
func twoWideStages(x *float32, quarter int)

// wideCosines replaces every x by amplitude·cosineOfTurns(factor·x + phase). The
// count is a multiple of eight.
//
//go:noescape
func wideCosines(x, phases, constants *float32, count int)
