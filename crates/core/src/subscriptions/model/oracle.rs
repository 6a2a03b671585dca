//! The independent model: what subscriptions of one customer come to, in plain numbers. It shares no code with what it
//! judges: moments are seconds, the calendar is counted by hand, and there are no rows.

use super::{
    calendar::{Every, day, later},
    shop::{Home, Price, SEATS, Shop},
};

/// The least that a card is charged, in cents.
pub const LEAST: i64 = 50;

/// Answer of the card at a moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Says {
    Pays,
    Declines {
        hopeless: bool,
    },
    Unreachable,
    /// It will be known after so many seconds whether it pays.
    Later(i64, bool),
    /// There is no card.
    NoCard,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Trialing,
    Active,
    PastDue,
    Paused,
    Canceled,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cutting {
    Keep,
    Remove,
    Set(usize),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    pub plan: Option<usize>,
    pub seats: Option<i64>,
    pub cut: Cutting,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Sub {
    pub status: Status,
    pub plan: usize,
    pub every: Every,
    pub seats: Option<i64>,
    /// The customer's owner has one of them: the first, which came with a change.
    pub held: bool,
    /// Price of a period before the discount.
    pub base: i64,
    /// And after it.
    pub amount: i64,
    pub cut: Option<usize>,
    pub applied: Option<i64>,
    pub anchor: i64,
    pub start: i64,
    pub end: i64,
    pub cancel: bool,
    pub ends_at: Option<i64>,
    pub ended: Option<i64>,
    pub pause: bool,
    pub paused: Option<i64>,
    pub resumes: Option<i64>,
    pub past_due: Option<i64>,
    pub trial_start: Option<i64>,
    pub trial_end: Option<i64>,
    pub waiting: Option<Waiting>,
    /// Amounts that wait for the next bill.
    pub lines: Vec<i64>,
    /// A change is being charged.
    pub locked: Option<Box<Locked>>,
}

/// A change that is being charged: what comes of it, and its bill.
#[derive(Debug, Clone, PartialEq)]
pub struct Locked {
    pub becomes: Sub,
    pub bill: Bill,
    pub pays: bool,
}

impl Sub {
    pub fn is_billable(&self) -> bool {
        matches!(
            self.status,
            Status::Trialing | Status::Active | Status::PastDue
        )
    }

    pub fn goes_on(&self) -> bool {
        (self.is_billable() || self.status == Status::Paused) && !self.cancel
    }

    pub fn own_due(&self) -> Option<i64> {
        match self.status {
            Status::Canceled => None,
            Status::Paused => self.resumes,
            _ => Some(self.end),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::enum_variant_names,
    reason = "the event and the state have the same name"
)]
pub enum Paid {
    Pending,
    Paid,
    Void,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Bill {
    pub sub: usize,
    pub made: i64,
    pub lines: Vec<i64>,
    pub cut: i64,
    pub tax: i64,
    pub total: i64,
    pub applied: i64,
    pub state: Paid,
    pub next: Option<i64>,
    pub failures: i64,
    /// Decides which of two bills that are due at the same moment comes first.
    pub tie: u128,
}

impl Bill {
    pub fn due(&self) -> i64 {
        (self.total + self.applied).max(0)
    }
}

/// Somebody is told of a subscription, or of a bill, by its number, or of the customer and their seats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Of {
    Sub(usize),
    Bill(usize),
    Customer,
}

pub type Told = (&'static str, Of);

/// The customer's account.
pub struct Account<'a> {
    pub shop: &'a Shop,
    pub home: Home,
    pub says: &'a dyn Fn(i64) -> Says,
    pub balance: i64,
    /// The customer is a team.
    pub team: bool,
    /// Subscription that gets its first seat with the bill of the period that begins.
    pub(super) first: Option<usize>,
    pub subs: Vec<Sub>,
    pub bills: Vec<Bill>,
    pub told: Vec<Told>,
    /// Money taken and given back.
    pub charged: i64,
    pub refunded: i64,
}

impl Account<'_> {
    /// A subscription begins, as a checkout has left it.
    pub fn subscribe(
        &mut self,
        now: i64,
        plan: usize,
        seats: Option<i64>,
        chosen: i64,
        cut: Option<usize>,
    ) {
        let of = &self.shop.plans[plan];
        let trial_end = of.trial.map(|trial| later(now, trial, day(now)));
        let mut sub = Sub {
            status: if trial_end.is_some() {
                Status::Trialing
            } else {
                Status::Active
            },
            plan,
            every: of.every,
            seats,
            held: false,
            base: chosen,
            amount: 0,
            cut,
            applied: cut.filter(|_| trial_end.is_none()).map(|_| now),
            anchor: day(now),
            start: now,
            end: trial_end.unwrap_or_else(|| later(now, of.every, day(now))),
            cancel: false,
            ends_at: None,
            ended: None,
            pause: false,
            paused: None,
            resumes: None,
            past_due: None,
            trial_start: trial_end.map(|_| now),
            trial_end,
            waiting: None,
            lines: Vec::new(),
            locked: None,
        };
        self.price(&mut sub);
        self.subs.push(sub);
    }

    pub fn next_due(&self, s: usize) -> Option<i64> {
        let retries = self.pending(s).filter_map(|b| self.bills[b].next);
        retries.chain(self.subs[s].own_due()).min()
    }

    pub(super) fn pending(&self, s: usize) -> impl Iterator<Item = usize> + '_ {
        let of = move |bill: &Bill| bill.sub == s && bill.state == Paid::Pending;
        (0..self.bills.len()).filter(move |b| of(&self.bills[*b]))
    }

    pub(super) fn tell(&mut self, kinds: &[&'static str], of: Of) {
        self.told.extend(kinds.iter().map(|kind| (*kind, of)));
    }

    /// Does everything that is due by now.
    pub fn work(&mut self, now: i64) {
        loop {
            let due = (0..self.subs.len()).filter_map(|s| Some((self.next_due_unlocked(s)?, s)));
            let mut due: Vec<(i64, usize)> = due.filter(|(at, _)| *at <= now).collect();
            due.sort_unstable();
            if due.is_empty() {
                return;
            }
            for (_, s) in due {
                self.step(s, now);
            }
        }
    }

    fn next_due_unlocked(&self, s: usize) -> Option<i64> {
        let retries = self.pending(s).filter_map(|b| self.bills[b].next);
        let own = self.subs[s]
            .own_due()
            .filter(|_| self.subs[s].locked.is_none());
        retries.chain(own).min()
    }

    fn step(&mut self, s: usize, now: i64) {
        let sub = &self.subs[s];
        let own = sub
            .own_due()
            .filter(|at| *at <= now && sub.locked.is_none());
        let retry = self.pending(s).filter_map(|b| {
            let bill = &self.bills[b];
            Some((bill.next.filter(|at| *at <= now)?, bill.tie, b))
        });
        match (own, retry.min()) {
            (Some(own), Some((at, ..))) if own < at => self.period(s, now),
            (_, Some((.., b))) => self.charge(b, now),
            (Some(_), None) => self.period(s, now),
            (None, None) => {}
        }
    }

    /// Event at the end of a period, or of a pause.
    pub(super) fn period(&mut self, s: usize, now: i64) {
        let sub = &self.subs[s];
        match () {
            () if sub.status == Status::Paused => self.resume(s, now),
            () if sub.cancel => self.end(s, now),
            () if sub.pause => {
                let sub = &mut self.subs[s];
                (sub.status, sub.pause, sub.paused) = (Status::Paused, false, Some(now));
                self.tell(&["subscription.updated", "subscription.paused"], Of::Sub(s));
                self.unseat(s);
            }
            () => self.cycle(s, now),
        }
    }

    fn cycle(&mut self, s: usize, now: i64) {
        let mut sub = self.subs[s].clone();
        let start = sub.end;
        if sub.status == Status::Trialing {
            (sub.status, sub.anchor) = (Status::Active, day(start));
        }
        self.apply_waiting(&mut sub, start);
        (sub.start, sub.end) = (start, later(start, sub.every, sub.anchor));
        self.drop_cut(&mut sub);
        self.price(&mut sub);
        let base = sub.base;
        self.subs[s] = sub;
        self.tell(&["subscription.cycled", "subscription.updated"], Of::Sub(s));
        self.bill(s, Some(base), now);
    }

    pub(super) fn resume(&mut self, s: usize, now: i64) {
        let mut sub = self.subs[s].clone();
        (sub.status, sub.paused, sub.resumes) = (Status::Active, None, None);
        // What was not paid before the pause is behind it.
        sub.past_due = None;
        self.apply_waiting(&mut sub, now);
        restart(&mut sub, now);
        self.drop_cut(&mut sub);
        self.price(&mut sub);
        let base = sub.base;
        self.subs[s] = sub;
        self.tell(
            &["subscription.updated", "subscription.resumed"],
            Of::Sub(s),
        );
        self.bill(s, Some(base), now);
    }

    /// The end of a cancelled subscription: what was not paid is void, what waited is billed.
    fn end(&mut self, s: usize, now: i64) {
        self.unseat(s);
        let sub = &mut self.subs[s];
        (sub.status, sub.ended, sub.waiting) = (Status::Canceled, Some(now), None);
        let kinds = [
            "subscription.updated",
            "subscription.canceled",
            "subscription.revoked",
        ];
        self.tell(&kinds, Of::Sub(s));
        let before = self.pending(s).collect();
        self.bill(s, None, now);
        self.void(before);
    }

    fn apply_waiting(&self, sub: &mut Sub, start: i64) {
        let Some(waiting) = sub.waiting.take() else {
            return;
        };
        if let Some(plan) = waiting.plan {
            self.change_plan(sub, plan, start);
        }
        sub.seats = waiting.seats.or(sub.seats);
        if let Some(plan) = waiting.plan {
            let by_seat = self.shop.plans[plan].is_by_seat();
            sub.seats = by_seat.then(|| sub.seats.unwrap_or(1).clamp(1, SEATS));
        }
        let cut = match waiting.cut {
            Cutting::Keep => sub.cut.filter(|cut| self.fits(*cut, sub.plan)),
            Cutting::Remove => None,
            Cutting::Set(cut) => Some(cut),
        };
        if cut != sub.cut {
            (sub.cut, sub.applied) = (cut, None);
        }
    }

    pub(super) fn change_plan(&self, sub: &mut Sub, plan: usize, start: i64) {
        sub.plan = plan;
        let every = self.shop.plans[plan].every;
        if sub.every != every {
            (sub.every, sub.anchor) = (every, day(start));
        }
    }

    pub fn fits(&self, cut: usize, plan: usize) -> bool {
        self.shop.cuts[cut].only.is_none_or(|only| only == plan)
    }

    /// A discount counts from the first period that it is taken off; once it is over it is gone.
    fn drop_cut(&self, sub: &mut Sub) {
        let Some(cut) = sub.cut else { return };
        let applied = *sub.applied.get_or_insert(sub.start);
        if self.shop.cuts[cut].is_over(applied, sub.start, sub.anchor) {
            (sub.cut, sub.applied) = (None, None);
        }
    }

    pub(super) fn price(&self, sub: &mut Sub) {
        sub.base = match self.shop.plans[sub.plan].price {
            Price::Chosen => sub.base,
            Price::Free => 0,
            _ => self.shop.plans[sub.plan].parted(sub.seats).unwrap_or(0),
        };
        let off = sub.cut.map_or(0, |cut| self.shop.cuts[cut].off(sub.base));
        sub.amount = sub.base - off;
    }

    /// The bill of a whole period, where one begins, and of everything that waited.
    fn bill(&mut self, s: usize, whole: Option<i64>, now: i64) {
        let waited = std::mem::take(&mut self.subs[s].lines);
        let lines: Vec<i64> = whole.into_iter().chain(waited).collect();
        if lines.is_empty() {
            return;
        }
        let off = self.subs[s]
            .cut
            .map_or(0, |cut| self.shop.cuts[cut].off(whole.unwrap_or(0)));
        let bill = self.sum(s, lines, off, now);
        let b = self.add(bill);
        self.tell(&["order.created"], Of::Bill(b));
        let first = self.first.take();
        match self.bills[b].state {
            // It is past due at once.
            Paid::Pending if (self.says)(now) == Says::NoCard => self.charge(b, now),
            Paid::Pending => {
                first.inspect(|s| self.seat(*s));
                self.charge(b, now);
            }
            _ => {
                self.tell(&["order.updated", "order.paid"], Of::Bill(b));
                first.inspect(|s| self.seat(*s));
            }
        }
    }

    /// Whoever has seats is a team.
    pub(super) fn become_team(&mut self) {
        if !std::mem::replace(&mut self.team, true) {
            self.tell(&["customer.updated"], Of::Customer);
        }
    }

    pub(super) fn seat(&mut self, s: usize) {
        self.subs[s].held = true;
        self.tell(&["customer_seat.claimed"], Of::Customer);
    }

    pub(super) fn unseat(&mut self, s: usize) {
        if std::mem::take(&mut self.subs[s].held) {
            self.tell(&["customer_seat.revoked"], Of::Customer);
        }
    }

    /// The sums of a bill.
    pub(super) fn sum(&self, s: usize, lines: Vec<i64>, cut: i64, now: i64) -> Bill {
        let taxable = lines.iter().sum::<i64>() - cut;
        let (tax, contained) = self.home.tax(taxable.abs());
        let tax = tax * taxable.signum();
        let total = if contained { taxable } else { taxable + tax };
        let applied = if total < 0 {
            0
        } else {
            -total.min(self.balance)
        };
        let rest = total + applied;
        Bill {
            sub: s,
            made: now,
            lines: sorted(lines),
            cut,
            tax,
            total,
            applied,
            state: if rest >= LEAST {
                Paid::Pending
            } else {
                Paid::Paid
            },
            next: None,
            failures: 0,
            tie: 0,
        }
    }

    /// Books a bill: what it uses of the balance, what it credits, and what is too small to be charged.
    pub(super) fn add(&mut self, bill: Bill) -> usize {
        self.balance += bill.applied;
        if bill.total < 0 {
            self.balance -= bill.total;
        }
        if bill.state == Paid::Paid {
            self.balance -= bill.due();
        }
        self.bills.push(bill);
        self.bills.len() - 1
    }
}

pub(super) fn restart(sub: &mut Sub, now: i64) {
    (sub.anchor, sub.start) = (day(now), now);
    sub.end = later(now, sub.every, sub.anchor);
}

/// The lines of a bill are in no order.
pub fn sorted(mut lines: Vec<i64>) -> Vec<i64> {
    lines.sort_unstable();
    lines
}
