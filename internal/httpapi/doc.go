// Package httpapi is Signalbox over HTTP: gin carries the requests, huma reads and
// validates them and writes the OpenAPI document from the Go types.
//
// Invariants:
//   - Every route stands in routes.go and names the one desk.Action that it lets an
//     actor do; a route without one does not start. gate.go decides on each call
//     before its body is read.
//   - A handler binds, calls one method and renders. Errors are RFC 9457 problems
//     made from fault kinds in problem.go. A problem repeats nothing of the request.
//   - Bodies, questions and secrets are never logged, and what a caller may choose
//     freely is no metric's label and no unbounded map's key.
//   - Limits hold in every state: without Redis each process counts for itself.
//   - A route on the service's own state asks no database who calls.
package httpapi
