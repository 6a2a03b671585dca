use std::{future::Future, panic::resume_unwind, sync::Mutex, thread, time::Duration};

use futures_util::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use rand::{Rng, SeedableRng, rngs::StdRng};
use till_server::app::Clock;
use tokio::{runtime::Handle, sync::Notify};

/// Work that waits until so many decisions have begun.
struct Interruption {
    left: usize,
    work: Box<dyn FnOnce() + Send>,
}

impl std::fmt::Debug for Interruption {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Interruption").finish_non_exhaustive()
    }
}

/// A clock that stands still until it is moved, and randomness that is the same in every run.
#[derive(Debug)]
pub struct TestClock {
    state: Mutex<(Timestamp, StdRng)>,
    moved: Notify,
    interruption: Mutex<Option<Interruption>>,
}

impl TestClock {
    /// Noon of a day in November.
    pub(crate) fn new() -> Self {
        let noon = "2026-11-22T12:00:00Z".parse().unwrap();
        Self {
            state: Mutex::new((noon, StdRng::seed_from_u64(42))),
            moved: Notify::new(),
            interruption: Mutex::default(),
        }
    }

    /// Moves time forward.
    pub fn advance(&self, by: Duration) {
        let by = SignedDuration::try_from(by).unwrap();
        self.state.lock().unwrap().0 += by;
        self.moved.notify_waiters();
    }

    /// Has something else done in the middle of what follows: where a decision begins, after so many others. What that is
    /// decided with was mostly read before, and is written after.
    pub fn interrupt<F: Future>(&self, after: usize, work: impl FnOnce() -> F + Send + 'static) {
        let runtime = Handle::current();
        // Whatever is interrupted waits, and so does the thread that it is on.
        let work = move || {
            let thread = thread::Builder::new().stack_size(crate::STACK);
            let done = thread.spawn(move || drop(runtime.block_on(work())));
            if let Err(failure) = done.expect("a thread").join() {
                resume_unwind(failure);
            }
        };
        *self.interruption.lock().unwrap() = Some(Interruption {
            left: after,
            work: Box::new(work),
        });
    }

    /// True where that was done; otherwise it never is.
    pub fn has_interrupted(&self) -> bool {
        self.interruption.lock().unwrap().take().is_none()
    }

    fn begin(&self) {
        let mut interruption = self.interruption.lock().unwrap();
        let due = match &mut *interruption {
            Some(waiting) if waiting.left > 0 => {
                waiting.left -= 1;
                None
            }
            _ => interruption.take(),
        };
        drop(interruption);
        if let Some(due) = due {
            (due.work)();
        }
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        self.state.lock().unwrap().0
    }

    fn seed(&self) -> [u8; 32] {
        self.begin();
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
