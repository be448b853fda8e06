package pgtest

import "testing"

func TestNew(t *testing.T) {
	db := New(t)
	var user string
	if err := db.App.QueryRow(t.Context(), "select current_user").Scan(&user); err != nil {
		t.Fatal(err)
	}
	t.Log(user, Redis(t), OwnRedis(t).URL)
}
