package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/retrieval"
)

// Imports takes files and addresses in, and says what became of them.
type Imports interface {
	// AddImport stores what was sent and starts the work. repeated says that the same
	// key of the same actor has made it before.
	AddImport(ctx context.Context, actor desk.Actor, asked retrieval.NewImport) (made retrieval.Import, repeated bool, err error)
	Import(ctx context.Context, id uuid.UUID) (retrieval.Import, error)
}

const (
	maximumImport = 32 << 20 // bytes of a request
	// maximumField bounds what a form's text field may hold.
	maximumField = 1 << 10
)

type importInput struct {
	IdempotencyKey string `header:"Idempotency-Key" maxLength:"100" doc:"Repeat it to send the same import again without doing it twice."`
	ContentType    string `header:"Content-Type"`
	RawBody        []byte `contentType:"*/*"`
}

type importOutput struct {
	Location string `header:"Location" doc:"Where its progress and report are."`
	Replayed string `header:"Signalbox-Replayed" doc:"true if this import was received before: nothing is done again."`
	Body     retrieval.Import
}

// postImport stores what was sent and answers at once; a worker reads it.
func (s *Server) postImport(ctx context.Context, input *importInput) (*importOutput, error) {
	asked, err := readImport(input.ContentType, input.RawBody)
	if err != nil {
		return nil, err
	}
	asked.Key = input.IdempotencyKey
	made, repeated, err := s.stores.Imports.AddImport(ctx, desk.ActorFrom(ctx), asked)
	if err != nil {
		return nil, err
	}
	output := &importOutput{Location: s.config.PublicURL + "/v1/agent/imports/" + made.ID.String(), Body: made}
	if repeated {
		output.Replayed = "true"
	}
	return output, nil
}

// getImport says how far an import is, and at its end what became of each file.
func (s *Server) getImport(ctx context.Context, input *idInput) (*body[retrieval.Import], error) {
	id, err := input.uuid()
	if err != nil {
		return nil, err
	}
	found, err := s.stores.Imports.Import(ctx, id)
	if err != nil {
		return nil, err
	}
	return &body[retrieval.Import]{found}, nil
}

// readImport reads a form with files, or a JSON list of addresses.
func readImport(contentType string, data []byte) (retrieval.NewImport, error) {
	kind, parameters, err := mime.ParseMediaType(contentType)
	switch {
	case err == nil && kind == "multipart/form-data" && parameters["boundary"] != "":
		return readForm(multipart.NewReader(bytes.NewReader(data), parameters["boundary"]))
	case err == nil && kind == "application/json":
		return readList(data)
	}
	return retrieval.NewImport{}, fault.Field(fault.Unprocessable, "Content-Type", "is not known here", "send multipart/form-data with audience and files, or application/json with audience and urls")
}

func readForm(form *multipart.Reader) (asked retrieval.NewImport, err error) {
	for {
		part, err := form.NextRawPart()
		if errors.Is(err, io.EOF) {
			return asked, nil
		}
		if err != nil || len(asked.Files) > retrieval.MaximumImportFiles {
			return asked, fault.Field(fault.Unprocessable, "body", "is no form, or holds more than 1,000 files", "send multipart/form-data with audience and files, or a ZIP")
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return asked, fault.New(fault.Invalid, "the body breaks off")
		}
		switch {
		case part.FileName() != "":
			asked.Files = append(asked.Files, retrieval.ImportFile{Name: fileName(part), Content: content})
		case part.FormName() == "audience" && len(content) <= maximumField:
			asked.Audience = desk.Audience(content)
		default:
			return asked, fault.Field(fault.Unprocessable, "body", "has a field that is not known", "send audience and files")
		}
	}
}

// fileName is a part's name with its folders, which [multipart.Part.FileName] drops.
func fileName(part *multipart.Part) string {
	_, parameters, err := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
	if err != nil || parameters["filename"] == "" {
		return part.FileName()
	}
	return parameters["filename"]
}

func readList(data []byte) (asked retrieval.NewImport, err error) {
	var list struct {
		Audience desk.Audience `json:"audience"`
		URLs     []string      `json:"urls"`
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&list); err != nil {
		return asked, fault.Field(fault.Unprocessable, "body", "is no JSON with audience and urls", `send {"audience":"public","urls":["https://…"]}`)
	}
	asked.Audience = list.Audience
	for _, address := range list.URLs {
		if len(address) > 2000 {
			return asked, fault.Field(fault.Unprocessable, "urls", "holds an address that is too long", "use up to 2,000 characters")
		}
		asked.Files = append(asked.Files, retrieval.ImportFile{Name: address, Address: true})
	}
	return asked, nil
}

// documentImport describes both bodies.
func documentImport(operation *huma.Operation, _ huma.Registry) {
	audience := &huma.Schema{Type: huma.TypeString, Enum: []any{"public", "internal"}}
	operation.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
		"multipart/form-data": {Schema: &huma.Schema{Type: huma.TypeObject, Required: []string{"audience", "files"}, Properties: map[string]*huma.Schema{
			"audience": audience, "files": {Type: huma.TypeArray, Items: &huma.Schema{Type: huma.TypeString, Format: "binary"}, Description: "Markdown, HTML, PDF, CSV, text, JSON exports, or a ZIP of them."},
		}}},
		"application/json": {Schema: &huma.Schema{Type: huma.TypeObject, Required: []string{"audience", "urls"}, AdditionalProperties: false, Properties: map[string]*huma.Schema{
			"audience": audience, "urls": {Type: huma.TypeArray, Items: &huma.Schema{Type: huma.TypeString, Format: "uri"}, MaxItems: new(retrieval.MaximumImportURLs)},
		}}},
	}}
}
