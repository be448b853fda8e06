// Package fault is the one error type of Signalbox: a kind, a message that is
// safe to show to the person who caused it, and a cause that is only logged.
//
// Domain packages return faults, adapters map kinds to their own protocol
// (internal/httpapi/problem.go to HTTP, cmd/signalbox to exit codes). A fault's
// message never holds text that came from outside, a secret or SQL.
package fault
