package triage

import "strings"

// Logs and stack traces are long, and their vocabulary says little about what
// is wanted: of each only the lines that name an error are read.

type lineKind uint8

const (
	plainLine lineKind = iota
	frameLine          // a call in a stack trace
	logLine            // a dated line of a log
	errorLine          // names an error
)

// lineRange is a line of a text with its kind, without the line break.
type lineRange struct {
	start, end int
	kind       lineKind
}

// longestErrorLine is how much of an error line is read, in bytes.
const longestErrorLine = 240

// keptLines returns what remains of a text after reduction, nil if all of it does.
func keptLines(text string) []lineRange {
	if strings.IndexByte(text, '\n') < 0 {
		return nil
	}
	var kept []lineRange
	dropped := false
	for _, line := range classifyLines(text) {
		switch line.kind {
		case plainLine:
			kept = append(kept, line)
		case errorLine:
			line.end = runeStart(text, min(line.end, line.start+longestErrorLine))
			kept = append(kept, line)
			dropped = true
		default:
			dropped = true
		}
	}
	if !dropped || len(kept) == 0 {
		return nil
	}
	return kept
}

// classifyLines marks frames, dated log lines, and the error lines among or
// next to them. A line that names an error in running prose stays plain.
func classifyLines(text string) []lineRange {
	var lines []lineRange
	for start := 0; start <= len(text); {
		end := strings.IndexByte(text[start:], '\n')
		if end < 0 {
			end = len(text)
		} else {
			end += start
		}
		lines = append(lines, lineRange{start, end, classifyLine(text[start:end])})
		start = end + 1
	}
	for i := range lines {
		if lines[i].kind != plainLine || !namesError(text[lines[i].start:lines[i].end]) {
			continue
		}
		if i > 0 && lines[i-1].kind == frameLine || i+1 < len(lines) && lines[i+1].kind == frameLine {
			lines[i].kind = errorLine
		}
	}
	return lines
}

func classifyLine(line string) lineKind {
	trimmed := strings.TrimLeft(line, " \t")
	switch {
	case isFrame(trimmed, len(trimmed) < len(line)):
		return frameLine
	case !startsWithTimestamp(trimmed):
		return plainLine
	case namesError(trimmed):
		return errorLine
	default:
		return logLine
	}
}

// isFrame knows the stack traces of Java, JavaScript, C#, Python, Ruby, PHP and Go.
func isFrame(line string, indented bool) bool {
	switch {
	case strings.HasPrefix(line, "at "):
		return strings.ContainsAny(line, "(:") && (indented || strings.HasSuffix(line, ")"))
	case strings.HasPrefix(line, `File "`):
		return strings.Contains(line, ", line ")
	case strings.HasPrefix(line, "Traceback (most recent call last)"), strings.HasPrefix(line, "goroutine ") && strings.HasSuffix(line, "]:"):
		return true
	case strings.HasPrefix(line, "from ") && indented:
		return strings.Contains(line, ":in ")
	case strings.HasPrefix(line, "... "):
		return strings.HasSuffix(line, " more")
	case strings.HasPrefix(line, "#") && len(line) > 2 && line[1] >= '0' && line[1] <= '9':
		return strings.Contains(line, "(") && strings.Contains(line, ":")
	default:
		return indented && strings.Contains(line, ".go:")
	}
}

var errorNames = []string{"Error", "ERROR", "error:", "Exception", "exception:", "panic:", "FATAL", "Fatal", "CRITICAL", "SEVERE"}

func namesError(line string) bool {
	for _, name := range errorNames {
		if strings.Contains(line, name) {
			return true
		}
	}
	return false
}

// startsWithTimestamp recognises 2026-03-01T12:00:00 and 2026/03/01 12:00:00,
// also in brackets. A date alone may begin a sentence.
func startsWithTimestamp(line string) bool {
	line = strings.TrimPrefix(line, "[")
	const shape = "dddd-dd-ddTdd:dd:dd"
	if len(line) < len(shape) {
		return false
	}
	for i := range len(shape) {
		b := line[i]
		switch shape[i] {
		case 'd':
			if b < '0' || b > '9' {
				return false
			}
		case '-':
			if b != '-' && b != '/' {
				return false
			}
		case 'T':
			if b != 'T' && b != ' ' {
				return false
			}
		default:
			if b != ':' {
				return false
			}
		}
	}
	return true
}
