// Package priority judges the priority of tickets by an experienced reader's word:
// which of two should be started first, which are on fire however politely they are
// written, and which are trifles however loudly. The judgements were written before
// the formula; judge-guide.md says how.
//
// Pairs with odd numbers are the development half: weights may be chosen on them.
// The even half is for reporting.
package priority
