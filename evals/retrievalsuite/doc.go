// Package retrievalsuite measures search on anybody's documents, questions and
// judgements in the form of BEIR (Thakur et al. 2021): how high what was judged
// relevant stands when words search alone, when meaning does, and when both do.
//
// Invariants:
//   - Documents and questions go the way of production: the same chunks, analysis,
//     embedding and statement. Only the depth of the answer differs.
//   - A document has the rank of its best chunk.
//   - Rates are from 0 to 1; nDCG is that of trec_eval.
//   - A kept run names questions by their IDs and holds no text.
package retrievalsuite
