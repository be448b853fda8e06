//go:build !amd64

package learn

const (
	kernelColumns = 8
	hasKernels    = false
)

func addRowGroups(sums *float32, table *int8, rows *uint32, values *float32, groups, stride, columns int) {
}

func dotColumns(sums, x, weights *float32, length, stride, columns int) {}

func flippedSixteenths(x, flips *float32, blocks int) {}

func twoWideStages(x *float32, quarter int) {}

func wideCosines(x, phases, constants *float32, count int) {}
