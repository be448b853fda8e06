package dataset

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"

	"github.com/signalbox/signalbox/internal/fault"
)

const encodingRemedy = "save the file as UTF-8, or name its encoding, such as --encoding windows-1252"

// decode turns a file's bytes into UTF-8 without a byte order mark. A mark counts
// for more than the name; without either the bytes must be UTF-8, which is checked
// cell by cell so that the place can be named.
func decode(file string, raw []byte, name string) ([]byte, error) {
	if trimmed, found := bytes.CutPrefix(raw, []byte("\xef\xbb\xbf")); found {
		return trimmed, nil
	}
	decoder, err := decoderFor(raw, name)
	if err != nil {
		return nil, err
	}
	if decoder == nil {
		if bytes.IndexByte(raw[:min(len(raw), 4096)], 0) >= 0 {
			return nil, at(file, 1, "", "holds NUL bytes, as UTF-16 without a byte order mark or a binary file does",
				"save the file as UTF-8, or name its encoding: --encoding utf-16le")
		}
		return raw, nil
	}
	text, err := decoder.NewDecoder().Bytes(raw)
	if err != nil {
		return nil, fault.Field(fault.Unprocessable, file, "is not in the encoding that was named", encodingRemedy)
	}
	return bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")), nil
}

// decoderFor is nil for UTF-8.
func decoderFor(raw []byte, name string) (encoding.Encoding, error) {
	if bytes.HasPrefix(raw, []byte("\xff\xfe")) || bytes.HasPrefix(raw, []byte("\xfe\xff")) {
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), nil
	}
	switch strings.ToLower(strings.TrimSpace(name)) {
	case "", "utf-8", "utf8":
		return nil, nil
	case "utf-16", "utf16":
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), nil
	}
	found, err := htmlindex.Get(name)
	if err != nil {
		return nil, fault.Field(fault.Invalid, "--encoding", "is unknown", "use utf-8, utf-16, windows-1252, iso-8859-15 or another name that browsers know")
	}
	return found, nil
}

// checkCell refuses bytes that are no UTF-8 and characters that no text holds.
func checkCell(file string, line int, column, cell string) error {
	if !utf8.ValidString(cell) {
		return at(file, line, column, "is not UTF-8", encodingRemedy)
	}
	if strings.IndexByte(cell, 0) >= 0 {
		return at(file, line, column, "holds a NUL character", "remove it, or name the file's encoding with --encoding")
	}
	return nil
}
