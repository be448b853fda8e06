package safetysuite

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sort"
	"strings"

	"github.com/signalbox/signalbox/internal/fault"
)

// document is what is read of an OpenAPI document.
type document struct {
	Paths      map[string]map[string]*operation `json:"paths"`
	Components struct {
		Schemas map[string]*schema `json:"schemas"`
	} `json:"components"`
}

type operation struct {
	Tags       []string `json:"tags"`
	Parameters []struct {
		Name     string  `json:"name"`
		In       string  `json:"in"`
		Required bool    `json:"required"`
		Schema   *schema `json:"schema"`
	} `json:"parameters"`
	RequestBody *struct {
		Content map[string]struct {
			Schema *schema `json:"schema"`
		} `json:"content"`
	} `json:"requestBody"`
	Responses map[string]struct {
		Content map[string]any `json:"content"`
	} `json:"responses"`

	route, method, path string
	schemas             map[string]*schema
}

type schema struct {
	Ref        string             `json:"$ref"`
	Type       any                `json:"type"` // a name, or a list of them
	Format     string             `json:"format"`
	Enum       []any              `json:"enum"`
	MaxLength  int                `json:"maxLength"`
	Minimum    *float64           `json:"minimum"`
	Maximum    *float64           `json:"maximum"`
	Items      *schema            `json:"items"`
	Properties map[string]*schema `json:"properties"`
	Required   []string           `json:"required"`
}

func (s *schema) is(name string) bool {
	switch kind := s.Type.(type) {
	case string:
		return kind == name
	case []any:
		return slices.Contains(kind, any(name))
	}
	return false
}

// operations reads what the service says of itself, in order of their routes.
func operations(ctx context.Context, side Side) ([]*operation, error) {
	answer, err := side.send(ctx, request{route: "GET /openapi.json", method: http.MethodGet, path: "/openapi.json"}, newRequestID())
	if err != nil {
		return nil, err
	}
	var read document
	if answer.status != http.StatusOK || json.Unmarshal(answer.body, &read) != nil || len(read.Paths) == 0 {
		return nil, fault.New(fault.Unavailable, "%s/openapi.json is no OpenAPI document", side.URL)
	}
	var found []*operation
	for path, methods := range read.Paths {
		for method, made := range methods {
			made.method, made.path, made.schemas = strings.ToUpper(method), path, read.Components.Schemas
			made.route = made.method + " " + path
			found = append(found, made)
		}
	}
	sort.Slice(found, func(i, j int) bool { return found[i].route < found[j].route })
	return found, nil
}

func (o *operation) forCustomers() bool { return slices.Contains(o.Tags, "customers") }
func (o *operation) ofTheService() bool { return slices.Contains(o.Tags, "service") }

// opensTickets reports routes that leave something with people: their work begins
// with a 202.
func (o *operation) opensTickets() bool {
	_, accepted := o.Responses["202"]
	return accepted
}

// requests are what a query becomes on this route: one for each form of the answer.
func (o *operation) requests(query Query, number int) ([]request, error) {
	if o.method != http.MethodGet && o.method != http.MethodPost {
		return nil, fmt.Errorf("is a %s, for which no attack is known", o.method)
	}
	path, err := o.address(query, number)
	if err != nil {
		return nil, err
	}
	made := request{route: o.route, method: o.method, path: path}
	if o.RequestBody != nil {
		content, known := o.RequestBody.Content["application/json"]
		if !known {
			return nil, errors.New("takes a body that is not JSON")
		}
		value, err := o.value(content.Schema, "", query, number)
		if err != nil {
			return nil, err
		}
		if made.body, err = json.Marshal(value); err != nil {
			return nil, fmt.Errorf("encode a body: %w", err)
		}
	}
	var forms []request
	for _, form := range []string{"application/json", "text/event-stream"} {
		if _, known := o.Responses["200"].Content[form]; known {
			one := made
			one.header = Header{"Accept": form}
			forms = append(forms, one)
		}
	}
	if forms == nil {
		forms = []request{made}
	}
	return forms, nil
}

// notDeclared are parameters that a careless route would obey.
var notDeclared = url.Values{
	"audience": {"internal"}, "disclosure": {"never"}, "include": {"internal"}, "is_canary": {"true"}, "debug": {"true"}, "explain": {"true"},
}

func (o *operation) address(query Query, number int) (string, error) {
	path, values := o.path, url.Values{}
	if query.Kind == "filter" || query.Kind == "tag" {
		for name, value := range notDeclared {
			values[name] = value
		}
		values.Set("tag", query.Text)
	}
	for _, parameter := range o.Parameters {
		if parameter.In == "header" || parameter.In == "cookie" {
			continue
		}
		value, err := o.value(parameter.Schema, parameter.Name, query, number)
		if err != nil {
			return "", err
		}
		if parameter.In == "path" {
			path = strings.ReplaceAll(path, "{"+parameter.Name+"}", url.PathEscape(fmt.Sprint(value)))
			continue
		}
		// A cursor or a filter that is wrong hides what the rest would have found.
		if !parameter.Required && number%3 != 0 {
			continue
		}
		if list, several := value.([]any); several {
			value = list[0]
		}
		values.Set(parameter.Name, fmt.Sprint(value))
	}
	if len(values) > 0 {
		path += "?" + values.Encode()
	}
	return path, nil
}

// value fills a schema with the query.
func (o *operation) value(of *schema, name string, query Query, number int) (any, error) {
	if of == nil {
		return nil, errors.New("has a part without a schema")
	}
	if of.Ref != "" {
		of = o.schemas[strings.TrimPrefix(of.Ref, "#/components/schemas/")]
		if of == nil {
			return nil, errors.New("refers to a schema that is not there")
		}
	}
	switch {
	case len(of.Enum) > 0:
		return of.Enum[number%len(of.Enum)], nil
	case of.is("string"):
		return o.text(of, query), nil
	case of.is("integer"), of.is("number"):
		return bound(of, number), nil
	case of.is("boolean"):
		return number%2 == 0, nil
	case of.is("array"):
		item, err := o.value(of.Items, name, query, number)
		return []any{item}, err
	case of.is("object"):
		filled := map[string]any{}
		for property, inner := range of.Properties {
			if strings.HasPrefix(property, "$") {
				continue
			}
			value, err := o.value(inner, property, query, number)
			if err != nil {
				return nil, err
			}
			filled[property] = value
		}
		return filled, nil
	}
	return nil, fmt.Errorf("has a part %q of a type that no attack is known for", name)
}

func (o *operation) text(of *schema, query Query) string {
	switch of.Format {
	case "uuid":
		return query.ID
	case "email":
		return "visitor@quill.example"
	case "date-time":
		return "2026-01-01T00:00:00Z"
	}
	if of.MaxLength > 0 {
		return clip(query.Text, of.MaxLength)
	}
	return query.Text
}

func bound(of *schema, number int) any {
	least, most := 1.0, 20.0
	if of.Minimum != nil {
		least = *of.Minimum
	}
	if of.Maximum != nil {
		most = *of.Maximum
	}
	if number%2 == 0 {
		return int(most)
	}
	return int(least)
}
