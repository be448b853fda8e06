// Package retrieval turns articles into chunks, ranks them for a question, and
// answers with sentences that it can cite, or says that it does not know.
//
// Invariants:
//   - Passages come best first.
//   - The same analysis serves documents and queries; so does the same embedding
//     space, named by its identity.
//   - What is ranked for customers depends on public articles alone: statistics are
//     kept for each audience.
//   - A customer's searcher is built on a store that cannot read internal text.
//   - Every sentence of an answer is a span of a cited chunk, checked by code.
//
// [ParseMarkdown] documents how an article is written, [Parameters] holds the
// numbers that ranking depends on, testdata holds what ranking and answers were
// last (go test ./retrieval -run Golden -update rewrites it).
package retrieval
