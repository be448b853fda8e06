// Package detectors trains and judges the portable detectors (internal/detect) on a
// corpus of invented industries, and holds the corpus.
//
// Invariants:
//   - Judgement is leave-one-industry-out: what is said of an industry comes from
//     models, calibrations and thresholds that saw none of its texts.
//   - The development half (four industries, see developed) is the only part whose
//     errors were looked at; figures are given for it and for the others apart.
//   - Training is deterministic: equal files give equal detectors.
//
// label-guide.md says how the corpus is written and labelled.
package detectors
