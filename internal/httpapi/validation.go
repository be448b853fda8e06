package httpapi

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"
)

// These variables are huma's only hooks here, and they are global.
//
// Without strict casing a field in other capitals passes unchecked, while
// encoding/json still decodes it. And huma's own errors repeat what was sent.
func init() {
	huma.ValidateStrictCasing = true
	huma.NewErrorWithContext = func(ctx huma.Context, status int, _ string, errs ...error) huma.StatusError {
		return unreadable(ctx, status, errs)
	}
}

// unreadable says what huma found wrong with a request, without repeating any of it.
func unreadable(ctx huma.Context, status int, errs []error) *huma.ErrorModel {
	if status == http.StatusInternalServerError {
		status = http.StatusBadRequest // only a broken upload ends here; handlers' failures are faults
	}
	model := newProblem(ctx.Context(), status, "the request is not valid")
	switch status {
	case http.StatusBadRequest:
		model.Detail = "the body is missing, breaks off, or is not valid JSON"
	case http.StatusRequestTimeout:
		model.Detail = "the body came too slowly"
	case http.StatusRequestEntityTooLarge:
		if route, ok := ctx.Operation().Metadata[routeKey].(route); ok {
			model.Detail = fmt.Sprintf("the body is larger than %d bytes", route.maxBody)
		}
	case http.StatusUnsupportedMediaType:
		model.Detail = "the body's content type is not known; send application/json"
	case http.StatusUnprocessableEntity:
		model.Detail = "some fields are not valid; see errors"
		model.Errors = withoutInput(errs)
	}
	return model
}

// withoutInput keeps of each error the place and the rule that was broken.
func withoutInput(errs []error) []*huma.ErrorDetail {
	var details []*huma.ErrorDetail
	for _, err := range errs {
		detailed, ok := err.(huma.ErrorDetailer)
		if !ok {
			continue
		}
		given := detailed.ErrorDetail()
		detail := &huma.ErrorDetail{Location: given.Location, Message: "is not valid"}
		// What follows a colon is the parser's, which quotes the value.
		rule, _, _ := strings.Cut(given.Message, ": ")
		if strings.HasPrefix(rule, "expected ") || strings.HasPrefix(rule, "required ") {
			detail.Message = rule
		}
		if rule == validation.MsgUnexpectedProperty { // its name is the sender's
			detail.Location, detail.Message = "body", "holds a field that is not known"
		}
		details = append(details, detail)
	}
	return details
}
