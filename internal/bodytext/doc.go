// Package bodytext turns what helpdesks and mail programs send into plain text:
// HTML to text, and a message cut into what was written, what was quoted from
// earlier messages, and the signature.
//
// Invariants: it never panics and never loses text (what is cut from the body is
// returned beside it), its output is valid UTF-8 without NUL, and it runs in time
// linear in its input.
package bodytext
