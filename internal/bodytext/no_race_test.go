//go:build !race

package bodytext

const hostileBytes = 2 << 20
