package httpapi_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// operation is what the tests read of an operation of the OpenAPI document.
type operation struct {
	OperationID string `json:"operationId"`
	Summary     string
	Tags        []string
	Security    []map[string][]string
	Parameters  []struct{ Name, In string }
	RequestBody struct{ Content map[string]media } `json:"requestBody"`
	Responses   map[string]struct {
		Description string
		Content     map[string]media
		Headers     map[string]any
	}
}

type media struct{ Schema map[string]any }

type openAPI struct {
	OpenAPI    string
	Info       struct{ Title, Version string }
	Servers    []struct{ URL string }
	Paths      map[string]map[string]operation
	Components struct {
		Schemas         map[string]map[string]any
		SecuritySchemes map[string]any `json:"securitySchemes"`
	}
}

func TestTheDocumentDescribesEveryRoute(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.config.PublicURL = "https://desk.example" })
	got := w.get("/openapi.json", nil)
	if got.header.Get("Content-Type") != "application/openapi+json" {
		t.Errorf("content type %q, want application/openapi+json", got.header.Get("Content-Type"))
	}
	document := decode[openAPI](t, got, http.StatusOK)
	if !strings.HasPrefix(document.OpenAPI, "3.1") || document.Info.Version != "1.2.3" || len(document.Servers) != 1 {
		t.Errorf("the head is %s, %+v, %+v, want OpenAPI 3.1 with version and server", document.OpenAPI, document.Info, document.Servers)
	}
	ids := map[string]bool{}
	for path, methods := range document.Paths {
		for method, operation := range methods {
			name := strings.ToUpper(method) + " " + path
			if ids[operation.OperationID] || operation.OperationID == "" || operation.Summary == "" || len(operation.Tags) != 1 {
				t.Errorf("%s lacks an ID of its own, a summary or a tag", name)
			}
			ids[operation.OperationID] = true
			checkOperation(t, name, operation, document)
		}
	}
	checkReferences(t, []byte(got.body), document)
}

// checkOperation fails for what is blank.
func checkOperation(t *testing.T, name string, operation operation, document openAPI) {
	t.Helper()
	if strings.Contains(name, "/v1/") && len(operation.Security) == 0 {
		t.Errorf("%s names no credential", name)
	}
	for _, alternative := range operation.Security {
		for scheme := range alternative {
			if document.Components.SecuritySchemes[scheme] == nil {
				t.Errorf("%s names the unknown credential %s", name, scheme)
			}
		}
	}
	if strings.HasPrefix(name, "POST ") {
		described(t, name+": the body", operation.RequestBody.Content)
	}
	succeeds := false
	for status, response := range operation.Responses {
		described(t, name+": status "+status, response.Content)
		succeeds = succeeds || strings.HasPrefix(status, "2")
		if problem := response.Content["application/problem+json"]; status >= "400" && problem.Schema["$ref"] != "#/components/schemas/ErrorModel" {
			t.Errorf("%s: status %s is no problem", name, status)
		}
	}
	if !succeeds {
		t.Errorf("%s says nothing of its success", name)
	}
}

func described(t *testing.T, what string, content map[string]media) {
	t.Helper()
	if len(content) == 0 {
		t.Errorf("%s is blank", what)
	}
	for contentType, media := range content {
		if len(media.Schema) == 0 {
			t.Errorf("%s has no schema for %s", what, contentType)
		}
	}
}

// checkReferences follows every $ref.
func checkReferences(t *testing.T, text []byte, document openAPI) {
	t.Helper()
	var whole any
	must(t, json.Unmarshal(text, &whole))
	var walk func(any)
	walk = func(value any) {
		switch value := value.(type) {
		case []any:
			for _, item := range value {
				walk(item)
			}
		case map[string]any:
			if reference, ok := value["$ref"].(string); ok && document.Components.Schemas[strings.TrimPrefix(reference, "#/components/schemas/")] == nil {
				t.Errorf("%s leads nowhere", reference)
			}
			for _, item := range value {
				walk(item)
			}
		}
	}
	walk(whole)
}

func TestTheDocumentDescribesRawAndStreamedRoutes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	document := decode[openAPI](t, w.get("/openapi.json", nil), http.StatusOK)
	hook := document.Paths["/v1/hooks/{connection}"]["post"]
	event, _ := hook.RequestBody.Content["application/json"].Schema["properties"].(map[string]any)
	for _, part := range []string{"ticket", "message", "requester", "account"} {
		if event[part] == nil {
			t.Errorf("the hook's event lacks %s", part)
		}
	}
	if hook.Responses["202"].Headers["Signalbox-Replayed"] == nil || hook.Responses["413"].Description == "" {
		t.Errorf("the hook's answers are %+v, want replays and too large bodies described", hook.Responses)
	}
	answers := document.Paths["/v1/answers"]["post"].Responses["200"].Content
	if answers["text/event-stream"].Schema == nil || answers["application/json"].Schema["$ref"] != "#/components/schemas/CustomerAnswerView" {
		t.Errorf("an answer is %+v, want a stream and a document", answers)
	}
	form := document.Paths["/v1/customer/tickets"]["post"]
	if !slices.ContainsFunc(form.Parameters, func(p struct{ Name, In string }) bool { return p.Name == "Idempotency-Key" && p.In == "header" }) {
		t.Errorf("the form's parameters are %+v, want an Idempotency-Key", form.Parameters)
	}
	if id := document.Components.Schemas["Message"]["properties"].(map[string]any)["ticket_id"].(map[string]any); id["type"] != "string" || id["format"] != "uuid" {
		t.Errorf("an ID is %v, want a UUID", id)
	}
	for name, schema := range document.Components.Schemas {
		properties, _ := schema["properties"].(map[string]any)
		for _, internal := range []string{"source_key", "restriction_group", "disclosure", "external_id", "message_count"} {
			if strings.HasPrefix(name, "Customer") && properties[internal] != nil {
				t.Errorf("%s shows customers %s", name, internal)
			}
		}
	}
}
