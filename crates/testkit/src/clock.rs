use std::{sync::Mutex, time::Duration};

use futures_util::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use rand::{Rng, SeedableRng, rngs::StdRng};
use till_server::app::Clock;
use tokio::sync::Notify;

/// A clock that stands still until it is moved, and randomness that is the same in every run.
#[derive(Debug)]
pub struct TestClock {
    state: Mutex<(Timestamp, StdRng)>,
    moved: Notify,
}

impl TestClock {
    /// Noon of a day in November.
    pub(crate) fn new() -> Self {
        let noon = "2026-11-22T12:00:00Z".parse().unwrap();
        Self {
            state: Mutex::new((noon, StdRng::seed_from_u64(42))),
            moved: Notify::new(),
        }
    }

    /// Moves time forward.
    pub fn advance(&self, by: Duration) {
        let by = SignedDuration::try_from(by).unwrap();
        self.state.lock().unwrap().0 += by;
        self.moved.notify_waiters();
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        self.state.lock().unwrap().0
    }

    fn seed(&self) -> [u8; 32] {
        let mut seed = [0; 32];
        self.state.lock().unwrap().1.fill_bytes(&mut seed);
        seed
    }

    fn wait(&self, at: Timestamp) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            loop {
                let moved = self.moved.notified();
                if self.now() >= at {
                    return;
                }
                moved.await;
            }
        })
    }
}
