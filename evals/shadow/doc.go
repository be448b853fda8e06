// Package shadow replays a history as if Signalbox had been there: it learns from the
// oldest part, chooses thresholds and vetoes on the next, and says once, on the newest,
// what would have been done alone and how often that was right.
//
// Invariants:
//   - A decision sees what was known at intake, and a model of older tickets only.
//   - The newest part is read once, after everything was chosen.
//   - Threads and near-duplicates count as one, in the part where the first of them lies.
//   - What is chosen for fields and for whole tickets shares one error rate.
package shadow
