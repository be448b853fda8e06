// Package triage reads a ticket and says how urgent it is (0–100), what it is
// about and who should have it, each with a confidence, and whether the service
// may act alone, should suggest, or must leave it to a person, and why.
//
// Invariants:
//   - Decide is a pure function of its input, the model and the policy: the same
//     three give the same decision, bit for bit.
//   - A decision holds no text: evidence and entities are byte spans of messages.
//   - An uncalibrated confidence is never acted upon.
//   - Only what was known at intake is a feature.
package triage
