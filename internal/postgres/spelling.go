package postgres

import (
	"context"
	_ "embed"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/retrieval"
)

//go:embed spelling_customer.sql
var customerSpelling string

//go:embed spelling_agent.sql
var agentSpelling string

var (
	_ retrieval.Speller = (*CustomerSearch)(nil)
	_ retrieval.Speller = (*AgentSearch)(nil)
)

// Spellings looks into the public vocabulary alone.
func (s *CustomerSearch) Spellings(ctx context.Context, words []retrieval.QueryWord, _ retrieval.Filter) ([]retrieval.Spelling, error) {
	return spellings(ctx, s.customer, customerSpelling, spellingArguments(words))
}

// Spellings looks into the vocabularies of the filter's audiences.
func (s *AgentSearch) Spellings(ctx context.Context, words []retrieval.QueryWord, filter retrieval.Filter) ([]retrieval.Spelling, error) {
	return spellings(ctx, s.app, agentSpelling, append(spellingArguments(words), audiencesOf(filter)))
}

// spellingArguments are pairs of a word's number and a lexeme, then of it and a key.
func spellingArguments(words []retrieval.QueryWord) []any {
	var lexemeWords, keyWords, lexemes, keys []int32
	for i, word := range words {
		for _, lexeme := range word.Lexemes {
			lexemeWords, lexemes = append(lexemeWords, int32(i)), append(lexemes, lexeme) //nolint:gosec // a few words
		}
		for _, key := range retrieval.SpellingKeys(word.Text) {
			keyWords, keys = append(keyWords, int32(i)), append(keys, key) //nolint:gosec // a few words
		}
	}
	return []any{lexemeWords, lexemes, keyWords, keys}
}

func spellings(ctx context.Context, pool *pgxpool.Pool, search string, arguments []any) ([]retrieval.Spelling, error) {
	found, err := many[retrieval.Spelling](pool.Query(ctx, search, arguments...))
	return found, failure(err, "look up words")
}

const selectUnknownWords = `
select w.term from unnest($2::text[]) as w (term)
where not exists (select from vocabulary v where v.audience = $1 and v.term = w.term)`

const insertWords = `
insert into vocabulary (audience, term, lexeme, keys)
select $1, r.term, r.lexeme, r.keys from jsonb_to_recordset($2) as r (term text, lexeme integer, keys integer[])
on conflict do nothing`

// learnWords adds words to an audience's vocabulary.
func learnWords(ctx context.Context, tx pgx.Tx, audience desk.Audience, words []string) error {
	if len(words) == 0 {
		return nil
	}
	unknown, err := many[struct{ Term string }](tx.Query(ctx, selectUnknownWords, audience, words))
	if err != nil || len(unknown) == 0 {
		return err
	}
	type row struct {
		Term   string  `json:"term"`
		Lexeme int32   `json:"lexeme"`
		Keys   []int32 `json:"keys"`
	}
	rows := make([]row, len(unknown))
	for i, word := range unknown {
		rows[i] = row{word.Term, retrieval.Lexeme(word.Term), retrieval.SpellingKeys(word.Term)}
	}
	_, err = tx.Exec(ctx, insertWords, audience, rows)
	return err
}
