// Package searchbench measures search on generated articles: how long it takes, how
// many run in a second, and how much of the exact ranking its shortcuts keep.
//
// Words follow Zipf's law as those of a language do, passages of one subject share
// rare words and lie near each other as vectors. Uniform words or vectors would
// flatter both legs of the search.
package searchbench
