//! The independent model: bills are charged, tried again, and given up.

use super::{
    calendar::DAY,
    oracle::{Account, Of, Paid, Says, Status},
};

impl Account<'_> {
    pub(super) fn charge(&mut self, b: usize, now: i64) {
        match (self.says)(now) {
            Says::NoCard => {
                self.tell(&["order.updated"], Of::Bill(b));
                self.fail(b, false, now);
            }
            Says::Pays => self.pay(b),
            Says::Declines { hopeless } => self.fail(b, hopeless, now),
            Says::Unreachable => self.bills[b].next = Some(now + 3_600),
            // Whoever asks is told when it is known.
            Says::Later(..) => self.bills[b].next = None,
        }
    }

    fn pay(&mut self, b: usize) {
        self.charged += self.bills[b].due();
        (self.bills[b].state, self.bills[b].next) = (Paid::Paid, None);
        let s = self.bills[b].sub;
        if self.subs[s].status == Status::PastDue && self.pending(s).next().is_none() {
            (self.subs[s].status, self.subs[s].past_due) = (Status::Active, None);
            self.tell(&["subscription.updated", "subscription.active"], Of::Sub(s));
        }
        self.tell(&["order.updated", "order.paid"], Of::Bill(b));
    }

    fn fail(&mut self, b: usize, hopeless: bool, now: i64) {
        const PAUSES: [i64; 4] = [2, 5, 7, 7];
        let s = self.bills[b].sub;
        let (sub, bill) = (&mut self.subs[s], &mut self.bills[b]);
        bill.failures += 1;
        let living = sub.is_billable();
        let begins = living && sub.past_due.is_none();
        if begins {
            (sub.status, sub.past_due) = (Status::PastDue, Some(now));
        }
        let since = if living {
            sub.past_due.unwrap_or(now)
        } else {
            bill.made
        };
        let deadline = since + 21 * DAY;
        let pause = PAUSES.get(usize::try_from(bill.failures - 1).unwrap());
        let pause = pause.filter(|_| now < deadline);
        bill.next = pause.map(|days| match hopeless {
            true => deadline + 60,
            false => now + days * DAY,
        });
        let is_first = bill.failures == 1;
        match pause {
            Some(_) if begins => self.tell(
                &["subscription.updated", "subscription.past_due"],
                Of::Sub(s),
            ),
            Some(_) if is_first && living => self.tell(&["subscription.updated"], Of::Sub(s)),
            Some(_) => {}
            None => self.revoke(s, now),
        }
        if !matches!(self.subs[s].status, Status::Active | Status::Trialing) {
            self.unseat(s);
        }
    }

    /// The subscription ends now, and nothing of it is paid any more.
    pub(super) fn revoke(&mut self, s: usize, now: i64) {
        if self.subs[s].ended.is_none() {
            self.unseat(s);
            let sub = &mut self.subs[s];
            (sub.status, sub.ended, sub.ends_at) = (Status::Canceled, Some(now), Some(now));
            sub.waiting = None;
            let kinds = [
                "subscription.updated",
                "subscription.canceled",
                "subscription.revoked",
            ];
            self.tell(&kinds, Of::Sub(s));
        }
        let unpaid = self.pending(s).collect();
        self.void(unpaid);
    }

    /// Balance that a bill has used is given back.
    pub(super) fn void(&mut self, bills: Vec<usize>) {
        for b in bills {
            let bill = &mut self.bills[b];
            (bill.state, bill.next) = (Paid::Void, None);
            self.balance -= bill.applied;
            self.tell(&["order.updated"], Of::Bill(b));
        }
    }

    /// The outcome of a charge is known.
    pub fn known(&mut self, b: usize, pays: bool, now: i64) {
        match (self.bills[b].state, pays) {
            (Paid::Pending, true) => self.pay(b),
            (Paid::Pending, false) => self.fail(b, false, now),
            (_, true) => {
                self.charged += self.bills[b].due();
                self.refunded += self.bills[b].due();
            }
            (_, false) => {}
        }
    }
}
