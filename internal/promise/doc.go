// Package promise says what may be promised from judged cases, and whether a promise
// still holds. It knows confidences and whether they were right, and nothing of what
// was decided.
//
//   - [Select] and [SelectJointly] choose the confidence from which on a system acts
//     alone, so that the precision reaches a target with a stated error rate.
//   - [Drift] watches a precision in operation, for ever, and says when it fell.
//   - [JudgePromotion] says whether another system may take the place of one.
//   - [Kappa] is how far two judges agree, the ceiling of what any system can reach.
//   - [DailySample] is how many cases a day people have to look at for all of it.
//
// Invariants:
//   - Cases are independent: near-duplicates and threads count as one, which the
//     caller sees to.
//   - Nobody who judged a case had seen what the system said.
//   - The same cases in the same order give the same result.
package promise
