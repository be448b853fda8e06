// Package workers does what the outbox asks for: a relay carries open outbox rows
// to Asynq, a server runs their handlers, and a schedule adds rows of its own.
//
// Invariants:
//   - Postgres is the record, Redis only carries work. Whatever Redis loses, the
//     relay finds again: by the epoch key, by a task's state, or by its age.
//   - A task's ID is the outbox row's ID and its kind, so that one row is one task.
//     Its payload is the row's: IDs only.
//   - Every handler may run twice, and finds nothing left to do the second time. A
//     row is done only in the transaction that stores the handler's result.
//   - What cannot succeed ends as a failed row with a reason, which a person sees
//     and retries; it is never lost and never retried for ever.
//   - A panic ends the task it happens in and nothing else.
package workers
