package zendesk

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/signalbox/signalbox/internal/fault"
)

// word is a value that should be a text, whatever its type: numbers and booleans as
// they are written, lists with spaces between, and nothing for null and objects.
type word string

// UnmarshalJSON never fails.
func (w *word) UnmarshalJSON(raw []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var value any
	if decoder.Decode(&value) == nil {
		*w = word(plain(value))
	}
	return nil
}

func plain(value any) string {
	switch value := value.(type) {
	case string:
		return value
	case json.Number:
		return value.String()
	case bool:
		return fmt.Sprint(value)
	case []any:
		words := make([]string, 0, len(value))
		for _, entry := range value {
			if text := plain(entry); text != "" {
				words = append(words, text)
			}
		}
		return strings.Join(words, " ")
	}
	return ""
}

// loose decodes what fits and leaves the rest at its zero value.
type loose[T any] struct{ value T }

// UnmarshalJSON never fails.
func (l *loose[T]) UnmarshalJSON(raw []byte) error {
	_ = json.Unmarshal(raw, &l.value)
	return nil
}

type ticket struct {
	ID           word                 `json:"id"`
	CreatedAt    word                 `json:"created_at"`
	Subject      word                 `json:"subject"`
	RawSubject   word                 `json:"raw_subject"`
	Description  word                 `json:"description"`
	Priority     word                 `json:"priority"`
	Status       word                 `json:"status"`
	GroupID      word                 `json:"group_id"`
	Tags         word                 `json:"tags"`
	CustomFields loose[[]customField] `json:"custom_fields"`
	Via          loose[via]           `json:"via"`
	Comments     loose[[]comment]     `json:"comments"`
}

type via struct {
	Channel word `json:"channel"`
}

type customField struct {
	ID    word `json:"id"`
	Value word `json:"value"`
}

type comment struct {
	Public    *bool `json:"public"`
	PlainBody word  `json:"plain_body"`
	Body      word  `json:"body"`
}

// body is the first message: the description or, without one, the first public comment.
func (t ticket) body() string {
	if t.Description != "" {
		return string(t.Description)
	}
	for _, comment := range t.Comments.value {
		if comment.Public == nil || *comment.Public {
			if comment.PlainBody != "" {
				return string(comment.PlainBody)
			}
			return string(comment.Body)
		}
	}
	return ""
}

func (t ticket) subject() string {
	if t.Subject != "" {
		return string(t.Subject)
	}
	return string(t.RawSubject)
}

const remedy = `give Zendesk's JSON export: {"tickets": [ … ]}, a list of tickets, or one ticket a line`

// eachTicket decodes tickets one at a time: from the key tickets of one object or of
// several, from an array, or one object after the other.
func eachTicket(name string, from io.Reader, yield func(ticket) error) error {
	decoder := json.NewDecoder(skipMark(from))
	number := 0
	counted := func(t ticket) error { number++; return yield(t) }
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		switch {
		case err != nil:
			return broken(name, number, err)
		case token == json.Delim('['):
			err = eachOf(name, decoder, &number, counted)
		case token == json.Delim('{'):
			err = eachIn(name, decoder, &number, counted)
		default:
			return broken(name, number, errors.New("no object"))
		}
		if err != nil {
			return err
		}
	}
}

// broken names the place, and passes on what is no fault of the file.
func broken(name string, number int, err error) error {
	var syntax *json.SyntaxError
	if !errors.As(err, &syntax) && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) && err.Error() != "no object" {
		return fmt.Errorf("read %s: %w", name, err)
	}
	return fault.Field(fault.Unprocessable, fmt.Sprintf("%s, after ticket %d", name, number), "is not the JSON of an export", remedy)
}

// eachOf reads an array up to its end.
func eachOf(name string, decoder *json.Decoder, number *int, yield func(ticket) error) error {
	for decoder.More() {
		var raw json.RawMessage
		if err := decoder.Decode(&raw); err != nil {
			return broken(name, *number, err)
		}
		var t ticket
		if json.Unmarshal(raw, &t) != nil || !bytes.HasPrefix(raw, []byte("{")) {
			return broken(name, *number, errors.New("no object"))
		}
		if err := yield(t); err != nil {
			return err
		}
	}
	if _, err := decoder.Token(); err != nil {
		return broken(name, *number, err)
	}
	return nil
}

// eachIn reads an object up to its end: one that holds tickets, or one that is one.
func eachIn(name string, decoder *json.Decoder, number *int, yield func(ticket) error) error {
	own, held := map[string]json.RawMessage{}, false
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return broken(name, *number, err)
		}
		if key == "tickets" {
			if token, err := decoder.Token(); err != nil || token != json.Delim('[') {
				return broken(name, *number, errors.New("no object"))
			}
			held = true
			if err := eachOf(name, decoder, number, yield); err != nil {
				return err
			}
			continue
		}
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return broken(name, *number, err)
		}
		if text, ok := key.(string); ok && !held {
			own[text] = value
		}
	}
	if _, err := decoder.Token(); err != nil {
		return broken(name, *number, err)
	}
	if held {
		return nil
	}
	encoded, err := json.Marshal(own)
	var t ticket
	if err != nil || json.Unmarshal(encoded, &t) != nil {
		return broken(name, *number, errors.New("no object"))
	}
	return yield(t)
}
