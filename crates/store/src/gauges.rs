//! Metrics of the store: a few additions per statement and commit, read by whoever collects them.

use prometheus::{Histogram, HistogramOpts, IntCounter};

/// The store's own figures. Cloning shares them.
#[derive(Debug, Clone)]
pub struct Gauges {
    /// Reads: of a row, of several rows, or of a list's page with its total.
    pub reads: IntCounter,
    /// `Changes` that were committed together, with one fsync; on PostgreSQL one, but for those of a
    /// single statement and those that nobody waits for.
    pub batch: Histogram,
    /// Seconds that a commit took once it was its turn: a whole group on SQLite.
    pub seconds: Histogram,
    /// Panics in the threads and tasks of the database, each of which goes on.
    pub panics: IntCounter,
}

impl Gauges {
    pub(crate) fn new() -> Self {
        let histogram = |name: &str, help: &str, buckets: &[f64]| {
            let options = HistogramOpts::new(name, help).buckets(buckets.to_vec());
            Histogram::with_opts(options).expect("the names are valid and the buckets in order")
        };
        let panics = "Panics in database threads and tasks, which continue";
        let panics = IntCounter::new("till_database_panics_total", panics);
        let reads = IntCounter::new("till_reads_total", "Reads requested from the database");
        Self {
            reads: reads.expect("the name is valid"),
            panics: panics.expect("the name is valid"),
            batch: histogram(
                "till_commit_batch_size",
                "Decisions committed together with one fsync",
                &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0],
            ),
            seconds: histogram(
                "till_commit_seconds",
                "Seconds that a commit takes, from its first statement until it is durable",
                &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0],
            ),
        }
    }
}
