// Package safetysuite attacks the service as its customers could, and says whether
// anything internal shows. Its first part is separation.
//
// Invariants:
//   - The routes come from the service's own OpenAPI document; a customers' route
//     for which no request can be made fails the run instead of going untried.
//   - Two databases hold the same public half, bit for bit, and one of them the
//     internal half beside it. Their answers must be the same bytes; what is random by
//     nature is masked by name, and the result lists what was masked.
//   - Answers are searched for internal text before anything is masked.
//   - A result quotes queries of the sample texts only, never a deployment's.
package safetysuite
