// Package copilot prepares what an agent needs to answer a ticket: a summary,
// articles of both audiences, similar tickets, and a draft with citations.
//
// Invariants:
//   - Everything is read as the agent who asks: a restricted ticket is nobody
//     else's neighbour or example.
//   - Text marked never enters no draft and no prompt; other customers' text is no
//     source at all.
//   - A sentence that rests on internal text says so, and waits for the agent's
//     confirmation unless its section may be told.
package copilot
