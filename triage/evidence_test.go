package triage

import "testing"

func TestEvidenceSaysSomething(t *testing.T) {
	t.Parallel()
	for piece, want := range map[string]bool{"when": false, "we are": false, "ist nicht": false, "": false, "!!!": false, "no": false, "payroll": true, "the payroll": true, "gesperrt": true, "42": false} {
		if got := saysSomething(piece); got != want {
			t.Errorf("%q: got %v, want %v", piece, got, want)
		}
	}
}
