package httpapi

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// mostBuckets bounds the memory that callers can make this process use by naming
// ever new addresses or connections: about 10 MB.
const mostBuckets = 50_000

// buckets are token buckets by key in this process.
type buckets struct {
	mutex sync.Mutex
	held  map[string]*rate.Limiter
	swept time.Time
}

func newBuckets() *buckets { return &buckets{held: map[string]*rate.Limiter{}} }

// allow takes a token from the key's bucket, which refills at perSecond and holds a
// second's worth. Keys beyond mostBuckets share one, so that none goes uncounted.
func (b *buckets) allow(key string, perSecond int, now time.Time) bool {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	bucket := b.held[key]
	if bucket == nil {
		if len(b.held) >= mostBuckets && !b.sweep(now) {
			key = "" // shared
		}
		if bucket = b.held[key]; bucket == nil {
			bucket = rate.NewLimiter(rate.Limit(perSecond), perSecond)
			b.held[key] = bucket
		}
	}
	return bucket.AllowN(now, 1)
}

// sweep forgets buckets that are full again, since a new one is no different, and
// reports whether there is room. It looks at most once a second.
func (b *buckets) sweep(now time.Time) bool {
	if now.Sub(b.swept) < time.Second {
		return false
	}
	b.swept = now
	for key, bucket := range b.held {
		if bucket.TokensAt(now) >= float64(bucket.Burst()) {
			delete(b.held, key)
		}
	}
	return len(b.held) < mostBuckets
}
