// Package document reads what a knowledge base is written in (Markdown, HTML, PDF,
// CSV, plain text, exports of help centres, and ZIP files of all these) and turns
// it into articles in Markdown.
//
// Invariants:
//   - A file is from outside: its size, its nesting, what it unpacks to and the time
//     to read it are bounded, and a reason to refuse it quotes none of its text.
//   - What stands between internal markers is cut out before anything else reads the
//     text, and a marker that is not closed refuses the whole article.
//   - The same bytes give the same articles in the same order.
package document
