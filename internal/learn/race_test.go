//go:build race

package learn_test

// raceEnabled lets simulations draw less where every memory access is watched.
const raceEnabled = true
