// Package detect reads of a message what means the same in every company: whether
// something is broken, how urgent it is, whom it hits, in what mood it is written,
// whether it touches a topic that only a person may answer, and what a further
// message does to its thread. It ships trained; nobody has to label anything first.
//
// Invariants:
//   - The shipped detectors are the result of training on the corpus under
//     evals/detectors, and can be trained again from it, byte for byte.
//   - A text's n-grams are read together with the classes of its tokens, which the
//     embedding gives: rows of like direction in any language.
//   - They know no owner's products: they are judged on industries that took no
//     part in their training.
//   - Detectors never change and are safe for concurrent use.
package detect
