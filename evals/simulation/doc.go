// Package simulation tries the statistics of the promise on draws whose truth is known,
// before anybody trusts them: how often a field is demoted wrongly, how soon a fall is
// found, how often an equal model is called better, and how often a threshold that was
// chosen for a target keeps it.
//
// Invariants:
//   - The same sizes and seed give the same figures.
//   - Nothing here knows the method but by its interface in internal/promise.
package simulation
