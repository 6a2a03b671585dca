//! Budgets that all nodes share, such as tries to sign in: so many at once, and one more after each pause (the
//! generic cell rate algorithm, one row and one statement per budget).

use jiff::{SignedDuration, Timestamp};

use crate::kernel::changes::Changes;
use crate::kernel::writes::BudgetWrite;

/// The label of the refusal when a budget is spent.
pub const SPENT: &str = "a budget that is not spent";

/// A budget: how much there is, and how fast it comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// So many at once; at least 1.
    pub count: i64,
    /// One more after each.
    pub pause: SignedDuration,
}

impl Budget {
    /// So many at once, and one more after each `seconds`.
    pub const fn new(count: i64, seconds: i64) -> Self {
        Self {
            count,
            pause: SignedDuration::from_secs(seconds),
        }
    }

    fn pause(&self) -> i64 {
        i64::try_from(self.pause.as_micros()).unwrap_or(i64::MAX / 2)
    }

    /// The moment up to which it may be spent ahead of time.
    fn furthest(&self, now: Timestamp) -> i64 {
        let whole = self.pause().saturating_mul(self.count);
        now.as_microsecond().saturating_add(whole)
    }

    /// Seconds until there is one again, given until when it is spent; at least 1.
    pub fn wait(&self, spent_until: i64, now: Timestamp) -> u64 {
        let micros = spent_until + self.pause() - self.furthest(now);
        u64::try_from(micros / 1_000_000).unwrap_or(0).max(1)
    }

    /// True where it is spent.
    pub fn is_spent(&self, spent_until: i64, now: Timestamp) -> bool {
        spent_until + self.pause() > self.furthest(now)
    }

    /// Takes one; refused as [`SPENT`], with everything else, where none is left.
    pub fn take(&self, changes: &mut Changes, key: String, now: Timestamp) {
        changes.write(BudgetWrite::Take {
            key,
            now: now.as_microsecond(),
            pause: self.pause(),
            furthest: self.furthest(now),
        });
    }
}

impl Budget {
    /// Gives back what was [taken](Budget::take), `times` as much; never more than the whole budget.
    pub fn give_back(&self, changes: &mut Changes, key: String, times: i64) {
        changes.write(BudgetWrite::GiveBack {
            key,
            time: self.pause().saturating_mul(times),
        });
    }

    /// The number that is left, given until when it is spent.
    pub fn left(&self, spent_until: i64, now: Timestamp) -> i64 {
        let free = self.furthest(now) - spent_until.max(now.as_microsecond());
        free.max(0) / self.pause().max(1)
    }
}

/// Forgets budgets that are whole again.
pub fn forget(now: Timestamp) -> Changes {
    let mut changes = Changes::new();
    changes.write(BudgetWrite::ForgetWhole(now.as_microsecond()));
    changes
}
