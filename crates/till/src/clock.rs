//! The machine's own time and randomness: the one place where they come in.

use jiff::Timestamp;
use till_core::kernel::context::DecisionContext;
use till_server::app::Clock;

/// The machine's clock and its cryptographic random numbers.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(
        clippy::disallowed_methods,
        reason = "the one place where the real clock is read"
    )]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn seed(&self) -> [u8; 32] {
        rand::random()
    }
}

/// This moment, for the decisions of commands.
pub fn at() -> DecisionContext {
    DecisionContext::new(SystemClock.now(), SystemClock.seed())
}
