// Package desk holds the service desk's own words: tickets, messages, customers,
// accounts, who acts, and who may see what. It knows no store and no protocol.
//
// Invariants:
//   - Every request acts as an Actor; nobody acts as "the service" for a customer.
//   - An identity comes from a verified credential, never from a request's body.
//   - A ticket with a restriction group is seen only by agents of that group.
//   - A message's audience decides who reads it: customers read public ones only.
package desk
