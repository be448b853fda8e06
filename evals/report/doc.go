// Package report shows what a suite found to people and to build servers: as text
// for a terminal, as one page of HTML, and as JUnit XML.
//
// Invariants:
//   - What outsiders wrote moves no cursor and is no markup.
//   - A page needs no script and no other resource, and is readable in light, in
//     dark, on paper and by a screen reader.
//   - Where a calibration error is measured on fewer than 500 rows, only its
//     interval is shown.
package report
