// Package prompts holds the templates that models are asked with, each a file with
// its version in the name and a typed input.
//
// Invariants:
//   - Text that an outsider wrote stands between marks that carry a random boundary,
//     is called data in the instructions, and cannot end its own block.
//   - A template never changes once it was used: a new wording is a new version.
package prompts
