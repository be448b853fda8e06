// Package postgres holds the stores: one Postgres database with pgvector, reached
// by two logins through two pools.
//
// Invariants:
//   - The app pool reads and writes rows, and owns nothing. The customer pool is
//     read-only and sees public leaves and, by row-level security, one customer's
//     tickets. What serves customers is built from the customer pool alone
//     ([CustomerReads]), so that it cannot reach the other one.
//   - Whose rows a customer's query sees is set by [DB.asCustomer] in the query's
//     own transaction. It never outlives it.
//   - SQL is a constant or an embedded file with parameters, never assembled.
//   - Errors are faults ([fault.Error]) that name the operation. They hold no row.
//   - A change of identity, keys or settings writes its audit entry in the same
//     transaction.
package postgres
