package workers

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"
)

// checkEpoch reads the key that says which Redis this is. If it is another one
// than before, or has lost its data, all open rows of other epochs are unsent.
//
// Rows are marked with their epoch before they are enqueued, so that a relay that
// still believes in the old epoch cannot hide rows from one that knows the new.
func (r *Relay) checkEpoch(ctx context.Context) error {
	epoch, err := r.readEpoch(ctx)
	if err != nil {
		return fmt.Errorf("read the epoch of Redis: %w", err)
	}
	if epoch == r.epoch {
		return nil
	}
	forgotten, err := r.store.ForgetOtherEpochs(ctx, epoch)
	if err != nil {
		return err
	}
	// A client remembers which queues it has announced, which Redis may have lost.
	r.client = asynq.NewClientFromRedisClient(r.redis)
	if r.epoch != "" {
		r.logger.Warn("redis has lost its data, open work is enqueued again", "rows", forgotten)
	}
	r.epoch = epoch
	return nil
}

// readEpoch returns the epoch, which the first to ask makes.
func (r *Relay) readEpoch(ctx context.Context) (string, error) {
	key := r.epochKey()
	epoch, err := r.redis.Get(ctx, key).Result()
	if !errors.Is(err, redis.Nil) {
		return epoch, err
	}
	if err := r.redis.SetNX(ctx, key, rand.Text(), 0).Err(); err != nil {
		return "", err
	}
	return r.redis.Get(ctx, key).Result()
}

func (r *Relay) epochKey() string { return "signalbox:epoch:" + r.config.Queue }
