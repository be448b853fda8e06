package llm

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/tmc/langchaingo/llms"
	"github.com/tmc/langchaingo/llms/anthropic"

	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/internal/outbound"
	"github.com/signalbox/signalbox/prompts"
)

// Anthropic is a chat model behind Anthropic's messages protocol, by langchaingo.
type Anthropic struct {
	model   llms.Model
	name    string
	timeout time.Duration
}

// NewAnthropic connects to a model; without a base URL to the vendor's own.
func NewAnthropic(config Config) (*Anthropic, error) {
	if config.Model == "" || config.Key == "" {
		return nil, fault.Field(fault.Invalid, "ANTHROPIC_API_KEY", "or SIGNALBOX_MODEL is missing", "set both")
	}
	client := outbound.New(outbound.Config{PrivateHosts: []string{outbound.HostOf(config.BaseURL)}})
	options := []anthropic.Option{anthropic.WithToken(config.Key), anthropic.WithModel(config.Model), anthropic.WithHTTPClient(client)}
	if config.BaseURL != "" {
		options = append(options, anthropic.WithBaseURL(config.BaseURL))
	}
	model, err := anthropic.New(options...)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "the model cannot be set up")
	}
	if config.Timeout == 0 {
		config.Timeout = 30 * time.Second
	}
	return &Anthropic{model, config.Model, config.Timeout}, nil
}

// Name is the model's name, for records and drafts.
func (a *Anthropic) Name() string { return a.name }

// Complete asks for JSON. This protocol has no schema, so it is put into the
// instructions and the first JSON object of the answer is taken.
func (a *Anthropic) Complete(ctx context.Context, prompt prompts.Prompt) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, a.timeout)
	defer cancel()
	system := fmt.Sprintf("%s\n\nAnswer with one JSON object that fits this schema:\n%s", prompt.System, prompt.Schema)
	response, err := a.model.GenerateContent(ctx, []llms.MessageContent{
		llms.TextParts(llms.ChatMessageTypeSystem, system), llms.TextParts(llms.ChatMessageTypeHuman, prompt.User),
	}, llms.WithMaxTokens(maxAnswerTokens), llms.WithTemperature(0))
	if err != nil {
		if ctx.Err() != nil { // the library hides the deadline
			err = ctx.Err()
		}
		return "", fault.Wrap(fault.Unavailable, err, "the model cannot be asked now")
	}
	for _, choice := range response.Choices {
		if object, found := firstObject(choice.Content); found {
			return object, nil
		}
	}
	return "", fault.New(fault.Unprocessable, "the model answered no JSON")
}

func firstObject(text string) (string, bool) {
	start := strings.IndexByte(text, '{')
	if start < 0 {
		return "", false
	}
	var object json.RawMessage
	if json.NewDecoder(strings.NewReader(text[start:])).Decode(&object) != nil {
		return "", false
	}
	return string(object), true
}
