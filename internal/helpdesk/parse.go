package helpdesk

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"net/mail"
	"net/url"
	"strings"
	"time"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/bodytext"
	"github.com/signalbox/signalbox/internal/fault"
)

func hmacSHA256(secret []byte, parts ...[]byte) []byte {
	mac := hmac.New(sha256.New, secret)
	for _, part := range parts {
		mac.Write(part)
	}
	return mac.Sum(nil)
}

// malformed says where JSON breaks, or which field has the wrong type, without
// repeating any of it.
func malformed(err error) error {
	var syntax *json.SyntaxError
	var wrongType *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fault.New(fault.Invalid, "the body is not valid JSON (byte %d)", syntax.Offset)
	case errors.As(err, &wrongType) && wrongType.Field != "":
		return fault.Field(fault.Unprocessable, wrongType.Field, "has the wrong type", "send a "+wrongType.Type.String())
	default:
		return fault.New(fault.Invalid, "the body is not the JSON object that this connection expects")
	}
}

// message splits a text into what was written, quoted and signed.
func message(id string, audience desk.Audience, author desk.AuthorKind, body string, sentAt time.Time) desk.IncomingMessage {
	parts := bodytext.FromAny(body)
	return desk.IncomingMessage{
		ExternalID: bodytext.Line(id), Audience: audience, AuthorKind: author,
		Body: parts.Body, Quoted: parts.Quoted, Signature: parts.Signature, SentAt: sentAt,
	}
}

// requester keeps a valid address only. Without an ID of its own the source knows
// the person by it.
func requester(id, name, email, language string) desk.Requester {
	address := ""
	if parsed, err := mail.ParseAddress(strings.TrimSpace(email)); err == nil {
		address = bodytext.Line(parsed.Address)
	}
	return desk.Requester{
		Subject: firstOf(bodytext.Line(id), strings.ToLower(address)),
		Name:    bodytext.Line(name), Email: address, Language: bodytext.Line(language),
	}
}

// status maps the words of helpdesks to ours; "" stays "".
func status(word string) (desk.Status, error) {
	switch strings.ToLower(strings.TrimSpace(word)) {
	case "":
		return "", nil
	case "new", "open", "reopened":
		return desk.StatusOpen, nil
	case "pending", "hold", "on-hold", "on hold", "waiting":
		return desk.StatusPending, nil
	case "solved", "resolved":
		return desk.StatusSolved, nil
	case "closed", "deleted":
		return desk.StatusClosed, nil
	}
	return "", fault.Field(fault.Unprocessable, "ticket.status", "is unknown", "send open, pending, solved or closed")
}

// webAddress keeps http and https addresses, so that a page may link to them.
func webAddress(text string) string {
	text = strings.TrimSpace(text)
	if text != "" && !strings.Contains(text, "://") {
		text = "https://" + text
	}
	address, err := url.Parse(text)
	if err != nil || address.Host == "" || address.Scheme != "https" && address.Scheme != "http" || len(text) > 2_000 {
		return ""
	}
	return address.String()
}

func firstOf(texts ...string) string {
	for _, text := range texts {
		if strings.TrimSpace(text) != "" {
			return text
		}
	}
	return ""
}

func prefixed(prefix, text string) string {
	if text = bodytext.Line(text); text == "" || len(text) > desk.MaxExternalIDBytes {
		return ""
	}
	return prefix + text
}

func firstTime(times ...time.Time) time.Time {
	for _, moment := range times {
		if !moment.IsZero() && moment.Year() > 1990 && moment.Year() < 2200 {
			return moment
		}
	}
	return time.Time{}
}

// flexible is a JSON scalar that helpdesks send now as a string, now as a number.
type flexible string

// UnmarshalJSON accepts a string, a number, a boolean or null.
func (f *flexible) UnmarshalJSON(data []byte) error {
	data = bytes.TrimSpace(data)
	switch {
	case len(data) == 0 || bytes.Equal(data, []byte("null")):
		*f = ""
	case data[0] == '"':
		var text string
		if err := json.Unmarshal(data, &text); err != nil {
			return err
		}
		*f = flexible(text)
	case data[0] == '{' || data[0] == '[':
		return errors.New("a scalar was expected")
	default:
		*f = flexible(data)
	}
	return nil
}

// word is the scalar for comparisons: True and true are one.
func (f flexible) word() string { return strings.ToLower(strings.TrimSpace(string(f))) }
