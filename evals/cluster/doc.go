// Package cluster puts texts that nobody has labelled into groups that speak of the
// same.
//
// A text is the built-in embedding beside its words and pairs of words, weighed by
// tf-idf and reduced by a truncated singular value decomposition (latent semantic
// analysis, Deerwester and others 1990). Texts are drawn towards their nearest
// neighbours and clustered by spherical k-means into more clusters than wanted, which
// are then merged as Ward (1963) does. [Names] finds the phrases that set a cluster
// apart.
//
// Invariants:
//   - The same texts, options and seed give the same clusters, the largest first.
//   - What is fitted is fitted on at most [sampleSize] texts; all others join the
//     nearest cluster, so time and memory are linear in their number.
package cluster
