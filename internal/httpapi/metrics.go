package httpapi

import "github.com/prometheus/client_golang/prometheus"

type metrics struct {
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
}

func newMetrics(registerer prometheus.Registerer) *metrics {
	metrics := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "signalbox_http_requests_total", Help: "Requests by route and status."}, []string{"method", "route", "status"}),
		seconds:  prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "signalbox_http_request_seconds", Help: "Time to answer by route.", Buckets: prometheus.DefBuckets}, []string{"method", "route"}),
	}
	if registerer != nil {
		registerer.MustRegister(metrics.requests, metrics.seconds)
	}
	return metrics
}
