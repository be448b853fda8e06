// Package helpdesk speaks each helpdesk's own protocol, one file a helpdesk: it
// verifies an event's signature on the raw bytes, and turns its body into a
// desk.Incoming.
//
// Invariants:
//   - Nothing is parsed before its signature is verified, in constant time, with
//     any of the connection's live secrets.
//   - A body that cannot be read is still an Incoming, marked Poison, so that it is
//     kept and shown to the owner. Nothing that was verified is lost.
//   - What a replay has in common (the delivery key) is taken from signed bytes
//     where the helpdesk has such a thing.
package helpdesk
