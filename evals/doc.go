// Package evals is what all suites share: a report of figures by name, gates that
// figures must pass, the comparison of two runs on the same rows, and the folder
// where runs are kept. A part of the service is measured by a [Suite]; triage has
// the first one (triagesuite).
//
// Invariants:
//   - A figure has one name everywhere: in JSON, in gates and in comparisons.
//   - A gate on a figure that a run doesn't have is an error, never a pass.
//   - A kept run holds no text: rows are named by a hash.
package evals
