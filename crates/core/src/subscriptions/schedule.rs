//! Schedule of a subscription: its periods (docs/behaviour: subscriptions/periods), and the next moment at which anything
//! is due.

use jiff::Timestamp;
use till_wire::subscriptions::SubscriptionStatus;

use crate::kernel::{period, records::Subscription};

/// Start and end of a billing period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// Its start, which is the end of the period before.
    pub start: Timestamp,
    /// Its end.
    pub end: Timestamp,
}

impl Period {
    /// Its days in UTC, as lines of orders show them.
    pub fn days(self) -> String {
        let day = |at: Timestamp| at.strftime("%b %-d, %Y");
        format!("{} - {}", day(self.start), day(self.end))
    }
}

impl Subscription {
    /// The current period.
    pub fn period(&self) -> Period {
        Period {
            start: self.current_period_start,
            end: self.current_period_end,
        }
    }

    /// Period of its interval that starts at `start`, anchored as the subscription is.
    pub fn period_from(&self, start: Timestamp) -> Period {
        let (interval, count) = (self.recurring_interval, self.recurring_interval_count);
        Period {
            start,
            end: period::end(start, interval, count, self.anchor_day),
        }
    }

    /// Moment at which its period, its trial or its pause ends; none where it has ended, or is paused until somebody
    /// resumes it.
    pub fn own_due_at(&self) -> Option<Timestamp> {
        match self.status {
            SubscriptionStatus::Active
            | SubscriptionStatus::Trialing
            | SubscriptionStatus::PastDue => Some(self.current_period_end),
            SubscriptionStatus::Paused => self.resumes_at,
            _ => None,
        }
    }

    /// Works out the next moment at which anything is due: its own, or the first of `retries`, the next attempts to
    /// charge its unpaid orders.
    pub fn schedule(&mut self, retries: impl IntoIterator<Item = Timestamp>) {
        self.next_due_at = self.own_due_at().into_iter().chain(retries).min();
    }

    /// Starts a period now, and with it a new anchor.
    pub fn restart(&mut self, now: Timestamp) {
        self.anchor_day = period::anchor(now);
        let period = self.period_from(now);
        (self.current_period_start, self.current_period_end) = (period.start, period.end);
    }
}
