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

    /// Period that usage is billed for next: the current one, or a part of it where usage is billed more often. A trial is
    /// one period.
    pub fn usage_period(&self) -> Period {
        let whole = self.period();
        let is_part = |start: &Timestamp| (whole.start..whole.end).contains(start);
        let start = self.meter_period_start.filter(is_part);
        match self.status {
            SubscriptionStatus::Trialing => whole,
            _ => self.usage_period_from(start.unwrap_or(whole.start)),
        }
    }

    /// Period of usage that starts at `start`. One within the current period ends with it at the latest.
    pub fn usage_period_from(&self, start: Timestamp) -> Period {
        let Some(interval) = self.meter_interval else {
            return match start == self.current_period_start {
                true => self.period(),
                false => self.period_from(start),
            };
        };
        let count = self.meter_interval_count.unwrap_or(1);
        let end = period::end(start, interval, count, self.anchor_day);
        Period {
            start,
            end: match start < self.current_period_end {
                true => end.min(self.current_period_end),
                false => end,
            },
        }
    }

    /// True where a period of usage ends next, and the current period does not yet.
    pub fn bills_usage_next(&self) -> bool {
        self.is_billable() && self.usage_period().end < self.current_period_end
    }

    /// Moment at which its period, its usage's period, its trial or its pause ends; none where it has ended, or is paused
    /// until somebody resumes it.
    pub fn own_due_at(&self) -> Option<Timestamp> {
        match self.status {
            SubscriptionStatus::Active
            | SubscriptionStatus::Trialing
            | SubscriptionStatus::PastDue => Some(self.usage_period().end),
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
