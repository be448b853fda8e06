// Package embedding is the built-in sentence embedding: a tokenizer for fifteen
// languages and a table with one vector a token, compiled into the binary. A text
// and its translation have embeddings that are near each other.
//
// A text's embedding is the sum of its tokens' rows scaled to length one. It
// needs no key, no network and no accelerator, takes microseconds, and is the
// floor under every feature that compares texts by meaning.
//
// Invariants:
//   - An embedding has length one, or is all zeros when no token is known.
//   - Vectors may only be compared with vectors of the same [Model.Identity].
//   - The table stays in the binary's read-only pages: it is sliced, not copied.
//
// PROVENANCE.md says where the table comes from and under which licence.
package embedding
