package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/signalbox/signalbox/internal/httpapi"
	"github.com/signalbox/signalbox/workers"
)

// shutdownPatience is how long requests may take to end after a signal.
const shutdownPatience = 20 * time.Second

func (s *shell) serve() *cobra.Command {
	var withWork bool
	command := &cobra.Command{
		Use: "serve", Short: "Answer HTTP: hooks, customers, agents", Args: cobra.NoArgs,
		Long: `Answer HTTP requests. It is stateless and can run many times. It refuses to start when
the customer login can read anything internal, and stays ready without Redis: hooks are
accepted and decided later.`,
		Example: "  signalbox serve\n  signalbox serve --work\n  SIGNALBOX_LISTEN=0.0.0.0:8080 signalbox serve",
		RunE: func(command *cobra.Command, _ []string) error {
			return s.with(command.Context(), needs{redis: true, running: true}, func(app *app) error {
				return app.serveUntilDone(command.Context(), s, withWork)
			})
		},
	}
	command.Flags().BoolVar(&withWork, "work", false, "also run the workers in this process")
	return command
}

// service is a running API: listener, relay and metrics.
type service struct {
	listener net.Listener
	server   *http.Server
	relay    *workers.Relay
	metrics  *prometheus.Registry
	worker   *workers.Metrics
}

// newService checks separation, wires the API and listens. Nothing is served yet.
func (a *app) newService(ctx context.Context) (*service, error) {
	if err := a.db.Readiness(ctx); err != nil {
		return nil, err
	}
	if err := a.db.CheckSeparation(ctx); err != nil {
		return nil, withCode(exitUnsafe, err)
	}
	registry := newRegistry()
	service := &service{metrics: registry, worker: workers.NewMetrics(registry)}
	var err error
	if service.relay, err = workers.NewRelay(workers.RelayConfig{}, a.db, a.redis, a.log, service.worker); err != nil {
		return nil, err
	}
	api, err := a.api(service)
	if err != nil {
		return nil, err
	}
	service.server = httpapi.HTTPServer(api.Handler())
	if service.listener, err = listen(ctx, "SIGNALBOX_LISTEN", a.config.Listen); err != nil {
		return nil, err
	}
	return service, nil
}

// listen opens an address, or says which setting to change.
func listen(ctx context.Context, setting, address string) (net.Listener, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, withCode(exitUnavailable, fmt.Errorf("%s: %s cannot be listened on; stop what uses it, or name another address: %w", setting, address, err))
	}
	return listener, nil
}

func newRegistry() *prometheus.Registry {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return registry
}

// serveUntilDone serves until a signal, then lets requests finish.
func (a *app) serveUntilDone(ctx context.Context, s *shell, withWork bool) error {
	service, err := a.newService(ctx)
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return a.serveMetrics(ctx, service.metrics) })
	group.Go(func() error { return service.run(ctx) })
	if withWork {
		group.Go(func() error { return a.runWorker(ctx, service.relay, service.worker, false) })
	}
	s.notef("signalbox %s (process %d) listens on http://%s\n", version, os.Getpid(), service.listener.Addr())
	return group.Wait()
}

// run serves requests and carries outbox rows until ctx ends.
func (s *service) run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { s.relay.Run(ctx); return nil })
	group.Go(func() error { return serveHTTP(ctx, s.server, s.listener) })
	return group.Wait()
}

// serveHTTP serves until ctx ends, then finishes what has begun.
func serveHTTP(ctx context.Context, server *http.Server, listener net.Listener) error {
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	patient, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownPatience)
	defer cancel()
	if err := server.Shutdown(patient); err != nil && !errors.Is(err, http.ErrServerClosed) {
		return errors.Join(err, server.Close())
	}
	return nil
}

// serveMetrics answers /metrics on its own listener.
func (a *app) serveMetrics(ctx context.Context, registry *prometheus.Registry) error {
	if a.config.MetricsListen == "off" {
		return nil
	}
	listener, err := listen(ctx, "SIGNALBOX_METRICS_LISTEN", a.config.MetricsListen)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	return serveHTTP(ctx, httpapi.HTTPServer(mux), listener)
}
