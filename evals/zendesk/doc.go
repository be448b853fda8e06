// Package zendesk turns Zendesk's JSON export of tickets into a labelled CSV for
// the triage suite.
//
// Invariants:
//   - Tickets are read one at a time: the size of an export doesn't matter.
//   - No cell of the CSV is a formula to a spreadsheet.
//   - Of a thread only the first message is taken: what is known at intake.
package zendesk
