package httpapi

import (
	"context"
	"net/netip"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/go-redis/redis_rate/v10"
	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"

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
	HookPerConnection  int // default 2,000; counted in each process
	CustomerPerAddress int // default 10; an IPv6 network of 64 bits is one address
	CustomerPerSite    int // default 200
	AgentPerKey        int // default 100
	CustomerAtOnce     int // customers' requests served at the same time in each process; default as many as cores
}

// DefaultLimits suit one small deployment.
func DefaultLimits() Limits {
	return Limits{HookPerConnection: 2_000, CustomerPerAddress: 10, CustomerPerSite: 200, AgentPerKey: 100, CustomerAtOnce: runtime.GOMAXPROCS(0)}
}

const (
	redisPatience = 50 * time.Millisecond // a request does not wait longer for its count
	redisPause    = time.Second           // how long Redis is not asked after it failed
)

// limiter counts in Redis, so that all processes share one limit, and in this
// process while Redis is away: never not at all.
type limiter struct {
	limits Limits
	shared *redis_rate.Limiter // nil without Redis
	here   *buckets
	avoid  atomic.Int64 // Unix nanoseconds until which Redis is not asked
}

func newLimiter(limits Limits, client *redis.Client) *limiter {
	limiter := &limiter{limits: limits, here: newBuckets()}
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
	return l.count(ctx, "address:"+network(address), l.limits.CustomerPerAddress)
}

// actor limits by connection, site or key.
func (l *limiter) actor(ctx context.Context, actor desk.Actor, connection string, class limitClass) error {
	switch class {
	case limitHook:
		id, _ := uuid.Parse(connection) // one bucket for each way to write it, and one for all that is no ID
		return l.countHere("connection:"+id.String(), l.limits.HookPerConnection)
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
	if l.shared == nil || time.Now().UnixNano() < l.avoid.Load() {
		return l.countHere(key, perSecond)
	}
	patient, cancel := context.WithTimeout(ctx, redisPatience)
	defer cancel()
	result, err := l.shared.Allow(patient, "signalbox:limit:"+key, redis_rate.PerSecond(perSecond))
	if err != nil {
		if ctx.Err() == nil { // a caller who left says nothing about Redis
			l.avoid.Store(time.Now().Add(redisPause).UnixNano())
		}
		return l.countHere(key, perSecond)
	}
	if result.Allowed == 0 {
		return tooMany()
	}
	return nil
}

// countHere counts in this process. Hooks are always counted here: their limit
// only guards this process, and intake must not wait for Redis.
func (l *limiter) countHere(key string, perSecond int) error {
	if perSecond <= 0 || l.here.allow(key, perSecond, time.Now()) {
		return nil
	}
	return tooMany()
}

// network is what one caller is sure to have: an IPv4 address, or an IPv6 network
// of 64 bits, within which they can choose any.
func network(address string) string {
	parsed, err := netip.ParseAddr(address)
	if err != nil {
		return "unknown"
	}
	if parsed = parsed.Unmap().WithZone(""); parsed.Is4() {
		return parsed.String()
	}
	prefix, _ := parsed.Prefix(64)
	return prefix.String()
}

func tooMany() error {
	return fault.New(fault.RateLimited, "too many requests; wait a second and try again")
}
