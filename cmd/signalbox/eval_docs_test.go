package main

import (
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/signalbox/signalbox/evals"
	"github.com/signalbox/signalbox/evals/retrievalsuite"
	"github.com/signalbox/signalbox/evals/triagesuite"
)

// keysOf lists the JSON keys of a type by their path.
func keysOf(of reflect.Type, path string, add func(string)) {
	switch of.Kind() {
	case reflect.Pointer:
		keysOf(of.Elem(), path, add)
	case reflect.Slice:
		if of.Elem().Kind() == reflect.Struct {
			keysOf(of.Elem(), path+"[]", add)
		} else {
			add(path)
		}
	case reflect.Map:
		add(path)
		if of.Elem().Kind() == reflect.Struct && path != "fields" {
			keysOf(of.Elem(), path+".*", add)
		}
	case reflect.Struct:
		if of == reflect.TypeFor[time.Time]() || of == reflect.TypeFor[evals.Range]() {
			add(path)
			return
		}
		for i := range of.NumField() {
			field := of.Field(i)
			if field.Anonymous {
				keysOf(field.Type, path, add)
				continue
			}
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			if path != "" {
				name = path + "." + name
			}
			keysOf(field.Type, name, add)
		}
	default:
		add(path)
	}
}

func TestEveryKeyOfAnEvalStandsInTheReference(t *testing.T) {
	t.Parallel()
	reference, keys := page(t, "eval.md"), map[string]bool{}
	keysOf(reflect.TypeFor[triagesuite.Result](), "", func(key string) { keys[key] = true })
	keysOf(reflect.TypeFor[retrievalsuite.Result](), "", func(key string) {
		if !strings.HasPrefix(key, "parameters.") { // named by retrieval.Parameters
			keys[key] = true
		}
	})
	if len(keys) < 100 {
		t.Fatalf("only %d keys were found", len(keys))
	}
	for key := range keys {
		if !strings.Contains(reference, "\n| `"+key+"` |") {
			t.Errorf("docs/reference/eval.md has no row for %s", key)
		}
	}
	if row := "\n| " + strconv.Itoa(exitGate) + " | "; !strings.Contains(page(t, "commands.md"), row) {
		t.Error("docs/reference/commands.md does not explain the exit code of a missed gate")
	}
}
