package workers

import "github.com/prometheus/client_golang/prometheus"

// Metrics are what the workers count. Label values are kinds and outcomes, never
// anything from outside.
type Metrics struct {
	decided      *prometheus.CounterVec
	seconds      *prometheus.HistogramVec
	failures     *prometheus.CounterVec
	drawn        prometheus.Counter
	demoted      *prometheus.CounterVec
	sent         prometheus.Counter
	lag          prometheus.Gauge
	outboxOpen   prometheus.Gauge
	outboxFailed prometheus.Gauge
}

// NewMetrics makes the collectors and registers them. A nil registerer leaves them
// unregistered. It panics if they are registered there already.
func NewMetrics(registerer prometheus.Registerer) *Metrics {
	m := &Metrics{
		decided: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "signalbox_decisions_total", Help: "Decisions that were stored, by outcome."}, []string{"outcome"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "signalbox_task_seconds", Help: "Time that a task's handler took, by kind.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 5, 30}}, []string{"kind"}),
		failures: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "signalbox_task_failures_total", Help: "Attempts at a task that failed, by kind and whether it was the last."}, []string{"kind", "last"}),
		drawn: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "signalbox_blind_samples_total", Help: "Tickets that were drawn into the blind sample."}),
		demoted: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "signalbox_demotions_total", Help: "Fields that were taken back to suggest because they fell below their target."}, []string{"field"}),
		sent: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "signalbox_relay_sent_total", Help: "Outbox rows that this process has enqueued."}),
		lag: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "signalbox_relay_lag_seconds", Help: "Age of the oldest outbox row that waits to be enqueued."}),
		outboxOpen: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "signalbox_outbox_open", Help: "Outbox rows whose work is not done."}),
		outboxFailed: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "signalbox_outbox_failed", Help: "Outbox rows that have failed and wait for a person."}),
	}
	if registerer != nil {
		registerer.MustRegister(m.decided, m.seconds, m.failures, m.drawn, m.demoted, m.sent, m.lag, m.outboxOpen, m.outboxFailed)
	}
	return m
}
