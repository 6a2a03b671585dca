//! Usage of customers to which everything happens in random order: events come in late, twice, and of customers who appear
//! later; meters count them turn by turn; subscriptions bill them, change, pause and end; credits are given, and roll over.
//! Two servers decide from the same rows at once, and one dies between deciding and writing. Beside it an independent
//! model with plain lists of events, which works everything out anew after each turn.

mod figures;
mod oracle;
mod shop;
mod till;

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use till_wire::usage::TimeInterval;
use uuid::Uuid;

use self::{
    figures::Figures,
    oracle::{Oracle, Status},
    shop::{LATE, METERS, PLANS, customer_id, meter, meter_id, moment, price_id},
    till::Till,
};
use super::quantities::{Known, period, quantities};
use crate::kernel::changes::Changes;

const CUSTOMERS: usize = 5;
const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
/// 31 January 2026, 00:00 UTC.
const BEGIN: i64 = 1_769_817_600;
/// Subscriptions of a customer, ended ones too.
const MOST: usize = 4;

/// Name by which an event gives its customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Id(usize),
    External(usize),
    Nobody,
}

/// Event as it is sent.
#[derive(Debug, Clone)]
struct Sent {
    /// A number of its own, which every copy has.
    tag: usize,
    external: Option<usize>,
    name: &'static str,
    time: i64,
    by: By,
    quarters: Option<i64>,
    who: Option<u8>,
    /// True where `who` is a text, and so is the number that is none.
    is_text: bool,
}

/// Something that is decided on rows.
#[derive(Debug, Clone)]
enum Act {
    Ingest(Vec<Sent>),
    Appear(usize),
    Make(usize),
    Seal,
    /// A meter counts the next turn, or all.
    Count(usize, bool),
    Bind(usize),
    Start(usize, usize),
    Bill(usize),
    Sync(usize),
    Pay(usize),
    Change(usize, Change),
}

impl Act {
    /// The same once more; of events those that are told from others by an ID.
    fn again(&self) -> Self {
        let mut again = self.clone();
        if let Self::Ingest(sent) = &mut again {
            sent.retain(|one| one.external.is_some());
        }
        again
    }
}

/// Change of a subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Cancel,
    /// A pause from the period's end on, of so many days.
    Pause(i64),
    /// To a plan with the next period.
    Later(usize),
    /// To a plan at once.
    Now(usize),
    /// The end at once.
    Revoke,
}

/// Act that was done, once it is written.
#[derive(Debug, Clone)]
enum Done {
    Ingested(Vec<Sent>),
    Appeared(usize),
    Made(usize),
    Sealed {
        tags: Vec<usize>,
        known: Vec<usize>,
    },
    Counted {
        meter: usize,
        to: i64,
    },
    Bound {
        customer: usize,
        tags: Vec<usize>,
    },
    Started {
        id: Uuid,
        customer: usize,
        plan: usize,
    },
    Billed {
        sub: usize,
        lines: Option<Vec<Line>>,
        is_paid: bool,
    },
    Synced(usize),
    Paid(usize),
    Changed(usize, Change),
    /// The change, and the order of what was used until then.
    Settled {
        sub: usize,
        change: Change,
        lines: Option<Vec<Line>>,
        is_paid: bool,
    },
}

/// Price of a line of a bill, its amount, and its units.
type Line = (Uuid, i64, Option<String>);

struct World {
    chance: StdRng,
    till: Till,
    oracle: Oracle,
    now: i64,
    /// Names of events so far.
    tags: usize,
    sent: Vec<Sent>,
    appeared: Vec<usize>,
    figures: Figures,
    place: String,
}

impl World {
    fn new(seed: u64) -> Self {
        let mut oracle = Oracle::default();
        let early = (0..METERS.len()).filter(|n| *n != LATE);
        oracle.made.extend(early.map(|n| (n, BEGIN)));
        let mut world = Self {
            chance: StdRng::seed_from_u64(seed),
            till: Till::new(seed, BEGIN),
            oracle,
            now: BEGIN,
            tags: 0,
            sent: Vec::new(),
            appeared: Vec::new(),
            figures: Figures::default(),
            place: format!("seed {seed}"),
        };
        world.act(&Act::Appear(0));
        world.act(&Act::Appear(1));
        world
    }

    fn decide(&self, act: &Act) -> Option<(Changes, Done)> {
        self.till.decide(act, self.now)
    }

    /// Decides and writes.
    fn act(&mut self, act: &Act) {
        if let Some((changes, done)) = self.decide(act) {
            let refused = self.till.commit(changes).err();
            assert_eq!(refused, None, "{}: {act:?}", self.place);
            self.note(&done);
            let told = follow(&mut self.oracle, &done, self.now);
            assert_eq!(told, Ok(()), "{}: {act:?}", self.place);
        }
    }

    fn note(&mut self, done: &Done) {
        match done {
            Done::Started { id, .. } => self.till.subs.push(*id),
            Done::Appeared(customer) => self.appeared.push(*customer),
            Done::Billed { lines: Some(_), .. } => self.figures.bills += 1,
            Done::Settled { lines: Some(_), .. } => self.figures.settled += 1,
            _ => {}
        }
    }

    /// Two servers decide from the same rows: what is refused is decided again, and what is not is as if the one had been
    /// decided after the other, whichever came first.
    fn race(&mut self, one: &Act, two: &Act) {
        if matches!(two, Act::Appear(_) | Act::Make(_)) {
            self.act(one);
            return self.act(two);
        }
        let (Some((changes, first)), Some((rivals, second))) = (self.decide(one), self.decide(two))
        else {
            self.act(one);
            return self.act(two);
        };
        let before = self.oracle.clone();
        let refused = self.till.commit(changes).err();
        assert_eq!(refused, None, "{}: {one:?}", self.place);
        self.note(&first);
        let told = follow(&mut self.oracle, &first, self.now);
        assert_eq!(told, Ok(()), "{}: {one:?}", self.place);
        if self.till.commit(rivals).is_err() {
            self.figures.refused += 1;
            return self.act(two);
        }
        let is_same = match (one, two) {
            (Act::Seal, Act::Seal) => true,
            (Act::Count(one, _), Act::Count(two, _)) => one == two,
            (Act::Bill(one), Act::Bill(two)) => one == two,
            _ => false,
        };
        assert!(!is_same, "{}: {one:?} was done twice", self.place);
        self.note(&second);
        // What a subscription gives is looked at again after each bill: only then need the two of one moment be as if the one
        // had come after the other.
        let customer = |sub: &usize| self.oracle.subs[*sub].customer;
        let again = match (one, two) {
            (Act::Bill(bill), Act::Sync(sync)) | (Act::Sync(sync), Act::Bill(bill))
                if customer(bill) == customer(sync) =>
            {
                self.decide(&Act::Sync(*bill))
            }
            _ => None,
        };
        let again = again.map(|(changes, done)| {
            let refused = self.till.commit(changes).err();
            assert_eq!(refused, None, "{}: after {one:?} and {two:?}", self.place);
            self.figures.looked_at_again += 1;
            done
        });
        let orders = [
            (self.oracle.clone(), vec![&second]),
            (before, vec![&second, &first]),
        ];
        for (mut oracle, done) in orders {
            let now = self.now;
            let mut all = done.into_iter().chain(&again);
            if all.all(|done| follow(&mut oracle, done, now).is_ok()) && self.agrees(&oracle) {
                self.oracle = oracle;
                return;
            }
        }
        panic!(
            "{}: {first:?} and {second:?} are as in no order",
            self.place
        );
    }

    /// True where the rows are as the model says.
    fn agrees(&self, oracle: &Oracle) -> bool {
        self.till.shown() == oracle.shown() && self.till.noted() == self.noted(oracle)
    }

    /// Number of events that are noted to be billed.
    fn noted(&self, oracle: &Oracle) -> BTreeMap<(Uuid, Uuid, Uuid), i64> {
        let noted = oracle.noted().into_iter();
        let noted = noted.map(|((sub, meter, plan), events)| {
            let mut metered = PLANS[plan].metered.iter();
            let price = metered.position(|(of, ..)| *of == meter);
            let price = price_id(plan, Some(price.expect("a price of the plan")));
            ((self.till.subs[sub], meter_id(meter), price), events)
        });
        noted.collect()
    }

    fn some(&mut self, below: usize) -> usize {
        self.chance.random_range(0..below)
    }

    fn events(&mut self) -> Vec<Sent> {
        let number = 1 + self.some(6);
        let mut events = Vec::new();
        for _ in 0..number {
            // A program that got no answer sends it again, and another one something else under the same name.
            if !self.sent.is_empty() && self.chance.random_bool(0.15) {
                let again = self.some(self.sent.len());
                let again = self.sent[again].clone();
                events.push(again);
                continue;
            }
            self.tags += 1;
            let late = match self.some(10) {
                0..6 => self.some(600),
                6..9 => self.some(3 * 86_400),
                _ => self.some(20 * 86_400),
            };
            let customer = self.some(CUSTOMERS);
            let is_there = self.appeared.contains(&customer);
            let event = Sent {
                tag: self.tags,
                external: self.chance.random_bool(0.7).then_some(self.tags),
                name: if self.chance.random_bool(0.8) {
                    "call"
                } else {
                    "other"
                },
                time: self.now - i64::try_from(late).expect("a few days"),
                by: match self.some(10) {
                    0 => By::Nobody,
                    1..6 if is_there => By::Id(customer),
                    _ => By::External(customer),
                },
                quarters: self
                    .chance
                    .random_bool(0.8)
                    .then(|| self.chance.random_range(-6..30)),
                who: self
                    .chance
                    .random_bool(0.8)
                    .then(|| self.chance.random_range(0..5)),
                is_text: self.chance.random_bool(0.5),
            };
            if event.external.is_some() {
                self.sent.push(event.clone());
            }
            events.push(event);
        }
        events
    }

    /// Something that may happen now.
    fn any(&mut self) -> Act {
        let subs = self.till.subs.len();
        match self.some(100) {
            0..30 => Act::Ingest(self.events()),
            30..45 => Act::Seal,
            45..65 => Act::Count(self.some(METERS.len()), self.chance.random_bool(0.5)),
            65..68 => self.newcomer(),
            68..72 => match self.appeared.len() {
                0 => Act::Seal,
                number => Act::Bind(self.appeared[self.chance.random_range(0..number)]),
            },
            72..78 => self.start(),
            _ if subs == 0 => self.start(),
            78..84 => Act::Bill(self.some(subs)),
            84..91 => Act::Sync(self.some(subs)),
            91..95 => Act::Pay(self.some(subs)),
            _ => {
                let change = match self.some(12) {
                    0 => Change::Cancel,
                    1..3 => Change::Pause(self.chance.random_range(1..10)),
                    3..6 => Change::Later(self.plan()),
                    6..10 => Change::Now(self.plan()),
                    _ => Change::Revoke,
                };
                let settled = (0..subs).find(|sub| self.oracle.settles(*sub, change));
                let settled = settled.filter(|_| self.chance.random_bool(0.3));
                let sub = settled.unwrap_or_else(|| self.some(subs));
                if self.oracle.settles(sub, change) && self.chance.random_bool(0.8) {
                    self.catch_up();
                }
                Act::Change(sub, change)
            }
        }
    }

    fn newcomer(&mut self) -> Act {
        let next = (0..CUSTOMERS).find(|n| !self.appeared.contains(n));
        let late = (!self.oracle.made.contains_key(&LATE)).then_some(Act::Make(LATE));
        let next = next.map(Act::Appear);
        match self.chance.random_bool(0.5) {
            true => next.or(late),
            false => late.or(next),
        }
        .unwrap_or(Act::Seal)
    }

    /// A plan whose meters are there.
    fn plan(&mut self) -> usize {
        let plan = self.some(PLANS.len());
        let metered = PLANS[plan].metered.iter().map(|(meter, ..)| *meter);
        let mut meters = metered.chain(PLANS[plan].credits.iter().map(|(meter, ..)| *meter));
        let is_late = meters.any(|meter| meter == LATE);
        let is_there = self.oracle.made.contains_key(&LATE);
        if is_late && !is_there { 0 } else { plan }
    }

    fn start(&mut self) -> Act {
        let customer = self.appeared[self.chance.random_range(0..self.appeared.len())];
        let theirs = self
            .oracle
            .subs
            .iter()
            .filter(|sub| sub.customer == customer);
        let own = theirs.count();
        let plan = self.plan();
        match own < MOST {
            true => Act::Start(customer, plan),
            false => Act::Seal,
        }
    }

    /// Everything that came in is counted, by all meters or by some.
    fn catch_up(&mut self) {
        self.act(&Act::Seal);
        for meter in 0..METERS.len() {
            self.act(&Act::Count(meter, true));
        }
    }

    fn turn(&mut self) {
        self.now += match self.some(4) {
            0 => self.chance.random_range(60..HOUR),
            1 | 2 => self.chance.random_range(HOUR..DAY),
            _ => self.chance.random_range(DAY..3 * DAY),
        };
        for _ in 0..=self.some(5) {
            let act = self.any();
            match self.some(10) {
                // A server dies before it has written anything.
                0 => {
                    let lost = self.decide(&act);
                    self.figures.lost += usize::from(lost.is_some());
                }
                1..4 => {
                    let same = self.chance.random_bool(0.3);
                    let other = if same { act.again() } else { self.any() };
                    self.race(&act, &other);
                }
                _ => self.act(&act),
            }
        }
        for n in 0..self.till.subs.len() {
            let is_due = self.oracle.subs[n].is_due(self.now);
            if is_due && self.chance.random_bool(0.8) {
                if self.till.waits(n) {
                    self.catch_up();
                }
                let meter = self.some(METERS.len());
                match self.some(6) {
                    0 => self.race(&Act::Bill(n), &Act::Bill(n)),
                    1 => self.race(&Act::Bill(n), &Act::Count(meter, true)),
                    2 => self.race(&Act::Count(meter, true), &Act::Bill(n)),
                    3 => self.race(&Act::Bill(n), &Act::Sync(n)),
                    4 => self.race(&Act::Sync(n), &Act::Bill(n)),
                    _ => self.act(&Act::Bill(n)),
                }
            }
        }
    }

    fn check(&mut self) {
        let place = &self.place.clone();
        let (shown, wanted) = (self.till.shown(), self.oracle.shown());
        for (place_of, is) in &shown {
            let wanted = wanted.get(place_of);
            assert_eq!(Some(is), wanted, "{place}: customer and meter {place_of:?}");
        }
        assert_eq!(shown.len(), wanted.len(), "{place}: meters");
        for n in 0..self.till.subs.len() {
            if self.oracle.subs[n].status == Status::Ended && self.chance.random_bool(0.9) {
                continue;
            }
            let (shown, wanted) = (self.till.due(n), self.oracle.shown_due(n));
            assert_eq!(shown, wanted, "{place}: usage of subscription {n}");
        }
        assert_eq!(
            self.till.noted(),
            self.noted(&self.oracle),
            "{place}: usage that is to be billed"
        );
    }

    /// Days of a meter, as the API tells them.
    fn check_days(&mut self) {
        let number = self.some(METERS.len());
        let customer = self.chance.random_bool(0.5).then(|| self.some(CUSTOMERS));
        if !self.oracle.made.contains_key(&number) {
            return;
        }
        let days = self.chance.random_range(1..12);
        let from = (self.now / DAY - days + 1) * DAY;
        let (start, end) = (moment(from), moment(from + days * DAY - 1));
        let days_of = period(start, end, TimeInterval::Day, &TimeZone::UTC).expect("few days");
        let known = self.till.known_quantities(number);
        let customers: Vec<Uuid> = customer.map(customer_id).into_iter().collect();
        let aggregation = &meter(number, BEGIN).aggregation.0;
        let told = quantities(aggregation, &days_of, known, &customers, None);
        let each: Vec<f64> = told.quantities.iter().map(|one| one.quantity).collect();
        let wanted = self.oracle.quantities(number, customer, (from, days));
        assert_eq!(
            (each, told.total),
            wanted,
            "{}: days of meter {number}, of {customer:?}",
            self.place
        );
    }

    /// All that came in is counted and bound, and each subscription ends with its period.
    fn close(&mut self) {
        for _ in 0..2 {
            self.catch_up();
            for customer in self.appeared.clone() {
                self.act(&Act::Bind(customer));
                assert!(self.till.is_bound(customer), "{}", self.place);
            }
        }
        for n in 0..self.till.subs.len() {
            self.act(&Act::Change(n, Change::Cancel));
        }
        for day in 0..60 {
            self.now += DAY;
            for n in 0..self.till.subs.len() {
                if self.oracle.subs[n].is_due(self.now) {
                    self.act(&Act::Bill(n));
                    self.act(&Act::Change(n, Change::Cancel));
                }
            }
            if day % 10 == 0 {
                self.check();
            }
        }
        for sub in &self.oracle.subs {
            assert_eq!(sub.status, Status::Ended, "{}", self.place);
        }
    }
}

/// Lines of a bill; none where there is no bill.
type Bill = Option<Vec<Line>>;

/// Has the model follow; what is on a bill and what ought to be, where that is something else.
fn follow(oracle: &mut Oracle, done: &Done, now: i64) -> Result<(), (Bill, Bill)> {
    let due = match done {
        Done::Billed { sub, lines, .. } => Some((oracle.lines(*sub, now), lines)),
        Done::Settled { sub, lines, .. } => Some((oracle.lines_until_now(*sub), lines)),
        _ => None,
    };
    if let Some((wanted, lines)) = due {
        let wanted = wanted.into_iter().map(|((plan, metered), amount, units)| {
            let units = units.map(|units| units.to_string());
            (price_id(plan, metered), amount, units)
        });
        let wanted = sorted(wanted.collect());
        let wanted = Some(wanted).filter(|lines| !lines.is_empty());
        let told = lines.clone().map(sorted);
        if told != wanted {
            return Err((told, wanted));
        }
    }
    oracle.follow(done, now);
    Ok(())
}

fn sorted(mut lines: Vec<Line>) -> Vec<Line> {
    lines.sort_unstable_by_key(|line| line.0);
    lines
}

/// Some months of a shop.
fn live(seed: u64, turns: usize) -> Figures {
    let mut world = World::new(seed);
    for turn in 0..turns {
        world.place = format!("seed {seed}, turn {turn}");
        world.turn();
        world.check();
        world.check_days();
    }
    world.close();
    // Only what is noted for a subscription that ended at once is on no bill; the rest is on one, or its price was gone.
    let twice = world.oracle.billed.intersection(&world.oracle.dropped);
    assert_eq!(twice.count(), 0, "{}", world.place);
    world.figures.billed = world.oracle.billed.len();
    world.figures
}

#[test]
fn each_event_counts_once_and_is_billed_once() {
    let mut all = Figures::default();
    let long = (0..8).map(|seed| (seed, 150));
    let short = (8..32).map(|seed| (seed, 50));
    for (seed, turns) in long.chain(short) {
        all += live(seed, turns);
    }
    assert!(all.billed > 5_000 && all.bills > 800, "{all:?}");
    assert!(
        all.refused > 300 && all.lost > 100 && all.settled > 20,
        "{all:?}"
    );
    assert!(all.looked_at_again > 30, "{all:?}");
}
