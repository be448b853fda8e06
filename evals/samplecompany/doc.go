// Package samplecompany holds an invented company, Orrinday, with its accounts,
// customers, labelled tickets, help articles and questions. The demo runs on it
// and the regression statistics are measured on it.
//
// Invariants: every name, address and number is invented, and addresses end in
// .example. Every reference within the data resolves, or nothing loads. The
// tickets are split by time: a model learns from the older ones and is judged on
// the newer ones. The data are frozen (frozen.sha256); statistics on the test
// split are watched, never tuned on.
package samplecompany
