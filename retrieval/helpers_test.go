package retrieval_test

import "time"

// fixedNow keeps freshness, and so the golden files, the same on every day.
func fixedNow() time.Time { return time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC) }
