// Package history reads the tickets of the past as a helpdesk exports them, tells what
// is wrong with their labels, and proposes categories where there are none.
//
//   - [Read] reads CSV or JSONL: time, text, what is known of the customer, the labels
//     as people left them, and the same fields as they stood at intake.
//   - [Groups] says which rows are one: messages of a thread, and near-duplicates.
//   - [Audit] looks for label noise before anything learns from it.
//   - [Propose] clusters texts into categories with names and examples.
//
// Invariants:
//   - Rows keep the order of the file until [History.Sort].
//   - What a row says at intake is apart from what people made of it.
//   - The same file, options and seed give the same result.
package history
