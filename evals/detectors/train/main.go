// Command train learns the shipped detectors anew from the corpus and writes them
// where the program embeds them. Run it in the repository's root after a change to
// the corpus, the lexicon or the built-in embedding.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/signalbox/signalbox/evals/detectors"
)

const (
	corpus = "evals/detectors"
	target = "internal/detect/detectors.sbd"
)

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "train the detectors:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	trained, err := detectors.Train(ctx, os.DirFS(corpus), func(task string) { fmt.Fprintln(os.Stderr, "trained", task) })
	if err != nil {
		return err
	}
	encoded, err := trained.MarshalBinary()
	if err != nil {
		return err
	}
	fmt.Fprintln(os.Stderr, len(encoded), "bytes to", target)
	return os.WriteFile(target, encoded, 0o644)
}
