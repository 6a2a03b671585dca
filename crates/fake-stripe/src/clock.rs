//! The fake's clock: the machine's or one that stands still, moved by whoever tests.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;

/// Source of the time.
#[derive(Debug)]
pub struct Clock {
    /// The moment at which it stands, in seconds; the machine's clock runs instead if there is none.
    start: Option<i64>,
    /// Seconds that it was moved by.
    moved: AtomicI64,
}

impl Clock {
    /// A clock that stands at `start` until it is moved, or the machine's.
    pub fn new(start: Option<Timestamp>) -> Self {
        Self {
            start: start.map(Timestamp::as_second),
            moved: AtomicI64::new(0),
        }
    }

    /// This moment, in seconds since 1970.
    pub fn now(&self) -> i64 {
        self.start
            .unwrap_or_else(machine)
            .saturating_add(self.moved())
    }

    /// Moves the clock on.
    pub fn advance(&self, seconds: i64) {
        self.moved.fetch_add(seconds, Ordering::Relaxed);
    }

    /// Seconds that the clock was moved by.
    pub fn moved(&self) -> i64 {
        self.moved.load(Ordering::Relaxed)
    }
}

#[allow(
    clippy::disallowed_methods,
    reason = "the one place where the real clock is read"
)]
fn machine() -> i64 {
    Timestamp::now().as_second()
}

/// A pause of the machine's time: what a trouble costs a client.
#[allow(clippy::disallowed_methods, reason = "the one place that waits")]
pub async fn pause(milliseconds: u64) {
    tokio::time::sleep(std::time::Duration::from_millis(milliseconds)).await;
}
