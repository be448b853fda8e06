// Package retrieval turns articles into chunks, ranks them for a question, and
// answers with sentences that it can cite, or says that it does not know.
//
// Invariants:
//   - Passages come best first.
//   - The same analysis serves documents and queries; so does the same embedding
//     space, named by its identity.
//   - A customer's searcher is built on a store that cannot read internal text.
//   - Every sentence of an answer is a span of a cited chunk, checked by code.
package retrieval
