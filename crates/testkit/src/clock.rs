use std::{
    sync::Mutex,
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use rand::{Rng, SeedableRng, rngs::StdRng};
use till_server::app::Clock;

/// A clock that stands still until it is moved, and randomness that is the same in every run.
#[derive(Debug)]
pub struct TestClock(Mutex<(Timestamp, StdRng)>);

impl TestClock {
    /// Noon of a day in November.
    pub(crate) fn new() -> Self {
        let noon = "2026-11-22T12:00:00Z".parse().unwrap();
        Self(Mutex::new((noon, StdRng::seed_from_u64(42))))
    }

    /// Moves time forward.
    pub fn advance(&self, by: Duration) {
        let by = SignedDuration::try_from(by).unwrap();
        self.0.lock().unwrap().0 += by;
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        self.0.lock().unwrap().0
    }

    fn seed(&self) -> [u8; 32] {
        let mut seed = [0; 32];
        self.0.lock().unwrap().1.fill_bytes(&mut seed);
        seed
    }
}
