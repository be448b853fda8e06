package local

import (
	"testing"

	"github.com/jackc/pgx/v5"
)

func TestQuick(t *testing.T) {
	s, err := Open(t.Context(), Config{Dir: t.TempDir(), WantPostgres: true, WantRedis: true, Messages: t.Output()})
	if err != nil {
		t.Fatal(err)
	}
	urls, err := s.EnsureDatabase(t.Context(), "signalbox")
	t.Log(urls, err)
	c, err := pgx.Connect(t.Context(), urls.App)
	if err != nil {
		t.Fatal(err)
	}
	var u string
	c.QueryRow(t.Context(), "select current_user || '[1,2]'::vector::text||version()").Scan(&u)
	t.Log(u)
	c.Close(t.Context())
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}
