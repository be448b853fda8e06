package prompts

import (
	"bytes"
	"crypto/rand"
	"embed"
	"encoding/json"
	"fmt"
	"strings"
	"text/template"
)

//go:embed templates/*.tmpl
var files embed.FS

var templates = template.Must(template.New("").Funcs(template.FuncMap{
	"add":  func(index int) int { return index + 1 },
	"data": func(string, string) (string, error) { return "", fmt.Errorf("data is bound when a prompt is rendered") },
}).ParseFS(files, "templates/*.tmpl"))

// Prompt is what a model is asked: the instructions, the data, and the schema that
// its answer must fit.
type Prompt struct {
	Name   string // with version, such as draft_reply.v1
	System string
	User   string
	Schema json.RawMessage // JSON Schema of the answer
}

// Source is one passage that a draft may rest on, numbered from 1 in order.
type Source struct {
	Title string
	Text  string
	// Internal passages are never quoted word for word.
	Internal bool
}

// DraftReply is the input of draft_reply.v1.
type DraftReply struct {
	Language string // of the customer, BCP 47; "" if unknown
	Subject  string
	Message  string
	Sources  []Source
}

// draftSchema is what a draft's answer must look like.
const draftSchema = `{"type":"object","additionalProperties":false,"required":["sentences"],"properties":{"sentences":{"type":"array","minItems":1,"maxItems":12,` +
	`"items":{"type":"object","additionalProperties":false,"required":["text","sources"],"properties":{"text":{"type":"string","minLength":1,"maxLength":600},` +
	`"sources":{"type":"array","maxItems":5,"items":{"type":"integer","minimum":1}}}}}}}`

// Prompt renders the current version.
func (d DraftReply) Prompt() (Prompt, error) { return d.render(rand.Text()[:12]) }

func (d DraftReply) render(boundary string) (Prompt, error) {
	const name = "draft_reply.v1"
	system, err := execute(name+".system.tmpl", boundary, d)
	if err != nil {
		return Prompt{}, err
	}
	user, err := execute(name+".user.tmpl", boundary, d)
	return Prompt{Name: name, System: system, User: user, Schema: json.RawMessage(draftSchema)}, err
}

// execute renders a template whose `data` wraps outsiders' text with this boundary.
func execute(file, boundary string, input any) (string, error) {
	bound, err := templates.Clone()
	if err != nil {
		return "", fmt.Errorf("prepare prompt %s: %w", file, err)
	}
	bound.Funcs(template.FuncMap{"data": func(label, text string) string { return fence(label, text, boundary) }})
	var out bytes.Buffer
	if err := bound.ExecuteTemplate(&out, file, input); err != nil {
		return "", fmt.Errorf("render prompt %s: %w", file, err)
	}
	return strings.TrimSpace(out.String()), nil
}

// fence marks an outsider's text. The boundary is random, so the text cannot know
// it; should it hold it all the same, it is taken out.
func fence(label, text, boundary string) string {
	text = strings.ReplaceAll(text, boundary, "")
	return fmt.Sprintf("<<%s %s\n%s\n%s %s>>", label, boundary, strings.TrimSpace(text), label, boundary)
}
