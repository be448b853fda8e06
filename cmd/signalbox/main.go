package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/signalbox/signalbox/internal/fault"
)

// version is set by the linker.
var version = "dev"

// softMemory is the size in bytes from which on the garbage collector works harder:
// learning from 100,000 long tickets stays under 4 GB by it.
const softMemory = 3 << 30

func main() {
	debug.SetGCPercent(200) // a small heap, so memory is cheaper than collecting it twice as often
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(softMemory) // a large one, so it is not
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], environment{os.Stdin, os.Stdout, os.Stderr, os.Environ()})
	stop()
	os.Exit(code)
}

// environment is what a command gets from the outside.
type environment struct {
	stdin     io.Reader
	stdout    io.Writer
	stderr    io.Writer
	variables []string // KEY=value
}

// run executes one command line and returns its exit code.
func run(ctx context.Context, args []string, outside environment) int {
	output := &checkedWriter{to: outside.stdout}
	outside.stdout = output
	root := newRoot(outside)
	root.SetArgs(args)
	root.SetIn(outside.stdin)
	root.SetOut(outside.stdout)
	root.SetErr(outside.stderr)
	err := root.ExecuteContext(ctx)
	if err == nil && output.err != nil {
		err = fmt.Errorf("write the output: %w", output.err)
	}
	if err != nil {
		fmt.Fprintln(outside.stderr, "signalbox: "+told(err))
	}
	return codeOf(err)
}

// checkedWriter keeps the first failure to write: a full disk is no success.
type checkedWriter struct {
	to  io.Writer
	err error
}

func (w *checkedWriter) Write(text []byte) (int, error) {
	written, err := w.to.Write(text)
	if err != nil && w.err == nil {
		w.err = err
	}
	return written, err
}

// told is what a person reads of an error. Where the mistake is theirs, the cause
// below it says nothing more; where it is ours or a server's, it says everything.
func told(err error) string {
	var mistake *fault.Error
	if !errors.As(err, &mistake) || mistake.Kind == fault.Internal || mistake.Kind == fault.Unavailable || mistake.Cause == nil {
		return err.Error()
	}
	return strings.TrimSuffix(err.Error(), ": "+mistake.Cause.Error())
}

// shell is what every command shares: the outside, and the flags of the root.
type shell struct {
	environment
	configFile string
	json       bool
}

func newRoot(outside environment) *cobra.Command {
	shell := &shell{environment: outside}
	root := &cobra.Command{
		Use:   "signalbox",
		Short: "Triage and retrieval for support teams, measured before it is trusted",
		Long: `Signalbox reads every incoming support ticket, says how urgent it is, what it is
about and who should have it, and how sure it is of each. The same store answers
customers from the public knowledge base and drafts agents' replies.

Without DATABASE_URL, commands use a private Postgres and Redis under .signalbox/.
Exit codes: 0 done, 1 failed, 2 wrong flag or setting, 3 done but inputs were
skipped, 4 nothing found, 5 a server cannot be reached, 6 separation does not hold,
100 an eval missed a gate.`,
		Example:       "  signalbox demo\n  signalbox triage \"We were charged twice and nobody answers\"\n  signalbox doctor",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.PersistentFlags().StringVar(&shell.configFile, "config", "", "file of KEY=value settings (also SIGNALBOX_CONFIG)")
	root.SetFlagErrorFunc(func(command *cobra.Command, err error) error {
		return withCode(exitUsage, fmt.Errorf("%w; see signalbox %s --help", err, command.Name()))
	})
	root.AddCommand(
		shell.demo(), shell.dev(), shell.serve(), shell.work(), shell.migrate(), shell.ingest(), shell.article(), shell.source(), shell.blastRadius(), shell.train(),
		shell.triage(), shell.ask(), shell.search(), shell.embeddings(), shell.key(), shell.connection(), shell.site(), shell.customer(), shell.jobs(),
		shell.bench(), shell.eval(), shell.historyCommand(), shell.shadow(), shell.simulate(), shell.taxonomies(), shell.policy(), shell.replay(), shell.explain(), shell.incident(), shell.monitoring(),
		shell.doctor(), shell.version(),
	)
	strict(root)
	return root
}

// strict makes wrong arguments and unknown commands errors of usage, all the way
// down: a group that is given what it does not hold would print its help and succeed.
func strict(command *cobra.Command) {
	check := command.Args
	if command.HasSubCommands() {
		check = known
		command.RunE = func(command *cobra.Command, _ []string) error { return command.Help() }
	}
	command.Args = func(command *cobra.Command, args []string) error {
		if err := check(command, args); err != nil {
			return withCode(exitUsage, fmt.Errorf("%w; see %s --help", err, command.CommandPath()))
		}
		return nil
	}
	for _, child := range command.Commands() {
		strict(child)
	}
}

// known refuses what is no command of a group.
func known(command *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if like := command.SuggestionsFor(args[0]); len(like) > 0 {
		return fmt.Errorf("%q is unknown; did you mean %s", args[0], strings.Join(like, " or "))
	}
	return fmt.Errorf("%q is unknown", args[0])
}

// withJSON adds --json to a command that prints data.
func (s *shell) withJSON(command *cobra.Command) *cobra.Command {
	command.Flags().BoolVar(&s.json, "json", false, "print JSON")
	return command
}
