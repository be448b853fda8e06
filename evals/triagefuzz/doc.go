// Package triagefuzz decides generated inputs, hostile and random ones, and folds
// all decisions into one digest.
//
// Invariants:
//   - Input n of a seed is always the same, in every process.
//   - The digest does not depend on the order of deciding, so that runs on one core
//     and on many can be compared.
//   - A decision counts as broken if deciding panics or fails, if it cannot be encoded,
//     if a number is out of its range, if the factors do not sum to the priority, or if
//     a span leaves its text.
package triagefuzz
