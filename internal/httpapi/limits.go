package httpapi

import (
	"context"
	"sync"
	"time"

	"github.com/go-redis/redis_rate/v10"
	"github.com/redis/go-redis/v9"
	"golang.org/x/time/rate"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
)

// limitClass groups routes that share a limit.
type limitClass string

const (
	limitNone     limitClass = ""
	limitHook     limitClass = "hook"
	limitCustomer limitClass = "customer"
	limitAgent    limitClass = "agent"
)

// Limits are requests a second; a second's worth may come at once. Zero means none.
type Limits struct {
	HookPerConnection  int // default 2,000
	CustomerPerAddress int // default 10
	CustomerPerSite    int // default 200
	AgentPerKey        int // default 100
	CustomerAtOnce     int // customers' requests served at the same time; default 16
}

// DefaultLimits suit one small deployment.
func DefaultLimits() Limits {
	return Limits{HookPerConnection: 2_000, CustomerPerAddress: 10, CustomerPerSite: 200, AgentPerKey: 100, CustomerAtOnce: 16}
}

// limiter counts in Redis, so that all processes share one limit, and in this
// process while Redis is away: never not at all.
type limiter struct {
	limits Limits
	shared *redis_rate.Limiter // nil without Redis

	mutex    sync.Mutex
	local    map[string]*rate.Limiter
	emptied  time.Time
	avoid    time.Time // until then Redis is not asked: it just failed
	patience time.Duration
}

func newLimiter(limits Limits, client *redis.Client) *limiter {
	limiter := &limiter{limits: limits, local: map[string]*rate.Limiter{}, patience: 50 * time.Millisecond}
	if client != nil {
		limiter.shared = redis_rate.NewLimiter(client)
	}
	return limiter
}

// address limits anonymous and signed-in customers before their token is read.
func (l *limiter) address(ctx context.Context, address string, class limitClass) error {
	if class != limitCustomer {
		return nil
	}
	return l.count(ctx, "address:"+address, l.limits.CustomerPerAddress)
}

// actor limits by connection, site or key.
func (l *limiter) actor(ctx context.Context, actor desk.Actor, connection string, class limitClass) error {
	switch class {
	case limitHook:
		return l.countHere("connection:"+connection, l.limits.HookPerConnection)
	case limitCustomer:
		return l.count(ctx, "site:"+actor.SiteID.String(), l.limits.CustomerPerSite)
	case limitAgent:
		return l.count(ctx, "key:"+actor.ID.String(), l.limits.AgentPerKey)
	}
	return nil
}

func (l *limiter) count(ctx context.Context, key string, perSecond int) error {
	if perSecond <= 0 {
		return nil
	}
	if l.shared == nil || l.redisIsAway() {
		return l.countHere(key, perSecond)
	}
	ctx, cancel := context.WithTimeout(ctx, l.patience)
	defer cancel()
	result, err := l.shared.Allow(ctx, "signalbox:limit:"+key, redis_rate.PerSecond(perSecond))
	if err != nil {
		l.mutex.Lock()
		l.avoid = time.Now().Add(time.Second)
		l.mutex.Unlock()
		return l.countHere(key, perSecond)
	}
	if result.Allowed == 0 {
		return tooMany()
	}
	return nil
}

func (l *limiter) redisIsAway() bool {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return time.Now().Before(l.avoid)
}

// countHere counts in this process. Hooks are always counted here: their limit
// only guards this process, and intake must not wait for Redis.
func (l *limiter) countHere(key string, perSecond int) error {
	if perSecond <= 0 {
		return nil
	}
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if now := time.Now(); now.Sub(l.emptied) > 10*time.Minute {
		l.emptied = now
		clear(l.local) // idle addresses must not pile up
	}
	bucket := l.local[key]
	if bucket == nil {
		bucket = rate.NewLimiter(rate.Limit(perSecond), perSecond)
		l.local[key] = bucket
	}
	if !bucket.Allow() {
		return tooMany()
	}
	return nil
}

func tooMany() error {
	return fault.New(fault.RateLimited, "too many requests; wait a second and try again")
}

// slots bounds how many customers' requests run at once, so that a flood there is
// refused at the door and cannot slow agents.
type slots chan struct{}

func newSlots(count int) slots {
	if count <= 0 {
		return nil
	}
	return make(slots, count)
}

// take returns a function that gives the place back.
func (s slots) take(class limitClass) (release func(), err error) {
	if class != limitCustomer || s == nil {
		return func() {}, nil
	}
	select {
	case s <- struct{}{}:
		return func() { <-s }, nil
	default:
		return nil, tooMany()
	}
}
