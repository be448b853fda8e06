// Package httpapi is Signalbox over HTTP: gin carries the requests, huma reads and
// validates them and writes the OpenAPI document from the Go types.
//
// Every route stands in routes.go and names the one desk.Action that it lets an
// actor do; a route without one does not start. A handler binds, calls one method
// and renders. Errors are RFC 9457 problems made from fault kinds in problem.go.
// Bodies, questions and secrets are never logged.
package httpapi
