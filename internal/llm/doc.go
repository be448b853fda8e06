// Package llm asks chat models: go-openai speaks to every OpenAI-compatible
// endpoint, langchaingo to the others. A caller gives a prompt with a schema and
// gets JSON of that shape, or a fault of kind Unavailable; nothing a model says is
// obeyed beyond that.
package llm
