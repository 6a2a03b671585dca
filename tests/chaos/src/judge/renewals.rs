//! Renewals: no period is charged twice, none is skipped, and what is not paid is retried until it is void.
//!
//! The periods of a subscription are those that its webhooks tell, one after the other. Each has to follow the one before,
//! and each has to be on exactly one order.

use std::collections::HashMap;

use jiff::Timestamp;
use uuid::Uuid;

use super::Verdict;
use crate::{
    change::{State, Told},
    record::{Order, Record, Subscription},
};

/// Each subscription's periods follow each other from the one that was bought to its current one, each is billed once,
/// nothing is due any more, and nothing is left unpaid.
pub fn renewals(record: &Record, verdict: &mut Verdict) {
    let mut orders: HashMap<Uuid, Vec<&Order>> = HashMap::new();
    for order in &record.orders {
        match order.subscription {
            Some(subscription) => orders.entry(subscription).or_default().push(order),
            None if order.is_renewal() || order.is_of_change() => {
                verdict.broken(format!("renewal {} has no subscription", order.id));
            }
            None => {}
        }
    }
    let mut told: HashMap<Uuid, Vec<&Told>> = HashMap::new();
    for one in &record.told {
        told.entry(one.subscription).or_default().push(one);
    }
    let mut cycled: HashMap<Uuid, usize> = HashMap::new();
    for entry in &record.journal {
        if entry.kind == "subscription.cycled" {
            *cycled.entry(entry.subject).or_default() += 1;
        }
    }
    let mut statuses: HashMap<&str, usize> = HashMap::new();
    let (mut most, mut restarts, mut resumed) = (0, 0, 0);
    for subscription in &record.subscriptions {
        let id = subscription.id;
        *statuses.entry(&subscription.state.status).or_default() += 1;
        let orders = orders.remove(&id).unwrap_or_default();
        let told = told.remove(&id).unwrap_or_default();
        let moves = Moves::of(record, id);
        let periods = periods(subscription, &told, &moves, verdict);
        billed(subscription, &periods, &orders, &moves, verdict);
        current(record, subscription, &told, &moves, verdict);
        unpaid(subscription, &orders, verdict);
        let count = |begins: Begins| periods.iter().filter(|one| one.begins == begins).count();
        let cycles = count(Begins::Cycle);
        let told = cycled.get(&id).copied().unwrap_or(0);
        if told != cycles {
            verdict.broken(format!(
                "subscription {id} has {cycles} renewals and was told to be renewed {told} times"
            ));
        }
        most = most.max(cycles);
        restarts += count(Begins::Change);
        resumed += count(Begins::Resumption);
    }
    for id in orders.keys() {
        verdict.broken(format!("subscription {id} has orders and is not there"));
    }
    let all = record.orders.iter().filter(|order| order.is_renewal());
    let void = all.clone().filter(|order| order.status == "void").count();
    let mut statuses: Vec<_> = statuses.into_iter().collect();
    statuses.sort_unstable();
    for (status, number) in statuses {
        verdict.count(format!("subscriptions that are {status}"), number);
    }
    verdict.count("renewals", all.count());
    verdict.count("  of them void", void);
    verdict.count("  most of one subscription", most);
    verdict.count("periods that began with a change", restarts);
    verdict.count("periods that began with a resumption", resumed);
}

/// Number of periods of a subscription that changes began.
pub fn begun_by_changes(record: &Record, subscription: &Subscription, told: &[&Told]) -> usize {
    let moves = Moves::of(record, subscription.id);
    let all = periods(subscription, told, &moves, &mut Verdict::default());
    let begun = all.iter().filter(|one| one.begins == Begins::Change);
    begun.count()
}

/// The periods of one subscription that were moved into the past.
struct Moves {
    to: HashMap<Timestamp, Timestamp>,
    from: HashMap<Timestamp, Timestamp>,
}

impl Moves {
    fn of(record: &Record, subscription: Uuid) -> Self {
        let own = record.moved.iter();
        let own = own.filter(|one| one.subscription == subscription);
        Self {
            to: own.clone().map(|one| (one.from, one.to)).collect(),
            from: own.map(|one| (one.to, one.from)).collect(),
        }
    }

    /// Where a period ended before it was moved: its name, however often it was.
    fn origin(&self, mut end: Timestamp) -> Timestamp {
        // A move goes back in time, so each step leads on.
        while let Some(before) = self.from.get(&end).filter(|before| **before > end) {
            end = *before;
        }
        end
    }

    /// Where a period ends after all moves.
    fn now(&self, mut end: Timestamp) -> Timestamp {
        while let Some(after) = self.to.get(&end).filter(|after| **after < end) {
            end = *after;
        }
        end
    }
}

/// Ways in which a period begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Begins {
    /// It was bought.
    Purchase,
    /// The one before was over, or the trial.
    Cycle,
    /// A pause was over.
    Resumption,
    /// A change began it.
    Change,
    /// It is a trial whose end was moved.
    Trial,
}

struct Period {
    begins: Begins,
    start: Timestamp,
    end: Timestamp,
}

/// The periods that were told of, each of which has to follow the one before.
fn periods(
    subscription: &Subscription,
    told: &[&Told],
    moves: &Moves,
    verdict: &mut Verdict,
) -> Vec<Period> {
    let id = subscription.id;
    let mut all: Vec<Period> = Vec::new();
    let mut last: Option<&State> = None;
    for one in told {
        let state = &one.state;
        let begins = last.map(|last| (last, begins(last, state, moves)));
        match begins {
            None => all.push(period(Begins::Purchase, state)),
            Some((_, Ok(None))) => {}
            Some((_, Ok(Some(begins)))) => all.push(period(begins, state)),
            Some((last, Err(words))) => {
                verdict.broken(format!(
                    "the period of subscription {id} from {} to {} {words} {}",
                    state.start,
                    state.end,
                    moves.now(last.end)
                ));
                all.push(period(Begins::Cycle, state));
            }
        }
        last = Some(state);
    }
    all
}

fn period(begins: Begins, state: &State) -> Period {
    Period {
        begins,
        start: state.start,
        end: state.end,
    }
}

/// Way in which the period of a state begins after another; none where it is the same. What is wrong with it where it
/// does not follow.
fn begins(last: &State, now: &State, moves: &Moves) -> Result<Option<Begins>, &'static str> {
    let over = moves.now(last.end);
    match () {
        () if moves.origin(last.end) == moves.origin(now.end) => Ok(None),
        () if last.status == "trialing" && now.status == "trialing" => Ok(Some(Begins::Trial)),
        () if last.status == "paused" && now.start >= over => Ok(Some(Begins::Resumption)),
        () if moves.origin(now.start) == moves.origin(last.end) => Ok(Some(Begins::Cycle)),
        () if now.start > over => Err("leaves out the time from"),
        // A trial that ends early ends as any other.
        () if last.status == "trialing" => Ok(Some(Begins::Cycle)),
        () if now.start > last.start => Ok(Some(Begins::Change)),
        () => Err("is charged for again, before"),
    }
}

/// Each period is on exactly one order, and each whole line of a renewal is for a period.
fn billed(
    subscription: &Subscription,
    periods: &[Period],
    orders: &[&Order],
    moves: &Moves,
    verdict: &mut Verdict,
) {
    let id = subscription.id;
    let mut whole: Vec<(Timestamp, Timestamp)> = Vec::new();
    for order in orders.iter().filter(|order| order.is_renewal()) {
        for line in order.lines.iter().filter(|line| !line.proration) {
            match line.period {
                Some(period) => whole.push(period),
                None => verdict.broken(format!("renewal {} is for no period", order.id)),
            }
        }
    }
    let begun = |period: &Period| {
        let of_changes = orders.iter().filter(|order| order.is_of_change());
        let lines = of_changes.flat_map(|order| &order.lines);
        let own =
            lines.filter(|line| line.amount > 0 && line.period == Some((period.start, period.end)));
        own.count()
    };
    let mut matched = 0;
    for period in periods {
        let renewed = whole
            .iter()
            .filter(|(_, end)| moves.origin(*end) == moves.origin(period.end));
        let renewed = renewed.count();
        matched += renewed;
        let (times, due) = match period.begins {
            Begins::Purchase | Begins::Trial => (renewed, 0),
            Begins::Cycle | Begins::Resumption => (renewed, 1),
            Begins::Change => (renewed + begun(period), 1),
        };
        if times != due {
            verdict.broken(format!(
                "the period of subscription {id} from {} to {} ({:?}) is billed {times} times instead of {due}",
                period.start, period.end, period.begins
            ));
        }
    }
    if whole.len() > matched {
        verdict.broken(format!(
            "subscription {id} is billed for {} periods that it never had",
            whole.len() - matched
        ));
    }
}

/// The row is as it was told of last, and nothing is due.
fn current(
    record: &Record,
    subscription: &Subscription,
    told: &[&Told],
    moves: &Moves,
    verdict: &mut Verdict,
) {
    let (id, state) = (subscription.id, &subscription.state);
    if let Some(last) = told.last() {
        let is_same = last.state.plan == state.plan
            && last.state.status == state.status
            && moves.origin(last.state.end) == moves.origin(state.end);
        if !is_same {
            verdict.broken(format!(
                "subscription {id} was told of last as {:?} by {}, and is {state:?}",
                last.state, last.kind
            ));
        }
    }
    let is_paused = state.status == "paused";
    if !subscription.ended && !is_paused && state.end <= record.read_at {
        verdict.broken(format!(
            "subscription {id} has ended its period at {} and was not renewed",
            state.end
        ));
    }
}

/// Orders that were not paid are void, and their subscriptions have ended.
fn unpaid(subscription: &Subscription, orders: &[&Order], verdict: &mut Verdict) {
    for order in orders {
        let is_void = order.status == "void" && subscription.ended;
        let is_due = order.is_renewal() || order.is_of_change();
        if is_due && !order.is_paid() && !is_void {
            verdict.broken(format!(
                "renewal {} of the {} subscription {} is {}",
                order.id, subscription.state.status, subscription.id, order.status
            ));
        }
    }
}
