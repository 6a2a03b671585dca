//! Metrics for Prometheus. Counting is an addition to a number that exists already: no label is put
//! together on the way of a request.

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock, RwLock},
};

use http::Method;
use jiff::Timestamp;
use prometheus::{
    Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts,
    Registry, TextEncoder, core::Collector,
};
use till_core::{kernel::records::WebhookEvent, payments::outcome::Outcome};
use till_store::Store;

/// Seconds of a request.
const REQUEST: [f64; 12] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];
/// Seconds until a webhook is first sent.
const LAG: [f64; 12] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0, 300.0,
];

const METHODS: [&str; 8] = [
    "GET", "POST", "PATCH", "DELETE", "PUT", "HEAD", "OPTIONS", "other",
];
const STATUSES: [u16; 23] = [
    200, 201, 202, 204, 206, 303, 304, 307, 400, 401, 403, 404, 405, 408, 409, 410, 411, 413, 415,
    422, 429, 500, 503,
];

/// The metrics of this process.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    routes: RwLock<HashMap<String, Arc<Route>>>,
    requests: IntCounterVec,
    request_seconds: HistogramVec,
    attempts: IntCounterVec,
    declines: IntCounter,
    card_testing_refused: IntCounterVec,
    deliveries: IntCounterVec,
    delivery_lag: Histogram,
    waiting: IntGaugeVec,
    waiting_seconds: IntGauge,
    database: IntGaugeVec,
    panics: IntCounterVec,
    broken: IntCounterVec,
    job_failures: IntCounterVec,
    jobs_buried: IntCounterVec,
    worker_failures: IntCounterVec,
    step_failures: IntCounterVec,
    process: Process,
}

#[derive(Debug, Default)]
struct Route {
    methods: [OnceLock<Figures>; METHODS.len()],
}

#[derive(Debug)]
struct Figures {
    seconds: Histogram,
    by_status: [OnceLock<IntCounter>; STATUSES.len()],
}

#[derive(Debug)]
struct Process {
    memory: IntGauge,
    files: IntGauge,
}

impl Default for Metrics {
    fn default() -> Self {
        let registry = Registry::new();
        let registrar = Registrar(&registry);
        Self {
            routes: RwLock::default(),
            requests: registrar.counters(
                "till_http_requests_total",
                "Requests by route template, method and status",
                &["route", "method", "status"],
            ),
            request_seconds: registrar.histograms(
                "till_http_request_seconds",
                "Seconds until the response began",
                &["route", "method"],
                &REQUEST,
            ),
            attempts: registrar.counters(
                "till_payment_attempts_total",
                "Attempts to take a payment or to save a card, by outcome",
                &["outcome"],
            ),
            declines: registrar.counter(
                "till_declines_total",
                "Attempts whose card was declined",
            ),
            card_testing_refused: registrar.counters(
                "till_card_testing_refused_total",
                "Payments that were not attempted because of too many declines, by the limit that was reached",
                &["budget"],
            ),
            deliveries: registrar.counters(
                "till_webhook_attempts_total",
                "Webhook deliveries, by status class of the response, or none",
                &["answer"],
            ),
            delivery_lag: registrar.histogram(
                "till_webhook_lag_seconds",
                "Seconds from the recording of an event to its first delivery",
                &LAG,
            ),
            waiting: registrar.gauges(
                "till_queue_depth",
                "Entries of a queue that are due, waiting for later, or failed for good",
                &["queue", "state"],
            ),
            waiting_seconds: registrar.gauge(
                "till_webhook_oldest_due_seconds",
                "Seconds for which the oldest due webhook has been due",
            ),
            database: registrar.gauges(
                "till_database_bytes",
                "Size of the database on disk, and of SQLite's write-ahead log",
                &["part"],
            ),
            panics: registrar.counters(
                "till_panics_total",
                "Panics by where they were caught: a request, a response's body, a job, a maintenance step, a delivery",
                &["place"],
            ),
            broken: registrar.counters(
                "till_http_broken_answers_total",
                "Responses that were cut off after their head had been sent; also counted by that head's status",
                &["route", "method"],
            ),
            job_failures: registrar.counters(
                "till_job_failures_total",
                "Runs of jobs that failed, whether or not they will be retried",
                &["kind"],
            ),
            jobs_buried: registrar.counters(
                "till_jobs_buried_total",
                "Jobs that failed for good; till_queue_depth has their current number",
                &["kind"],
            ),
            worker_failures: registrar.counters(
                "till_worker_failures_total",
                "Workers that panicked or ended, and were restarted",
                &["worker"],
            ),
            step_failures: registrar.counters(
                "till_step_failures_total",
                "Items of a batch that failed in a worker, and will be retried",
                &["step"],
            ),
            process: Process {
                memory: registrar.gauge(
                    "process_resident_memory_bytes",
                    "Resident memory of this process",
                ),
                files: registrar.gauge("process_open_fds", "Open files and connections"),
            },
            registry,
        }
    }
}

impl Metrics {
    /// Counts the store's own figures as well; once for each store.
    pub fn with(self, store: &Store) -> Self {
        let gauges = store.gauges();
        let registrar = Registrar(&self.registry);
        registrar.register(gauges.reads.clone());
        registrar.register(gauges.batch.clone());
        registrar.register(gauges.seconds.clone());
        registrar.register(gauges.panics.clone());
        self
    }

    /// A request was answered.
    pub fn answered(&self, route: &str, method: &Method, status: u16, seconds: f64) {
        let known = self.routes.read().expect("no panic").get(route).cloned();
        let known = known.unwrap_or_else(|| {
            let mut routes = self.routes.write().expect("no panic");
            routes.entry(route.to_owned()).or_default().clone()
        });
        let method = METHODS
            .iter()
            .position(|name| *name == method.as_str())
            .unwrap_or(METHODS.len() - 1);
        let figures = known.methods[method].get_or_init(|| Figures {
            seconds: self
                .request_seconds
                .with_label_values(&[route, METHODS[method]]),
            by_status: Default::default(),
        });
        figures.seconds.observe(seconds);
        let count = || {
            let status = status.to_string();
            self.requests
                .with_label_values(&[route, METHODS[method], &status])
        };
        match STATUSES.iter().position(|known| *known == status) {
            Some(at) => figures.by_status[at].get_or_init(count).inc(),
            None => count().inc(),
        }
    }

    /// An attempt to take money came to this.
    pub fn attempt(&self, outcome: &Outcome) {
        let outcome = match outcome {
            Outcome::Succeeded { .. } => "succeeded",
            Outcome::RequiresAction { .. } => "requires_action",
            Outcome::Processing => "processing",
            Outcome::Failed { .. } => "failed",
        };
        self.attempts.with_label_values(&[outcome]).inc();
    }

    /// A card was declined.
    pub fn declined(&self) {
        self.declines.inc();
    }

    /// A payment was not tried, because the budget of declines of its `network` or `organization` is spent.
    pub fn card_testing_refused(&self, budget: &str) {
        self.card_testing_refused.with_label_values(&[budget]).inc();
    }

    /// Nobody knows yet what an attempt came to.
    pub fn unsure(&self) {
        self.attempts.with_label_values(&["unsure"]).inc();
    }

    /// An event is about to be sent.
    pub fn sending(&self, event: &WebhookEvent, now: Timestamp) {
        if event.attempts == 0 {
            let lag = now.duration_since(event.created_at);
            self.delivery_lag.observe(lag.as_secs_f64().max(0.0));
        }
    }

    /// A receiver answered, or did not.
    pub fn sent(&self, http_code: Option<i64>) {
        let class = match http_code.map(|code| code / 100) {
            Some(2) => "2xx",
            Some(3) => "3xx",
            Some(4) => "4xx",
            Some(5) => "5xx",
            Some(_) => "other",
            None => "none",
        };
        self.deliveries.with_label_values(&[class]).inc();
    }

    /// A panic was caught: at one of few places, which are named in the code.
    pub fn panicked(&self, place: &'static str) {
        self.panics.with_label_values(&[place]).inc();
    }

    /// An answer broke off after its head was sent. `route`: as in [`Metrics::answered`].
    pub fn broke_off(&self, route: &str, method: &Method) {
        let method = METHODS.iter().find(|name| **name == method.as_str());
        self.broken
            .with_label_values(&[route, method.unwrap_or(&"other")])
            .inc();
    }

    /// A run of a job failed. `kind` is one of those that this version knows.
    pub fn job_failed(&self, kind: &str) {
        self.job_failures.with_label_values(&[kind]).inc();
    }

    /// A job was given up.
    pub fn job_buried(&self, kind: &str) {
        self.jobs_buried.with_label_values(&[kind]).inc();
    }

    /// A worker panicked, or ended before it should.
    pub fn worker_failed(&self, name: &'static str) {
        self.worker_failures.with_label_values(&[name]).inc();
    }

    /// One thing of several could not be done.
    pub fn step_failed(&self, step: &'static str) {
        self.step_failures.with_label_values(&[step]).inc();
    }

    /// Everything in Prometheus' text format. What the database cannot tell right now is left as it was.
    pub async fn text(&self, store: &Store, now: Timestamp) -> Result<String, prometheus::Error> {
        match store.queues(now).await {
            Ok(queues) => {
                for (queue, state, count) in [
                    ("jobs", "due", queues.jobs_due),
                    ("jobs", "waiting", queues.jobs_waiting),
                    ("jobs", "buried", queues.jobs_buried),
                    ("webhooks", "due", queues.events_due),
                    ("webhooks", "waiting", queues.events_waiting),
                ] {
                    self.waiting.with_label_values(&[queue, state]).set(count);
                }
                let since = queues.events_since.unwrap_or(now);
                self.waiting_seconds
                    .set(now.duration_since(since).as_secs());
            }
            Err(error) => tracing::warn!(%error, "the queues could not be counted"),
        }
        if let Ok(size) = store.size().await {
            let bytes = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
            self.database
                .with_label_values(&["data"])
                .set(bytes(size.data));
            self.database
                .with_label_values(&["log"])
                .set(bytes(size.log));
        }
        self.process.sample();
        TextEncoder::new().encode_to_string(&self.registry.gather())
    }
}

impl Process {
    /// Linux tells both in `/proc`; elsewhere they stay 0.
    fn sample(&self) {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let resident = status.lines().find_map(|line| {
            let kilobytes = line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB")?;
            kilobytes.trim().parse::<i64>().ok()
        });
        self.memory.set(resident.unwrap_or(0) * 1024);
        let open = std::fs::read_dir("/proc/self/fd").map_or(0, Iterator::count);
        self.files.set(i64::try_from(open).unwrap_or(i64::MAX));
    }
}

/// Makes what is counted and keeps it in the registry.
struct Registrar<'a>(&'a Registry);

/// All names are written in this file and in the store's, and tried by the tests.
const VALID: &str = "the names are valid and used once";

impl Registrar<'_> {
    fn register<C: Collector + Clone + 'static>(&self, collector: C) -> C {
        self.0.register(Box::new(collector.clone())).expect(VALID);
        collector
    }

    fn counters(&self, name: &str, help: &str, labels: &[&str]) -> IntCounterVec {
        self.register(IntCounterVec::new(Opts::new(name, help), labels).expect(VALID))
    }

    fn counter(&self, name: &str, help: &str) -> IntCounter {
        self.register(IntCounter::new(name, help).expect(VALID))
    }

    fn gauges(&self, name: &str, help: &str, labels: &[&str]) -> IntGaugeVec {
        self.register(IntGaugeVec::new(Opts::new(name, help), labels).expect(VALID))
    }

    fn gauge(&self, name: &str, help: &str) -> IntGauge {
        self.register(IntGauge::new(name, help).expect(VALID))
    }

    fn histogram(&self, name: &str, help: &str, buckets: &[f64]) -> Histogram {
        let options = HistogramOpts::new(name, help).buckets(buckets.to_vec());
        self.register(Histogram::with_opts(options).expect(VALID))
    }

    fn histograms(&self, name: &str, help: &str, labels: &[&str], buckets: &[f64]) -> HistogramVec {
        let options = HistogramOpts::new(name, help).buckets(buckets.to_vec());
        self.register(HistogramVec::new(options, labels).expect(VALID))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn requests_are_counted_by_route_method_and_status() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/till.db", folder.path().display());
        let store = Store::open(&url, till_store::Options::default())
            .await
            .unwrap();
        let metrics = Metrics::default().with(&store);
        let odd: Method = "BREW".parse().unwrap();
        for (method, status, seconds) in [
            (&Method::GET, 200, 0.002),
            (&Method::GET, 200, 0.2),
            (&Method::GET, 418, 0.2),
            (&odd, 405, 0.001),
        ] {
            metrics.answered("/v1/x/{id}", method, status, seconds);
        }
        metrics.sent(None);
        metrics.sent(Some(204));
        metrics.unsure();
        let text = metrics
            .text(&store, "2026-11-22T12:00:00Z".parse().unwrap())
            .await
            .unwrap();
        let memory: i64 = line(&text, "process_resident_memory_bytes ");
        assert!(memory > 1_000_000, "{memory}");
        for wanted in [
            r#"till_http_requests_total{method="GET",route="/v1/x/{id}",status="200"} 2"#,
            r#"till_http_requests_total{method="GET",route="/v1/x/{id}",status="418"} 1"#,
            r#"till_http_requests_total{method="other",route="/v1/x/{id}",status="405"} 1"#,
            r#"till_http_request_seconds_bucket{method="GET",route="/v1/x/{id}",le="0.0025"} 1"#,
            r#"till_http_request_seconds_count{method="GET",route="/v1/x/{id}"} 3"#,
            r#"till_webhook_attempts_total{answer="none"} 1"#,
            r#"till_webhook_attempts_total{answer="2xx"} 1"#,
            r#"till_payment_attempts_total{outcome="unsure"} 1"#,
            r#"till_queue_depth{queue="jobs",state="due"} 0"#,
            "till_commit_batch_size_count 0",
        ] {
            assert!(
                text.lines().any(|line| line == wanted),
                "{wanted} in\n{text}"
            );
        }
        store.close().await;
    }

    fn line(text: &str, begin: &str) -> i64 {
        let found = text.lines().find_map(|line| line.strip_prefix(begin));
        found.unwrap().parse().unwrap()
    }
}
