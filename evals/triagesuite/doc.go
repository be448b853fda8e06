// Package triagesuite measures the triage engine on anybody's labelled tickets: it
// trains as production does, chooses its thresholds on rows that are neither
// trained nor tested on, and says what they are worth on the test rows.
//
// Invariants:
//   - A test row takes no part in training, calibration or the choice of a threshold.
//   - Rows that are out of scope never count in an in-scope figure.
//   - Rates are from 0 to 1. A figure that cannot be told is null, never 0.
//   - A result holds no text. Only the worst errors of a report do, for its page.
package triagesuite
