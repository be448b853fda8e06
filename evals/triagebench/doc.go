// Package triagebench measures how long deciding a ticket takes, all fields, for
// tickets of several lengths, beside a reference that depends on the machine alone.
//
// Invariants:
//   - Every ticket of a length is another text; none was in the training.
//   - Times are of single decisions on one core with its garbage collector, not means
//     of batches: the slowest ones show.
//   - The reference runs in the same process right before, so that the ratio can be
//     compared between machines and the times cannot.
package triagebench
