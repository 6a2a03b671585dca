//! Usage that is billed within a period: part by part, and until an end at once or a change of plan.

use super::{
    super::{Change, shop::PLANS},
    DAY, Line, Oracle, Pending, Renewal, Status, Sub, decimal,
};

impl Sub {
    /// Start of the part that usage is billed for next; a trial is one part.
    pub(super) fn part_start(&self) -> i64 {
        match self.status {
            Status::Trial => self.start,
            _ => self.part,
        }
    }

    pub(super) fn part_end(&self) -> i64 {
        match (self.status, PLANS[self.plan].part) {
            (Status::Trial, _) | (_, None) => self.end,
            _ => self.part_end_from(self.part),
        }
    }

    pub(super) fn part_end_from(&self, start: i64) -> i64 {
        match PLANS[self.plan].part {
            None => start + 7 * DAY,
            Some(days) if start < self.end => (start + days * DAY).min(self.end),
            Some(days) => start + days * DAY,
        }
    }

    /// True where a part ends next, and the period does not yet.
    pub(super) fn bills_part(&self) -> bool {
        self.is_billable() && self.part_end() < self.end
    }
}

impl Oracle {
    pub(super) fn lines_of_usage(&self, n: usize, until: i64, each: bool) -> Vec<Line> {
        let sub = &self.subs[n];
        let prices = 0..PLANS[sub.plan].metered.len();
        let due = prices.map(|price| (price, self.due(sub, price, until)));
        due.filter(|(_, (.., is_used))| each || *is_used)
            .map(|(price, (_, billed, amount, _))| {
                let place = (sub.plan, Some(price));
                (place, amount, Some(decimal(billed)))
            })
            .collect()
    }

    /// A part of the period is over.
    pub(super) fn bill_part(&mut self, n: usize, is_paid: bool, now: i64) {
        let until = self.subs[n].part_end();
        self.subs[n].renewals.push(Renewal {
            at: now,
            settles: false,
            is_paid,
        });
        self.begin_anew(n, until, now);
        self.note_billed(n, until);
        self.subs[n].part = until;
    }

    /// True where a change settles what was used, if there is any.
    pub fn settles(&self, n: usize, change: Change) -> bool {
        let sub = &self.subs[n];
        let is_paid_by_parts = PLANS[sub.plan].part.is_some();
        match change {
            Change::Revoke => is_paid_by_parts && sub.status != Status::Ended,
            Change::Now(_) => is_paid_by_parts && sub.status == Status::Active,
            _ => false,
        }
    }

    /// Lines of the order that settles what a subscription has used.
    pub fn lines_until_now(&self, n: usize) -> Vec<Line> {
        self.lines_of_usage(n, i64::MAX, false)
    }

    /// Credits go on that the usage until now has left; that is billed.
    pub(super) fn settle(&mut self, n: usize, is_paid: bool, now: i64) {
        if self.lines_until_now(n).is_empty() {
            return;
        }
        self.spend(n, i64::MAX);
        for meter in self.begun(n) {
            let sub = &self.subs[n];
            let own = sub.pending.iter().filter(|one| one.meter == meter);
            let own: Vec<&Pending> = own.collect();
            if sub.price(meter).is_none() || own.is_empty() {
                continue;
            }
            let used = self.quantity_of(meter, &own);
            let place = (sub.customer, meter);
            let count = self.counts.get_mut(&place).expect("it is there");
            count.spend(used);
            (count.used, count.different) = (Vec::new(), 0);
        }
        self.note_billed(n, i64::MAX);
        self.subs[n].renewals.push(Renewal {
            at: now,
            settles: true,
            is_paid,
        });
    }

    pub(super) fn change(&mut self, n: usize, change: Change, now: i64) {
        let sub = &mut self.subs[n];
        match change {
            Change::Cancel => sub.cancels = true,
            Change::Pause(days) => sub.pauses = Some(sub.end.max(now) + days * DAY),
            Change::Later(plan) => sub.later = Some(plan),
            Change::Now(plan) => {
                (sub.plan, sub.later) = (plan, None);
                // A part begins with it, where there are any.
                sub.part = match PLANS[plan].part {
                    Some(_) if now < sub.end => now,
                    _ => sub.start,
                };
            }
            Change::Revoke => sub.status = Status::Ended,
        }
    }
}
