// Package intakebench measures the ticket's way, from a hook's POST to the stored
// decision, on the machine where it runs and next to what that machine allows:
// Asynq's no-op rate and Postgres' rate of single-row commits.
//
// Invariants:
//   - All figures of a Result come from one run on one machine, in turn and not at
//     the same time.
//   - Nothing is left out of the way: Post goes through the real handler, and a
//     ticket counts when its decision is stored.
//   - The arrival of tickets is an open loop: a slow answer delays no later ticket,
//     or the slowest times would hide themselves (coordinated omission).
package intakebench
