//! Changes that somebody asks of a subscription, in the independent model.

use super::{
    calendar::{day, later},
    oracle::{Account, Bill, Cutting, Locked, Of, Paid, Says, Status, Sub, Waiting, restart},
    shop::{Price, SEATS},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    Invoice,
    Prorate,
    NextPeriod,
    Reset,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    Cancel,
    Uncancel,
    Revoke,
    /// Until a moment, or for good.
    Pause(Option<i64>),
    Unpause,
    Resume,
    Clear,
    Plan(usize, How, Cutting),
    Seats(i64, How),
    Cut(Option<usize>),
    TrialNow,
    TrialEnd(i64),
    BillOn(i64),
}

/// Reason why nothing comes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum No {
    Refused,
    Declined,
}

const UPDATED: [&str; 1] = ["subscription.updated"];

impl Account<'_> {
    pub fn act(&mut self, s: usize, act: Act, now: i64) -> Result<(), No> {
        let old = self.subs[s].clone();
        if old.locked.is_some() {
            return Err(No::Refused);
        }
        let refuse = |is_refused| match is_refused {
            true => Err(No::Refused),
            false => Ok(()),
        };
        let mut new = old.clone();
        let mut kinds = vec!["subscription.updated"];
        match act {
            Act::Cancel => {
                refuse(old.cancel || !old.is_billable())?;
                (new.cancel, new.pause, new.resumes) = (true, false, None);
                kinds.push("subscription.canceled");
            }
            Act::Uncancel => {
                refuse(old.ended.is_some() || !old.cancel)?;
                (new.cancel, new.ends_at) = (false, None);
                kinds.push("subscription.uncanceled");
            }
            Act::Revoke => {
                refuse(old.ended.is_some())?;
                self.revoke(s, now);
                return Ok(());
            }
            Act::Pause(resumes) => {
                refuse(old.status != Status::Active || old.cancel || old.pause)?;
                refuse(resumes.is_some_and(|at| at <= old.end))?;
                (new.pause, new.resumes) = (true, resumes);
            }
            Act::Unpause => {
                refuse(!old.pause)?;
                (new.pause, new.resumes) = (false, None);
            }
            Act::Resume => {
                refuse(old.status != Status::Paused)?;
                self.resume(s, now);
                return Ok(());
            }
            Act::Clear => {
                refuse(old.waiting.is_none())?;
                new.waiting = None;
            }
            Act::Plan(plan, how, cut) => return self.plan(s, plan, how, cut, now),
            Act::Seats(seats, how) => return self.seats(s, seats, how, now),
            Act::Cut(cut) => {
                let unfit = |cut| old.cut == Some(cut) || !self.fits(cut, old.plan);
                refuse(cut.is_some_and(unfit))?;
                (new.cut, new.applied) = (cut, None);
                self.price(&mut new);
            }
            Act::TrialNow => {
                refuse(old.status != Status::Trialing)?;
                return self.end_trial(s, new, now);
            }
            Act::TrialEnd(at) => {
                let is_active = old.status == Status::Active;
                refuse(!is_active && old.status != Status::Trialing)?;
                refuse(is_active && at <= old.end)?;
                (new.status, new.trial_end, new.end) = (Status::Trialing, Some(at), at);
            }
            Act::BillOn(at) => {
                refuse(old.cancel || !matches!(old.status, Status::Active | Status::Trialing))?;
                if old.status == Status::Trialing {
                    new.trial_end = Some(at);
                }
                (new.end, new.anchor) = (at, day(at));
            }
        }
        self.put(s, new);
        self.tell(&kinds, Of::Sub(s));
        Ok(())
    }

    fn put(&mut self, s: usize, mut new: Sub) {
        if new.cancel && new.ended.is_none() {
            new.ends_at = Some(new.end);
        }
        self.subs[s] = new;
    }

    /// The trial is over now, and what comes then comes now.
    fn end_trial(&mut self, s: usize, mut new: Sub, now: i64) -> Result<(), No> {
        (new.trial_end, new.end) = (Some(now), now);
        if self.begin_seats(s, &new) {
            self.first = Some(s);
        }
        self.put(s, new);
        self.period(s, now);
        self.first = None;
        Ok(())
    }

    /// True where a change brings the first seats: the customer is a team then.
    fn begin_seats(&mut self, s: usize, new: &Sub) -> bool {
        let begins = self.subs[s].seats.is_none() && new.seats.is_some();
        if begins {
            self.become_team();
        }
        begins
    }

    /// A change is made, and what it charges waits.
    fn made(&mut self, s: usize, new: Sub) {
        let begins = self.begin_seats(s, &new);
        self.put(s, new);
        self.tell(&UPDATED, Of::Sub(s));
        if begins {
            self.seat(s);
        }
    }

    fn plan(&mut self, s: usize, plan: usize, how: How, cut: Cutting, now: i64) -> Result<(), No> {
        let old = self.subs[s].clone();
        let next = self.shop.plans[plan];
        let seats = next.is_by_seat().then(|| old.seats.unwrap_or(1));
        let unfit = match cut {
            Cutting::Set(cut) => old.cut == Some(cut) || !self.fits(cut, plan),
            _ => false,
        };
        let is_refused = !old.goes_on()
            || next.price == Price::Chosen
            || (old.seats.is_some() && seats.is_none())
            || (old.seats.is_none() && seats.is_some() && how == How::NextPeriod)
            || unfit;
        if is_refused {
            return Err(No::Refused);
        }
        let mut new = old.clone();
        if how == How::NextPeriod && old.status != Status::Paused {
            let waiting = new.waiting.get_or_insert(nothing());
            (waiting.plan, waiting.cut) = (Some(plan), cut);
            waiting.seats = waiting.seats.filter(|_| seats.is_some());
            self.put(s, new);
            self.tell(&UPDATED, Of::Sub(s));
            return Ok(());
        }
        (new.waiting, new.seats) = (None, seats);
        self.change_plan(&mut new, plan, now);
        match cut {
            Cutting::Set(cut) => {
                let is_paid_for = matches!(old.status, Status::Active | Status::PastDue);
                (new.cut, new.applied) = (Some(cut), is_paid_for.then_some(now));
            }
            Cutting::Keep if new.cut.is_none_or(|cut| self.fits(cut, plan)) => {}
            _ => (new.cut, new.applied) = (None, None),
        }
        match old.status {
            Status::Trialing => {
                let start = old.trial_start.unwrap_or(old.start);
                let end = next.trial.map(|trial| later(start, trial, day(start)));
                self.price(&mut new);
                match end.filter(|end| *end > now) {
                    Some(end) => (new.trial_end, new.end) = (Some(end), end),
                    None => return self.end_trial(s, new, now),
                }
                self.made(s, new);
                Ok(())
            }
            Status::Active | Status::PastDue => self.prorate(s, new, how, now),
            _ => {
                self.price(&mut new);
                self.made(s, new);
                Ok(())
            }
        }
    }

    /// Bills what is left of the period at the old price against the new one.
    fn prorate(&mut self, s: usize, mut new: Sub, how: How, now: i64) -> Result<(), No> {
        let old = self.subs[s].clone();
        let is_other_interval = old.every != new.every;
        let mut lines = Vec::new();
        if how != How::Reset {
            lines.extend(self.net(&old).map(|net| -rounded(net, share(&old, now))));
        }
        let mut covered = share(&old, now);
        if is_other_interval || how == How::Reset {
            self.restart(&mut new, now);
            covered = (1, 1);
        }
        lines.extend(self.net(&new).map(|net| rounded(net, covered)));
        self.price(&mut new);
        let waits = how == How::Prorate && !is_other_interval;
        self.changed(s, new, lines, !waits, now)
    }

    fn restart(&self, new: &mut Sub, now: i64) {
        restart(new, now);
        if let Some(cut) = new.cut {
            let applied = *new.applied.get_or_insert(now);
            if self.shop.cuts[cut].is_over(applied, new.start, new.anchor) {
                (new.cut, new.applied) = (None, None);
            }
        }
    }

    fn seats(&mut self, s: usize, seats: i64, how: How, now: i64) -> Result<(), No> {
        let old = self.subs[s].clone();
        let by_seat = self.shop.plans[old.plan].is_by_seat();
        if !old.goes_on() || !by_seat || !(1..=SEATS).contains(&seats) {
            return Err(No::Refused);
        }
        let mut new = old.clone();
        let is_same = old.seats == Some(seats);
        if !is_same && how == How::NextPeriod && old.status != Status::Paused {
            new.waiting.get_or_insert(nothing()).seats = Some(seats);
            self.put(s, new);
            self.tell(&UPDATED, Of::Sub(s));
            return Ok(());
        }
        let had = new
            .waiting
            .as_mut()
            .and_then(|waiting| waiting.seats.take());
        if new.waiting == Some(nothing()) {
            new.waiting = None;
        }
        if is_same {
            self.put(s, new);
            if had.is_some() {
                self.tell(&UPDATED, Of::Sub(s));
            }
            return Ok(());
        }
        let before = new.clone();
        new.seats = Some(seats);
        let mut lines = Vec::new();
        let is_paid_for = matches!(old.status, Status::Active | Status::PastDue);
        if is_paid_for && how == How::Reset {
            self.restart(&mut new, now);
            lines.extend(self.net(&new));
        } else if is_paid_for {
            let more = self.net(&new).unwrap_or(0) - self.net(&before).unwrap_or(0);
            let (left, whole) = share(&old, now);
            let more = i128::from(more) * i128::from(left) / i128::from(whole);
            lines.extend(i64::try_from(more).ok().filter(|more| *more != 0));
        }
        self.price(&mut new);
        let bills = matches!(how, How::Invoice | How::Reset);
        self.changed(s, new, lines, bills, now)
    }

    /// Price of a period where parts of it are billed, less a discount that it has.
    fn net(&self, sub: &Sub) -> Option<i64> {
        let amount = self.shop.plans[sub.plan].parted(sub.seats)?;
        let in_force = sub.cut.zip(sub.applied).filter(|(cut, applied)| {
            !self.shop.cuts[*cut].is_over(*applied, sub.start, sub.anchor)
        });
        let off = in_force.map_or(0, |(cut, _)| self.shop.cuts[cut].off(amount));
        Some(amount - off)
    }

    /// A change is made; its lines wait, or are billed at once, and then the change waits for the card.
    fn changed(
        &mut self,
        s: usize,
        mut new: Sub,
        lines: Vec<i64>,
        bills: bool,
        now: i64,
    ) -> Result<(), No> {
        if !bills || lines.is_empty() {
            new.lines.extend(lines);
            self.made(s, new);
            return Ok(());
        }
        let waited = std::mem::take(&mut new.lines);
        let all = lines.into_iter().chain(waited).collect();
        let bill = self.sum(s, all, 0, now);
        if bill.state == Paid::Paid {
            let (b, begins) = (self.add(bill), self.begin_seats(s, &new));
            self.put(s, new);
            self.tell(
                &["order.created", "order.updated", "order.paid"],
                Of::Bill(b),
            );
            self.tell(&UPDATED, Of::Sub(s));
            if begins {
                self.seat(s);
            }
            return Ok(());
        }
        match (self.says)(now) {
            Says::Pays => self.charged_for(s, new, bill),
            Says::Later(_, pays) => {
                let becomes = new;
                let locked = Locked {
                    becomes,
                    bill,
                    pays,
                };
                self.subs[s].locked = Some(Box::new(locked));
            }
            Says::NoCard | Says::Declines { .. } | Says::Unreachable => return Err(No::Declined),
        }
        Ok(())
    }

    fn charged_for(&mut self, s: usize, new: Sub, mut bill: Bill) {
        self.charged += bill.due();
        self.balance += bill.applied;
        bill.state = Paid::Paid;
        self.bills.push(bill);
        let b = self.bills.len() - 1;
        let begins = self.begin_seats(s, &new);
        self.put(s, new);
        self.tell(&["order.created"], Of::Bill(b));
        self.tell(&UPDATED, Of::Sub(s));
        self.tell(&["order.updated", "order.paid"], Of::Bill(b));
        if begins {
            self.seat(s);
        }
    }

    /// The outcome of the charge of a change is known: it is made, or was never asked for.
    pub fn change_known(&mut self, s: usize, now: i64) {
        let Some(locked) = self.subs[s].locked.take() else {
            return;
        };
        let Locked {
            becomes,
            mut bill,
            pays,
            ..
        } = *locked;
        if !pays {
            return;
        }
        if self.subs[s].ended.is_some() {
            self.charged += bill.due();
            self.refunded += bill.due();
            return;
        }
        let old = self.subs[s].clone();
        bill.made = now;
        let new = Sub {
            status: old.status,
            cancel: old.cancel,
            ends_at: old.ends_at,
            pause: old.pause,
            paused: old.paused,
            resumes: old.resumes,
            past_due: old.past_due,
            held: old.held,
            locked: None,
            ..becomes
        };
        self.charged_for(s, new, bill);
    }
}

fn nothing() -> Waiting {
    Waiting {
        plan: None,
        seats: None,
        cut: Cutting::Keep,
    }
}

/// Seconds that are left of a period, and those that it has.
fn share(sub: &Sub, now: i64) -> (i64, i64) {
    let whole = (sub.end - sub.start).max(1);
    ((sub.end - now).clamp(0, whole), whole)
}

/// Part of an amount, rounded half up.
fn rounded(amount: i64, (left, whole): (i64, i64)) -> i64 {
    let (product, whole) = (i128::from(amount) * i128::from(left), i128::from(whole));
    i64::try_from((2 * product + whole) / (2 * whole)).unwrap()
}
