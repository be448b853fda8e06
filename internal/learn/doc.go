// Package learn trains and runs linear text classifiers, and says how far
// their confidence can be trusted. It knows texts, vectors and labels, and
// nothing of what they mean to the service.
//
// A [Classifier] adds three scores a label: a linear support vector machine over
// hashed word and character n-grams, a ridge regression over random Fourier
// features of an embedding, and a small neural network over the most frequent
// n-grams and the embedding together. Their weights are fitted by likelihood on
// scores of examples that were held out, so the owner's data decides how far each
// part is believed, if at all.
//
// Several classifiers over the same texts learn from one [Corpus], which reads
// them once, and serve in one [Panel], which reads a new text once.
//
// Probabilities are then calibrated by a temperature, a beta map or steps, and
// signs of strangeness are combined into one number that says how unlikely a text
// belongs to any label. Metrics and intervals judge the result.
//
// Invariants:
//   - Training is deterministic for equal examples, options and platform.
//   - A classifier never changes once it exists and is safe for concurrent use.
//   - A classifier decoded from its own bytes predicts bit for bit the same.
//   - Features can be shared by all classifiers of the same [Space].
//   - Calibration and intervals must be computed on examples that took no part
//     in training; nothing here can check that.
package learn
