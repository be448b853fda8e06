package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"
)

// print writes a value as JSON, or as text by the given function.
func (s *shell) print(value any, text func()) error {
	if !s.json {
		text()
		return nil
	}
	encoder := json.NewEncoder(s.stdout)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}

// printf writes to standard output. Its failure is the terminal's, not ours.
func (s *shell) printf(format string, values ...any) {
	_, _ = fmt.Fprintf(s.stdout, format, values...)
}

// notef writes progress and advice to standard error.
func (s *shell) notef(format string, values ...any) {
	_, _ = fmt.Fprintf(s.stderr, format, values...)
}

// table prints rows under a header, aligned.
func (s *shell) table(header []string, rows [][]string) {
	writer := tabwriter.NewWriter(s.stdout, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(writer, strings.Join(header, "\t"))
	for _, row := range rows {
		_, _ = fmt.Fprintln(writer, strings.Join(row, "\t"))
	}
	_ = writer.Flush()
}

// shorten makes one printable line of at most width characters: what outsiders
// wrote must not move a terminal's cursor.
func shorten(text string, width int) string {
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }), " ")
	if utf8.RuneCountInString(text) <= width {
		return text
	}
	return strings.TrimRight(string([]rune(text)[:width-1]), " ,.;") + "…"
}

// printable keeps line breaks but nothing else that moves a cursor.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || unicode.IsPrint(r) {
			return r
		}
		return -1
	}, text)
}

// group is a command that only holds others.
func group(use, short, example string, commands ...*cobra.Command) *cobra.Command {
	command := &cobra.Command{Use: use, Short: short, Example: example}
	command.AddCommand(commands...)
	return command
}
