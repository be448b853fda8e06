package embedding

import (
	"errors"
	"slices"
	"testing"
)

func TestReadIsEmbedWithAClassForEachToken(t *testing.T) {
	t.Parallel()
	model := builtInModel(t)
	text := "Wie ändere ich mein Passwort? パスワード"
	vector, classes := model.Read(nil, nil, text)
	if !slices.Equal(vector, model.Embed(text)) || len(classes) != len(model.Tokenize(text)) {
		t.Errorf("%d classes for %d tokens", len(classes), len(model.Tokenize(text)))
	}
	if _, more := model.Read(vector, classes, "password"); len(more) != len(classes)+1 {
		t.Errorf("%d classes were appended", len(more)-len(classes))
	}
}

func TestTranslationsShareAClass(t *testing.T) {
	t.Parallel()
	for _, words := range [][]string{{"changes", "cambios", "修改"}, {"temporary", "temporaire", "temporario"}, {"conditions", "bedingung", "条件"}} {
		var seen []byte
		for _, word := range words {
			_, classes := builtInModel(t).Read(nil, nil, word)
			seen = append(seen, classes[0])
		}
		if slices.Min(seen) != slices.Max(seen) {
			t.Errorf("%v are of the classes %v", words, seen)
		}
	}
}

func TestClassesOfAnotherTableAreRefused(t *testing.T) {
	t.Parallel()
	other, err := New("other", builtIn)
	if err != nil {
		t.Fatal(err)
	}
	if err := other.parseClasses(builtInClasses); err != nil {
		t.Errorf("the table's own classes are refused: %v", err)
	}
	wrong := []byte(builtInClasses)
	wrong[len(classesMagic)] ^= 1
	for _, raw := range []string{"", "SBC1", builtInClasses[:1000], string(wrong)} {
		if err := other.parseClasses(raw); !errors.Is(err, ErrMalformed) {
			t.Errorf("%d bytes: the error is %v", len(raw), err)
		}
	}
}
