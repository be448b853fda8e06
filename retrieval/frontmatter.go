package retrieval

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

const (
	maximumFrontMatter = 64 << 10
	maximumFieldBytes  = 500
)

// cutFrontMatter splits a file into the YAML between two lines of three hyphens at
// its start, and the rest.
func cutFrontMatter(text string) (header, body string, err error) {
	line, rest, found := strings.Cut(text, "\n")
	if !found || strings.TrimRight(line, " \t\r") != "---" {
		return "", text, nil
	}
	for at := 0; at < len(rest); {
		line, _, more := strings.Cut(rest[at:], "\n")
		end := at + len(line)
		if more {
			end++
		}
		if strings.TrimRight(line, " \t\r") == "---" {
			if at > maximumFrontMatter {
				return "", "", errors.New("front matter is longer than 64 KB")
			}
			return rest[:at], rest[end:], nil
		}
		at = end
	}
	return "", "", errors.New("front matter is not closed: end it with a line of three hyphens")
}

// applyFrontMatter fills the document from YAML. A wrong value is an error, an
// unknown key only a warning.
func (d *Document) applyFrontMatter(header string) (err error) {
	if strings.TrimSpace(header) == "" {
		return nil
	}
	defer func() {
		// The YAML reader has panicked on malformed text before.
		if recover() != nil {
			err = errors.New("front matter is not YAML")
		}
	}()
	var root yaml.Node
	if err := yaml.Unmarshal([]byte(header), &root); err != nil {
		return errors.New("front matter is not YAML") // the cause may quote the text
	}
	if len(root.Content) == 0 {
		return nil
	}
	if root.Content[0].Kind != yaml.MappingNode {
		return errors.New("front matter is not a list of `key: value` lines")
	}
	pairs := root.Content[0].Content
	for i := 0; i+1 < len(pairs); i += 2 {
		if err := d.applyField(pairs[i].Value, pairs[i+1]); err != nil {
			return err
		}
	}
	return nil
}

// applyField sets what one key says.
func (d *Document) applyField(key string, node *yaml.Node) (err error) {
	article := &d.Article
	switch key {
	case "title":
		article.Title, err = scalar(node)
	case "language":
		article.Language, err = scalar(node)
	case "product_area":
		article.ProductArea, err = scalar(node)
	case "tier":
		article.Tier, err = scalar(node)
	case "error_type":
		article.ErrorType, err = scalar(node)
	case "about":
		d.About, err = scalar(node)
		d.About = strings.TrimSuffix(d.About, ".md")
	case "tags":
		article.Tags, err = scalars(node)
	case "disclosure":
		article.Disclosure, err = parseDisclosure(node)
	case "votes":
		article.Votes, err = strconv.Atoi(node.Value)
	case "updated":
		article.UpdatedAt, err = parseDay(node.Value)
	default:
		d.warn("unknown key in front matter: %q", firstBytes(key, 40))
	}
	if err != nil {
		return fmt.Errorf("front matter: %s: %s", key, expected[key])
	}
	return nil
}

// expected says what a key takes.
var expected = map[string]string{
	"title": "use one line of text", "language": "use a code such as en", "product_area": "use one line of text",
	"tier": "use one line of text", "error_type": "use one line of text", "about": "use the public article's path without .md",
	"tags": "use a list such as [billing, refund]", "disclosure": "use never, paraphrase or may_tell",
	"votes": "use a whole number", "updated": "use a day such as 2026-03-31",
}

var errField = errors.New("wrong value")

func scalar(node *yaml.Node) (string, error) {
	value := strings.TrimSpace(node.Value)
	if node.Kind != yaml.ScalarNode || len(value) > maximumFieldBytes || strings.ContainsAny(value, "\n\r\x00") {
		return "", errField
	}
	return value, nil
}

func scalars(node *yaml.Node) ([]string, error) {
	if node.Kind == yaml.ScalarNode {
		return strings.FieldsFunc(node.Value, func(r rune) bool { return r == ',' || r == ' ' }), nil
	}
	if node.Kind != yaml.SequenceNode || len(node.Content) > 100 {
		return nil, errField
	}
	var values []string
	for _, item := range node.Content {
		value, err := scalar(item)
		if err != nil {
			return nil, err
		}
		values = append(values, value)
	}
	return values, nil
}

func parseDisclosure(node *yaml.Node) (Disclosure, error) {
	switch value := Disclosure(node.Value); value {
	case Never, Paraphrase, MayTell:
		return value, nil
	}
	return "", errField
}

func parseDay(value string) (time.Time, error) {
	if day, err := time.Parse(time.DateOnly, value); err == nil {
		return day, nil
	}
	return time.Parse(time.RFC3339, value)
}
