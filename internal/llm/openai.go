package llm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	openai "github.com/sashabaranov/go-openai"
	"github.com/sony/gobreaker/v2"

	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/internal/outbound"
	"github.com/signalbox/signalbox/prompts"
)

// Config names a chat model.
type Config struct {
	BaseURL string // such as https://models.example.com/v1
	Key     string
	Model   string
	Timeout time.Duration // of one attempt; 0 is 30 s

	Dimension int // embeddings: how long the vectors should be; 0 leaves it to the model
}

// Validate names the first setting that is missing.
func (c Config) Validate() error {
	switch {
	case c.BaseURL == "":
		return fault.Field(fault.Invalid, "OPENAI_BASE_URL", "is missing", "name the endpoint, such as https://host/v1")
	case c.Model == "":
		return fault.Field(fault.Invalid, "SIGNALBOX_MODEL", "is missing", "name a chat model of the endpoint")
	}
	return nil
}

// attempts is how often a failed request is made altogether.
const attempts = 2

// nearZero is sent for a temperature of zero, which the client library leaves out.
const nearZero = 1e-6

// maxAnswerTokens bounds what an answer may cost.
const maxAnswerTokens = 1_200

// OpenAI is a chat model behind an OpenAI-compatible endpoint. It is safe for
// concurrent use. After five failures in a row it is left alone for half a minute.
type OpenAI struct {
	client  *openai.Client
	config  Config
	breaker *gobreaker.CircuitBreaker[string]
}

// NewOpenAI connects to the endpoint that the owner set; it may be in a private network.
func NewOpenAI(config Config) (*OpenAI, error) {
	if err := config.Validate(); err != nil {
		return nil, err
	}
	if config.Timeout == 0 {
		config.Timeout = 30 * time.Second
	}
	settings := openai.DefaultConfig(config.Key)
	settings.BaseURL = config.BaseURL
	settings.HTTPClient = outbound.New(outbound.Config{PrivateHosts: []string{outbound.HostOf(config.BaseURL)}, HeaderTimeout: config.Timeout})
	breaker := gobreaker.NewCircuitBreaker[string](gobreaker.Settings{
		Name: "chat model", Timeout: 30 * time.Second,
		ReadyToTrip: func(counts gobreaker.Counts) bool { return counts.ConsecutiveFailures >= 5 },
		IsSuccessful: func(err error) bool {
			return err == nil || errors.Is(err, context.Canceled) || fault.Is(err, fault.Unprocessable)
		},
	})
	return &OpenAI{openai.NewClientWithConfig(settings), config, breaker}, nil
}

// Name is the model's name, for records and drafts.
func (o *OpenAI) Name() string { return o.config.Model }

// Complete asks for JSON that fits the prompt's schema. Errors are Unavailable
// (down, slow, overloaded: carry on without) or Unprocessable (refused, or no JSON).
func (o *OpenAI) Complete(ctx context.Context, prompt prompts.Prompt) (string, error) {
	answer, err := o.breaker.Execute(func() (string, error) { return o.retry(ctx, prompt) })
	if errors.Is(err, gobreaker.ErrOpenState) || errors.Is(err, gobreaker.ErrTooManyRequests) {
		return "", fault.Wrap(fault.Unavailable, err, "the model failed several times and is left alone for a moment")
	}
	return answer, err
}

func (o *OpenAI) retry(ctx context.Context, prompt prompts.Prompt) (answer string, err error) {
	for attempt := range attempts {
		if attempt > 0 {
			select {
			case <-ctx.Done():
				return "", ctx.Err()
			case <-time.After(200*time.Millisecond + rand.N(300*time.Millisecond)):
			}
		}
		answer, err = o.once(ctx, prompt)
		if err == nil || !fault.Is(err, fault.Unavailable) || ctx.Err() != nil {
			return answer, err
		}
	}
	return "", err
}

func (o *OpenAI) once(ctx context.Context, prompt prompts.Prompt) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, o.config.Timeout)
	defer cancel()
	response, err := o.client.CreateChatCompletion(ctx, openai.ChatCompletionRequest{
		Model: o.config.Model, Temperature: nearZero, MaxTokens: maxAnswerTokens,
		Messages: []openai.ChatCompletionMessage{
			{Role: openai.ChatMessageRoleSystem, Content: prompt.System},
			{Role: openai.ChatMessageRoleUser, Content: prompt.User},
		},
		ResponseFormat: &openai.ChatCompletionResponseFormat{
			Type:       openai.ChatCompletionResponseFormatTypeJSONSchema,
			JSONSchema: &openai.ChatCompletionResponseFormatJSONSchema{Name: schemaName(prompt.Name), Strict: true, Schema: prompt.Schema},
		},
	})
	if err != nil {
		return "", classify(err)
	}
	if len(response.Choices) == 0 {
		return "", fault.New(fault.Unavailable, "the model answered nothing")
	}
	// Servers may say that the length ended an answer that is complete: parse it.
	content := response.Choices[0].Message.Content
	if !json.Valid([]byte(content)) {
		return "", fault.New(fault.Unprocessable, "the model answered no JSON (%s)", response.Choices[0].FinishReason)
	}
	return content, nil
}

// classify tells a request that was refused from a model that is down. The text
// that the server sent is no part of the message: it may quote the prompt.
func classify(err error) error {
	var api *openai.APIError
	var request *openai.RequestError
	status := 0
	switch {
	case errors.As(err, &api):
		status = api.HTTPStatusCode
	case errors.As(err, &request):
		status = request.HTTPStatusCode
	}
	switch {
	case status == http.StatusTooManyRequests || status >= http.StatusInternalServerError || status == 0:
		return fault.Wrap(fault.Unavailable, errors.New(describe(status, err)), "the model cannot be asked now")
	default:
		return fault.Wrap(fault.Unprocessable, errors.New(describe(status, err)), "the model refused the request")
	}
}

func describe(status int, err error) string {
	if status != 0 {
		return fmt.Sprintf("status %d", status)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return "timed out"
	}
	return "no connection"
}

func schemaName(prompt string) string {
	name := []rune(prompt)
	for i, r := range name {
		if r == '.' {
			name[i] = '_'
		}
	}
	return string(name)
}
