// Package ingestbench measures how fast a folder of articles becomes searchable: read,
// split, analysed, embedded and stored with its indexes.
//
// Invariants:
//   - The articles are made of invented words by a fixed rule: the same number and seed
//     give the same bytes.
//   - Nothing is left out of the way: the ingester and the store are the service's own.
package ingestbench
