//go:build !amd64

package embedding

const hasKernel = false

func addHalfBytes(even, odd *float32, weights *byte, count int, scale float32) {}
