// Package dataset reads labelled texts from the files that people have: CSV with
// any usual separator, JSON Lines, a JSON array, and CLINC150's own form. It
// samples them and deals them over folds.
//
// Invariants:
//   - Nothing panics, whatever the bytes; an error names file, line and column and
//     says what would be right.
//   - A row keeps its line, so that whatever is wrong with it can be found.
//   - Sampling depends on the rows and the seed alone.
package dataset
