package learn

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
)

// parallel calls work for 0 … count−1 on all cores and stops early, with the
// context's error, once the context ends.
func parallel(ctx context.Context, count int, work func(i int)) error {
	var next atomic.Int64
	var group sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), count) {
		group.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= count {
					return
				}
				work(i)
			}
		})
	}
	group.Wait()
	return ctx.Err()
}
