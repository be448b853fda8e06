package document

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// zendeskArticle is an article of Zendesk's help centre, as its articles API and its
// exports write it.
type zendeskArticle struct {
	ID             json.Number `json:"id"`
	Title          string      `json:"title"`
	Name           string      `json:"name"`
	Body           *string     `json:"body"`
	Locale         string      `json:"locale"`
	SectionID      json.Number `json:"section_id"`
	Labels         []string    `json:"label_names"`
	Draft          bool        `json:"draft"`
	VoteSum        int         `json:"vote_sum"`
	UpdatedAt      string      `json:"updated_at"`
	EditedAt       string      `json:"edited_at"`
	UserSegmentID  json.Number `json:"user_segment_id"`
	UserSegmentIDs []any       `json:"user_segment_ids"`
}

// intercomArticle is an article as Intercom's articles API lists it.
type intercomArticle struct {
	ID            json.Number                `json:"id"`
	Title         string                     `json:"title"`
	Description   *string                    `json:"description"`
	Body          *string                    `json:"body"`
	State         string                     `json:"state"`
	UpdatedAt     json.Number                `json:"updated_at"`
	DefaultLocale string                     `json:"default_locale"`
	Statistics    *intercomStatistics        `json:"statistics"`
	Translated    map[string]json.RawMessage `json:"translated_content"`
}

type intercomStatistics struct {
	Reactions float64 `json:"reactions"`
	Happy     float64 `json:"happy_reaction_percentage"`
	Sad       float64 `json:"sad_reaction_percentage"`
}

// exported is either export.
type exported struct {
	Articles   []json.RawMessage `json:"articles"`
	Article    json.RawMessage   `json:"article"`
	Sections   []named           `json:"sections"`
	Categories []named           `json:"categories"`
	NextPage   *string           `json:"next_page"`
	Type       string            `json:"type"`
	Data       []json.RawMessage `json:"data"`
	Pages      *struct {
		TotalPages int `json:"total_pages"`
	} `json:"pages"`
}

type named struct {
	ID         json.Number `json:"id"`
	Name       string      `json:"name"`
	CategoryID json.Number `json:"category_id"`
}

// export reads the JSON of a help centre: Zendesk Guide's or Intercom's.
func (r reader) export(ctx context.Context, data []byte, yield func(Item) error) error {
	text, _ := decoded(data, "")
	var whole exported
	if err := json.Unmarshal([]byte(text), &whole); err != nil {
		return errors.New("is no JSON export of Zendesk Guide or Intercom, or is broken")
	}
	if len(whole.Article) > 0 {
		whole.Articles = append(whole.Articles, whole.Article)
	}
	read, rows := whole.zendesk, whole.Articles
	switch {
	case whole.Type == "list" && whole.Data != nil:
		read, rows = whole.intercom, whole.Data
	case len(rows) == 0:
		return errors.New("holds no articles: neither Zendesk Guide's \"articles\" nor Intercom's \"data\"")
	}
	var warnings []string
	if whole.NextPage != nil && *whole.NextPage != "" || whole.Pages != nil && whole.Pages.TotalPages > 1 {
		warnings = []string{"is one page of several: export the others too"}
	}
	for number, row := range rows {
		if err := ctx.Err(); err != nil {
			return err
		}
		items, err := read(row)
		if err != nil {
			items = []Item{{Key: fmt.Sprintf("article-%d", number+1), Problem: "is no article as the help centre's API writes it"}}
		}
		for _, item := range items {
			item.Warnings = append(item.Warnings, warnings...)
			warnings = nil
			if err := yield(item); err != nil {
				return err
			}
		}
	}
	return nil
}

func (e exported) zendesk(row json.RawMessage) ([]Item, error) {
	var article zendeskArticle
	if err := json.Unmarshal(row, &article); err != nil || article.ID == "" {
		return nil, errors.New("no article")
	}
	item := Item{
		Key: localised(article.ID, article.Locale), Title: firstOf(article.Title, article.Name), Language: language(article.Locale),
		Tags: article.Labels, Votes: article.VoteSum, Updated: parseTime(firstOf(article.EditedAt, article.UpdatedAt)),
		ProductArea: e.sectionName(article.SectionID), Audience: "public", Why: "the help centre shows it to everyone",
	}
	restricted := slices.ContainsFunc(article.UserSegmentIDs, func(id any) bool { return id != nil })
	switch {
	case article.Draft:
		item.Audience, item.Why = "internal", "it is a draft"
	case article.UserSegmentID != "" || restricted:
		item.Audience, item.Why = "internal", "only some users may see it"
	}
	item.take(article.Body)
	return []Item{item}, nil
}

// sectionName is the section's name with its category's, as far as the export has them.
func (e exported) sectionName(id json.Number) string {
	at := slices.IndexFunc(e.Sections, func(n named) bool { return n.ID == id })
	if at < 0 || id == "" {
		return ""
	}
	section := e.Sections[at]
	for _, category := range e.Categories {
		if category.ID == section.CategoryID && category.Name != "" {
			return category.Name + " / " + section.Name
		}
	}
	return section.Name
}

// intercom reads an article and its translations, each of which has its own state.
func (e exported) intercom(row json.RawMessage) ([]Item, error) {
	var article intercomArticle
	if err := json.Unmarshal(row, &article); err != nil || article.ID == "" {
		return nil, errors.New("no article")
	}
	items := []Item{article.item(article.DefaultLocale)}
	locales := make([]string, 0, len(article.Translated))
	for locale := range article.Translated {
		locales = append(locales, locale)
	}
	slices.Sort(locales)
	for _, locale := range locales {
		if locale == "type" || locale == article.DefaultLocale {
			continue
		}
		translated := intercomArticle{}
		if err := json.Unmarshal(article.Translated[locale], &translated); err != nil || translated.Body == nil {
			continue // a language without a translation is null
		}
		translated.ID, translated.Statistics = article.ID, article.Statistics
		items = append(items, translated.item(locale))
	}
	return items, nil
}

func (a intercomArticle) item(locale string) Item {
	item := Item{Key: localised(a.ID, locale), Title: a.Title, Language: language(locale), Audience: "public", Why: "it is published"}
	if a.State != "published" {
		item.Audience, item.Why = "internal", "it is a draft"
	}
	if seconds, err := strconv.ParseInt(a.UpdatedAt.String(), 10, 64); err == nil && seconds > 0 {
		item.Updated = time.Unix(seconds, 0).UTC()
	}
	if a.Statistics != nil { // a share of reactions becomes a number of votes
		item.Votes = int(math.Round(max(min(a.Statistics.Reactions*(a.Statistics.Happy-a.Statistics.Sad)/100, 1e6), -1e6)))
	}
	item.take(a.Body)
	if a.Description != nil && strings.TrimSpace(*a.Description) != "" && item.Problem == "" {
		item.Text = strings.TrimSpace(*a.Description) + "\n\n" + item.Text
	}
	return item
}

// take turns an export's HTML into the item's text.
func (i *Item) take(body *string) {
	if body == nil || strings.TrimSpace(*body) == "" {
		i.Problem = "is empty"
		return
	}
	var err error
	if i.Text, i.Notes, err = fragment(*body); err != nil {
		i.Problem = err.Error()
	}
}

func localised(id json.Number, locale string) string {
	if key := slug(locale); key != "" {
		return slug(id.String()) + "." + key
	}
	return slug(id.String())
}

func firstOf(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}
