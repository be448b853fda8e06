//go:build race

package bodytext

// The race detector makes each byte some thirty times dearer.
const hostileBytes = 512 << 10
