// Package seal encrypts the secrets that the service must read back, such as
// signing keys of sites and hooks, with AES-256-GCM under keys that rotate.
//
// Invariants:
//   - The first key seals, every key opens. To rotate, put a new key in front and
//     keep the old ones until everything is sealed anew.
//   - A sealed text opens only with the context it was sealed for, so that a row's
//     secret cannot be moved to another row.
//   - The last key is the stable one: keyed hashes derive from it, because a hash
//     that changes with a rotation could no longer be compared.
//   - Errors say nothing of keys and plaintexts.
package seal
