package document

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// isBinary reports what is no text in any encoding that is read: it holds zero bytes
// or many control characters. UTF-16 with its mark is text, see hasUTF16Mark.
func isBinary(data []byte) bool {
	head := data[:min(len(data), 8<<10)]
	if bytes.IndexByte(head, 0) >= 0 {
		return true
	}
	controls := 0
	for _, b := range head {
		if b < 0x20 && b != '\n' && b != '\r' && b != '\t' && b != '\f' && b != 0x1b {
			controls++
		}
	}
	return controls > len(head)/20
}

// hasUTF16Mark reports text in UTF-16: its mark, and no zero or broken character after it.
func hasUTF16Mark(data []byte) bool {
	if len(data)%2 != 0 || !bytes.HasPrefix(data, []byte{0xff, 0xfe}) && !bytes.HasPrefix(data, []byte{0xfe, 0xff}) {
		return false
	}
	head := fromUTF16(data[:min(len(data), 8<<10)])
	return !strings.ContainsRune(head, 0) && strings.Count(head, "\uFFFD") <= 1 // the head may cut one
}

func fromUTF16(data []byte) string {
	utf16 := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	read, _ := io.ReadAll(transform.NewReader(bytes.NewReader(data), utf16.NewDecoder())) // replaces what is broken
	return string(read)
}

// decoded turns bytes into UTF-8: by their mark, else as UTF-8 if they are that, else
// by the name of an encoding, else as Windows-1252 with a warning.
func decoded(data []byte, named string) (text string, warnings []string) {
	switch {
	case hasUTF16Mark(data):
		return fromUTF16(data), nil
	case utf8.Valid(data):
		return strings.TrimPrefix(string(data), "\uFEFF"), nil
	}
	known, _ := charset.Lookup(named)
	if known == nil {
		warnings = append(warnings, "is not UTF-8 and names no encoding: it is read as Windows-1252")
		known, _ = charset.Lookup("windows-1252")
	}
	read, err := known.NewDecoder().Bytes(data)
	if err != nil {
		return strings.ToValidUTF8(string(data), "\uFFFD"), append(warnings, "holds bytes that are no text in its encoding")
	}
	return strings.ToValidUTF8(string(read), "\uFFFD"), warnings
}
