//! Events as they came in, and what ought to follow from them, worked out anew from the lists each time; written from
//! docs/behaviour/{usage,meters,metered,credits}.md and not from the code.

mod counts;
mod grants;
mod parts;
mod shown;

use std::collections::{BTreeMap, BTreeSet};

use till_wire::decimal::Decimal;

use super::{
    By, Done, Sent,
    shop::{Kind, METERS, Only, PLANS},
};

const DAY: i64 = 86_400;
const QUARTER: i64 = 900;
/// One, in units of the twelfth place.
pub const ONE: i128 = 1_000_000_000_000;

/// Event that is stored.
#[derive(Debug, Clone)]
pub struct Event {
    pub sent: Sent,
    pub came: i64,
    pub customer: Option<usize>,
    pub turn: Option<i64>,
}

/// Use of a meter by a customer, since it last began anew.
#[derive(Debug, Clone, Default)]
struct Count {
    used: Vec<usize>,
    /// Different values among them.
    different: i64,
    /// All that ever counted.
    ever: Vec<usize>,
    credited: i64,
    rollover: i64,
    began: Option<i64>,
    /// Credits that what was billed has used up, and by subscription those that were taken back after they were used.
    settled: i64,
    spent: BTreeMap<usize, i64>,
}

/// Event that is to be billed, or was.
#[derive(Debug, Clone)]
struct Pending {
    meter: usize,
    /// Plan whose price it was counted for.
    plan: usize,
    /// Start of its period.
    start: i64,
    event: usize,
    /// True where its value is the first of this kind in its period.
    is_first: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Trial,
    Active,
    Paused,
    Ended,
}

/// Grant of credits.
#[derive(Debug, Clone)]
struct Grant {
    granted: Option<i64>,
    renewals: usize,
    /// Units that were given last, and when.
    given: (i64, i64),
}

#[derive(Debug, Clone)]
pub struct Sub {
    pub id: uuid::Uuid,
    pub customer: usize,
    pub plan: usize,
    created: i64,
    start: i64,
    pub end: i64,
    /// Start of the part of the period that usage is billed for next.
    part: i64,
    trial_end: Option<i64>,
    pub status: Status,
    cancels: bool,
    pauses: Option<i64>,
    pub resumes: Option<i64>,
    later: Option<usize>,
    pending: Vec<Pending>,
    /// Grants by plan and number of the benefit.
    grants: BTreeMap<(usize, usize), Grant>,
    /// Bills.
    renewals: Vec<Renewal>,
}

/// Bill of a subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Renewal {
    at: i64,
    /// True where it settled usage: no credits are given again for it.
    settles: bool,
    is_paid: bool,
}

/// Line of a bill: the plan and number of its price (none: the fixed one), its amount, and the units.
pub type Line = ((usize, Option<usize>), i64, Option<Decimal>);

#[derive(Debug, Clone, Default)]
pub struct Oracle {
    pub events: Vec<Event>,
    turn: i64,
    counted: BTreeMap<usize, i64>,
    /// Time at which each meter was made.
    pub made: BTreeMap<usize, i64>,
    customers: BTreeSet<usize>,
    counts: BTreeMap<(usize, usize), Count>,
    pub subs: Vec<Sub>,
    /// Meters and events that a bill has.
    pub billed: BTreeSet<(usize, usize)>,
    /// Meters and events that were used at a price which the subscription did not have any more.
    pub dropped: BTreeSet<(usize, usize)>,
}

/// Half away from zero.
fn divided(number: i128, by: i128) -> i128 {
    let half = (number.abs() * 2 + by) / (by * 2);
    half * number.signum()
}

pub fn decimal(units: i128) -> Decimal {
    let sign = if units < 0 { "-" } else { "" };
    let (whole, rest) = (units.abs() / ONE, units.abs() % ONE);
    Decimal::parse(&format!("{sign}{whole}.{rest:012}")).expect("a number")
}

impl Event {
    fn is_chosen(&self, meter: usize) -> bool {
        match METERS[meter].1 {
            Only::All => true,
            Only::Calls => self.sent.name == "call",
            // A text is compared as a text.
            Only::Large => match self.sent.quarters {
                Some(quarters) => quarters > 8,
                None => self.sent.is_text,
            },
        }
    }

    /// True where the function has a use for it.
    fn has_use(&self, meter: usize) -> bool {
        match METERS[meter].0 {
            Kind::Count => true,
            Kind::Unique => self.sent.who.is_some(),
            _ => self.sent.quarters.is_some(),
        }
    }
}

impl Sub {
    pub fn is_billable(&self) -> bool {
        matches!(self.status, Status::Trial | Status::Active)
    }

    /// Number of the plan's price of a meter.
    fn price(&self, meter: usize) -> Option<usize> {
        price_of(self.plan, meter)
    }

    pub fn is_due(&self, now: i64) -> bool {
        match self.status {
            Status::Trial | Status::Active => self.part_end() <= now,
            Status::Paused => self.resumes.is_some_and(|at| at <= now),
            Status::Ended => false,
        }
    }

    /// Usage at the price of a meter, of periods that began before a moment.
    fn usage(&self, meter: usize, until: i64) -> Vec<&Pending> {
        let by_price = matches!(METERS[meter].0, Kind::Count | Kind::Sum);
        let own = self.pending.iter().filter(|one| {
            one.meter == meter && one.start < until && (!by_price || one.plan == self.plan)
        });
        own.collect()
    }
}

fn price_of(plan: usize, meter: usize) -> Option<usize> {
    let mut metered = PLANS[plan].metered.iter();
    metered.position(|(of, ..)| *of == meter)
}

impl Oracle {
    /// The quantity of some events, in units of the twelfth place.
    fn quantity(&self, kind: Kind, events: &[usize], different: i64) -> i128 {
        let numbers = events.iter().map(|event| &self.events[*event]);
        let numbers: Vec<i128> = numbers
            .filter_map(|event| event.sent.quarters)
            .map(|quarters| i128::from(quarters) * ONE / 4)
            .collect();
        match kind {
            Kind::Count => number(events.len()) * ONE,
            Kind::Sum => numbers.iter().sum(),
            Kind::Max => numbers.iter().copied().max().unwrap_or(0),
            Kind::Min => numbers.iter().copied().min().unwrap_or(0),
            Kind::Avg if numbers.is_empty() => 0,
            Kind::Avg => divided(numbers.iter().sum(), number(numbers.len())),
            Kind::Unique => i128::from(different) * ONE,
        }
    }

    fn quantity_of(&self, meter: usize, usage: &[&Pending]) -> i128 {
        let events: Vec<usize> = usage.iter().map(|one| one.event).collect();
        let different = usage.iter().filter(|one| one.is_first).count();
        let different = i64::try_from(different).expect("few of them");
        self.quantity(METERS[meter].0, &events, different)
    }

    fn consumed(&self, place: (usize, usize)) -> i128 {
        let count = &self.counts[&place];
        self.quantity(METERS[place.1].0, &count.used, count.different)
    }

    /// Follows what was done, at a moment.
    pub fn follow(&mut self, done: &Done, now: i64) {
        match done {
            Done::Ingested(sent) => sent.iter().for_each(|one| self.take_in(one, now)),
            Done::Appeared(customer) => drop(self.customers.insert(*customer)),
            Done::Made(meter) => drop(self.made.insert(*meter, now)),
            Done::Sealed { tags, known } => self.seal(tags, known),
            Done::Counted { meter, to } => {
                let after = self.counted.insert(*meter, *to).unwrap_or(0);
                let all = 0..self.events.len();
                let new = |event: &usize| {
                    let turn = self.events[*event].turn;
                    turn.is_some_and(|turn| turn > after && turn <= *to)
                };
                let new: Vec<usize> = all.filter(new).collect();
                self.count(*meter, &new, i64::MIN);
            }
            Done::Bound { customer, tags } => self.bind(*customer, tags),
            Done::Started { id, customer, plan } => {
                let trial_end = PLANS[*plan].trial.map(|days| now + days * DAY);
                self.subs.push(Sub {
                    id: *id,
                    customer: *customer,
                    plan: *plan,
                    created: now,
                    start: now,
                    end: trial_end.unwrap_or(now + 7 * DAY),
                    part: now,
                    trial_end,
                    status: match trial_end {
                        Some(_) => Status::Trial,
                        None => Status::Active,
                    },
                    cancels: false,
                    pauses: None,
                    resumes: None,
                    later: None,
                    pending: Vec::new(),
                    grants: BTreeMap::new(),
                    renewals: Vec::new(),
                });
            }
            Done::Billed { sub, is_paid, .. } => self.bill(*sub, *is_paid, now),
            Done::Synced(sub) => self.sync(*sub, now),
            Done::Paid(sub) => {
                let unpaid = self.subs[*sub].renewals.iter_mut();
                let first = unpaid.filter(|one| !one.is_paid).min();
                first.expect("one is unpaid").is_paid = true;
            }
            Done::Changed(sub, change) => self.change(*sub, *change, now),
            Done::Settled {
                sub,
                change,
                is_paid,
                ..
            } => {
                self.settle(*sub, *is_paid, now);
                self.change(*sub, *change, now);
            }
        }
    }

    /// Of events with one external ID the first is stored.
    fn take_in(&mut self, sent: &Sent, now: i64) {
        let is_there = |event: &Event| event.sent.external == sent.external;
        if sent.external.is_some() && self.events.iter().any(is_there) {
            return;
        }
        let customer = match sent.by {
            By::Id(customer) => Some(customer),
            By::External(customer) => self.customers.get(&customer).copied(),
            By::Nobody => None,
        };
        self.events.push(Event {
            sent: sent.clone(),
            came: now,
            customer,
            turn: None,
        });
    }

    fn place_of(&self, tag: usize) -> usize {
        let found = self.events.iter().position(|event| event.sent.tag == tag);
        found.expect("it was stored")
    }

    fn seal(&mut self, tags: &[usize], known: &[usize]) {
        self.turn += 1;
        for tag in tags {
            let place = self.place_of(*tag);
            let event = &mut self.events[place];
            assert_eq!(event.turn, None, "one turn for each");
            event.turn = Some(self.turn);
            if let (None, By::External(customer)) = (event.customer, event.sent.by) {
                event.customer = Some(customer).filter(|one| known.contains(one));
            }
        }
    }

    /// Events become a customer's: those that a meter has counted for everybody count for them now.
    fn bind(&mut self, customer: usize, tags: &[usize]) {
        let places: Vec<usize> = tags.iter().map(|tag| self.place_of(*tag)).collect();
        for place in &places {
            assert_eq!(self.events[*place].customer, None, "bound once");
            self.events[*place].customer = Some(customer);
        }
        let counted: Vec<(usize, i64)> = self.counted.iter().map(|(m, to)| (*m, *to)).collect();
        // A meter that is behind still has the customer, where it chooses any.
        for meter in self.made.keys().copied().collect::<Vec<_>>() {
            let to = counted.iter().find(|(of, _)| *of == meter);
            let to = to.map_or(0, |(_, to)| *to);
            let is_counted = |place: &&usize| self.events[**place].turn.is_some_and(|t| t <= to);
            let now: Vec<usize> = places.iter().filter(is_counted).copied().collect();
            let since = self.payer(customer, meter).map(|sub| self.subs[sub].start);
            self.count(meter, &now, since.unwrap_or(i64::MIN));
        }
    }

    /// The oldest subscription of a customer that pays for a meter.
    fn payer(&self, customer: usize, meter: usize) -> Option<usize> {
        let mut subs = 0..self.subs.len();
        let pays = |n: &usize| {
            let sub = &self.subs[*n];
            sub.customer == customer && sub.is_billable() && sub.price(meter).is_some()
        };
        let first = subs.find(pays)?;
        let oldest = |n: &usize| (self.subs[*n].created, self.subs[*n].id);
        (0..self.subs.len())
            .filter(pays)
            .min_by_key(oldest)
            .or(Some(first))
    }

    /// A meter counts some events at once; those are billed that came in at `since` or later.
    fn count(&mut self, meter: usize, events: &[usize], since: i64) {
        let mut new: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for event in events {
            let one = &self.events[*event];
            if let Some(customer) = one.customer.filter(|_| one.is_chosen(meter)) {
                let own = new.entry(customer).or_default();
                own.extend(Some(*event).filter(|_| one.has_use(meter)));
            }
        }
        for (customer, events) in new {
            self.count_for(customer, meter, &events);
            for event in events {
                if self.events[event].came >= since {
                    self.charge(customer, meter, event);
                }
            }
        }
    }

    fn count_for(&mut self, customer: usize, meter: usize, events: &[usize]) {
        let count = self.counts.entry((customer, meter)).or_default();
        let began = count.began.map(|at| at.div_euclid(QUARTER) * QUARTER);
        let is_known = |who: u8| {
            let mut ever = count.ever.iter().map(|event| &self.events[*event].sent);
            ever.any(|sent| sent.who == Some(who) && began.is_none_or(|at| sent.time >= at))
        };
        let who = events
            .iter()
            .filter_map(|event| self.events[*event].sent.who);
        let who: BTreeSet<u8> = who.filter(|who| !is_known(*who)).collect();
        count.different += i64::try_from(who.len()).expect("few of them");
        count.used.extend(events);
        count.ever.extend(events);
    }

    /// An event is to be billed, where anybody pays for it.
    fn charge(&mut self, customer: usize, meter: usize, event: usize) {
        let Some(payer) = self.payer(customer, meter) else {
            return;
        };
        let sub = &self.subs[payer];
        let Event { came, sent, .. } = &self.events[event];
        let from = sub.created.max(self.made[&meter]);
        if *came < from.max(sub.trial_end.unwrap_or(from)) {
            return;
        }
        // The period of its own time, or the one that runs where that is billed already.
        let mut start = sub.part_start();
        let mut end = sub.part_end();
        while sent.time >= end {
            (start, end) = (end, sub.part_end_from(end));
        }
        let is_here = |one: &&Pending| match start == sub.part_start() {
            true => one.start < sub.part_end(),
            false => one.start == start,
        };
        let here = sub.pending.iter().filter(|one| one.meter == meter);
        let mut here = here.filter(is_here);
        let is_known = here.any(|one| self.events[one.event].sent.who == sent.who);
        let pending = Pending {
            meter,
            plan: sub.plan,
            start,
            event,
            is_first: !is_known,
        };
        self.subs[payer].pending.push(pending);
    }

    /// Units and amount that are due at a price, and whether there is any usage.
    fn due(&self, sub: &Sub, n: usize, until: i64) -> (i128, i128, i64, bool) {
        let (meter, hundredths, cap) = PLANS[sub.plan].metered[n];
        let usage = sub.usage(meter, until);
        let consumed = self.quantity_of(meter, &usage);
        let count = self.counts.get(&(sub.customer, meter));
        let credited = count.map_or(0, |count| i128::from(count.credited) * ONE);
        let billed = (consumed - credited).max(0);
        let amount = divided(billed * i128::from(hundredths), 100 * ONE);
        let amount = i64::try_from(amount).expect("small amounts");
        let amount = amount.min(cap.unwrap_or(amount));
        (consumed, billed, amount, !usage.is_empty())
    }

    /// Step that comes for a subscription now: true where it goes on after that, and the moment until which usage is billed;
    /// none where it is paused.
    fn next(&self, n: usize, now: i64) -> Option<(bool, i64)> {
        let sub = &self.subs[n];
        match (sub.status, sub.cancels, sub.pauses) {
            (Status::Paused, ..) => Some((true, now)),
            (_, true, _) => Some((false, sub.end)),
            (_, false, Some(_)) => None,
            (_, false, None) => Some((true, sub.end)),
        }
    }

    /// Lines of the bill that is due; none: there is no bill.
    pub fn lines(&self, n: usize, now: i64) -> Vec<Line> {
        let sub = &self.subs[n];
        if sub.bills_part() {
            return self.lines_of_usage(n, sub.part_end(), true);
        }
        let Some((renews, until)) = self.next(n, now) else {
            return Vec::new();
        };
        // Each metered price has a line with a renewal.
        let each = sub.status == Status::Active && renews;
        let mut lines = self.lines_of_usage(n, until, each);
        if renews {
            let plan = sub.later.unwrap_or(sub.plan);
            lines.push(((plan, None), PLANS[plan].fixed, None));
        }
        lines
    }

    /// Takes the step at the end of a period, or of a pause.
    fn bill(&mut self, n: usize, is_paid: bool, now: i64) {
        if self.subs[n].bills_part() {
            return self.bill_part(n, is_paid, now);
        }
        let Some((renews, until)) = self.next(n, now) else {
            let sub = &mut self.subs[n];
            (sub.status, sub.resumes) = (Status::Paused, sub.pauses.take());
            return;
        };
        if !self.lines(n, now).is_empty() {
            let settles = false;
            self.subs[n].renewals.push(Renewal {
                at: now,
                settles,
                is_paid,
            });
        }
        self.begin_anew(n, until, now);
        self.note_billed(n, until);
        let sub = &mut self.subs[n];
        if !renews {
            sub.status = Status::Ended;
            return;
        }
        sub.plan = sub.later.take().unwrap_or(sub.plan);
        (sub.start, sub.end, sub.part) = (until, until + 7 * DAY, until);
        // What was used since then was used at the price of the new period.
        for one in &mut sub.pending {
            if price_of(sub.plan, one.meter).is_some() && sub.status != Status::Paused {
                one.plan = sub.plan;
            }
        }
        (sub.status, sub.resumes, sub.pauses) = (Status::Active, None, None);
    }

    /// Usage of the periods that are over is on a bill now, or on none for good.
    fn note_billed(&mut self, n: usize, until: i64) {
        let sub = &mut self.subs[n];
        let plan = sub.plan;
        let billed = sub.pending.extract_if(.., |one| one.start < until);
        for one in billed {
            let by_price = matches!(METERS[one.meter].0, Kind::Count | Kind::Sum);
            let is_billed = match by_price {
                true => one.plan == plan && price_of(plan, one.meter).is_some(),
                false => price_of(plan, one.meter).is_some(),
            };
            let place = (one.meter, one.event);
            match is_billed {
                true => assert!(self.billed.insert(place), "{place:?} is billed twice"),
                false => drop(self.dropped.insert(place)),
            }
        }
    }
}

fn number(n: usize) -> i128 {
    i128::try_from(n).expect("few of them")
}
