package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/triage"
)

// The keys of a review.
const (
	keyAccept = 'a'
	keySearch = '/'
	keyUntold = 'n'
	keySkip   = 's'
	keyQuit   = 'q'
	keyEnter  = '\r'
	keyEnd    = 0x04 // Ctrl-D; also what is read at the end
	keyBreak  = 0x03 // Ctrl-C
	keyErase  = 0x7f
	keyBack   = 0x08
)

// readKeys hands over keys until ctx ends; a read that waits does not hold that up.
func readKeys(ctx context.Context, from io.Reader) func() rune {
	keys, reader := make(chan rune), bufio.NewReader(from)
	go func() {
		defer close(keys)
		for {
			key, _, err := reader.ReadRune()
			if err != nil {
				return
			}
			select {
			case keys <- key:
			case <-ctx.Done():
				return
			}
		}
	}()
	return func() rune {
		select {
		case key, more := <-keys:
			if more {
				return key
			}
		case <-ctx.Done():
		}
		return keyEnd
	}
}

// asking is a conversation at a terminal.
type asking struct {
	shell    *shell
	keys     func() rune
	taxonomy triage.Taxonomy
}

// reviewStep is what a key meant for the ticket or the session.
type reviewStep int

const (
	stepNext reviewStep = iota // the field has its answer, or cannot be told
	stepSkip
	stepQuit
)

// all asks about each ticket and stores each answer at once, so that quitting loses
// nothing. What another person has answered meanwhile is passed over.
func (a *asking) all(ctx context.Context, tasks []reviewTask, store func(reviewTask, map[string]string) error) error {
	answered := 0
	defer func() { a.shell.printf("\n%d answered\n", answered) }()
	for i, task := range tasks {
		a.shell.printf("\n%d of %d  %s\n\n", i+1, len(tasks), strings.TrimSpace(printable(task.head)))
		for _, text := range task.text {
			a.shell.printf("%s\n\n", printable(text))
		}
		answers, did := a.ask(task)
		if did == stepQuit || ctx.Err() != nil {
			return nil
		}
		if did == stepSkip || len(answers) == 0 {
			continue
		}
		err := store(task, answers)
		if fault.Is(err, fault.Conflict) || fault.Is(err, fault.NotFound) {
			a.shell.printf("  not stored: %s\n", told(err))
			continue
		}
		if err != nil {
			return err
		}
		answered++
	}
	return nil
}

// ask goes through a ticket's fields.
func (a *asking) ask(task reviewTask) (map[string]string, reviewStep) {
	answers := map[string]string{}
	for _, field := range task.fields {
		values, err := a.taxonomy.Values(field.Field)
		if err != nil {
			continue // a field of an earlier program
		}
		value, known, did := a.field(field, values, task.blind)
		if did != stepNext {
			return nil, did
		}
		if known {
			answers[field.Field] = value
		}
	}
	return answers, stepNext
}

// field asks for one value. Without a suggestion the first nine values of the owner's
// list have a key each.
func (a *asking) field(field triage.AskedField, values []triage.NamedValue, blind bool) (value string, known bool, did reviewStep) {
	choices := values
	if !blind && len(field.Scores) > 0 {
		choices = scored(field, values)
	}
	choices = choices[:min(len(choices), 9)]
	a.shell.printf("%s\n", field.Field)
	for i, choice := range choices {
		a.shell.printf("  %d %s%s\n", i+1, printable(choice.Name), likely(field, choice.Value, blind))
	}
	for {
		a.shell.printf("%s> ", hint(blind))
		switch key := a.keys(); {
		case key >= '1' && int(key-'1') < len(choices):
			return a.chosen(choices[key-'1'])
		case (key == keyAccept || key == keyEnter || key == '\n') && !blind && field.Value != "":
			return a.chosen(nameOf(values, field.Value))
		case key == keySearch:
			if found, ok := a.search(values); ok {
				return a.chosen(found)
			}
		case key == keyUntold:
			a.shell.printf("cannot tell\n")
			return "", false, stepNext
		case key == keySkip:
			a.shell.printf("skipped\n")
			return "", false, stepSkip
		case key == keyQuit || key == keyEnd || key == keyBreak:
			return "", false, stepQuit
		default:
			a.shell.printf("?\n")
		}
	}
}

func (a *asking) chosen(choice triage.NamedValue) (string, bool, reviewStep) {
	a.shell.printf("%s\n", printable(choice.Name))
	return choice.Value, true, stepNext
}

func hint(blind bool) string {
	if blind {
		return "1-9 / n s q"
	}
	return "a 1-9 / n s q"
}

// likely shows how likely a choice was thought to be: of a blind question nothing, and
// no number that is not calibrated; the order tells.
func likely(field triage.AskedField, value string, blind bool) string {
	if blind || field.State == triage.Uncalibrated {
		return ""
	}
	for _, score := range field.Scores {
		if score.Value == value {
			return fmt.Sprintf("  %.0f %%", 100*score.Probability)
		}
	}
	return ""
}

func scored(field triage.AskedField, values []triage.NamedValue) []triage.NamedValue {
	var choices []triage.NamedValue
	for _, score := range field.Scores {
		choices = append(choices, nameOf(values, score.Value))
	}
	return choices
}

func nameOf(values []triage.NamedValue, value string) triage.NamedValue {
	for _, known := range values {
		if known.Value == value {
			return known
		}
	}
	return triage.NamedValue{Value: value, Name: value}
}

// search narrows the owner's list as letters are typed, and takes a digit or, once one
// value is left, Enter. An empty Enter goes back.
func (a *asking) search(values []triage.NamedValue) (triage.NamedValue, bool) {
	typed := []rune{}
	for {
		matches := matching(values, string(typed))
		a.shell.printf("/%s", printable(string(typed)))
		for i, match := range matches[:min(len(matches), 9)] {
			a.shell.printf("\n  %d %s", i+1, printable(match.Name))
		}
		a.shell.printf("\n> ")
		switch key := a.keys(); {
		case key >= '1' && key <= '9' && int(key-'1') < len(matches):
			return matches[key-'1'], true
		case (key == keyEnter || key == '\n') && len(matches) == 1:
			return matches[0], true
		case key == keyEnter || key == '\n' || key == keyEnd || key == keyBreak:
			return triage.NamedValue{}, false
		case key == keyErase || key == keyBack:
			typed = typed[:max(len(typed)-1, 0)]
		case key >= ' ':
			typed = append(typed, key)
		}
	}
}

func matching(values []triage.NamedValue, typed string) []triage.NamedValue {
	var matches []triage.NamedValue
	typed = strings.ToLower(typed)
	for _, value := range values {
		if strings.Contains(strings.ToLower(value.Name), typed) || strings.Contains(value.Value, typed) {
			matches = append(matches, value)
		}
	}
	return matches
}
