//! Letters: one for each cause and person, sent at least once, and a copy only where an interruption explains it.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    ops::RangeInclusive,
};

use till_core::mail::MOST_TO_ONE;
use uuid::Uuid;

use super::{Verdict, between};
use crate::{
    change::Told,
    record::{Arrival, Letter, Mailed, Order, Record, Subscription, Taken},
};

/// The kinds of letters that name the order that they are about.
const OF_ORDERS: [&str; 4] = [
    "order_confirmation",
    "subscription_confirmation",
    "subscription_cycled",
    SALE,
];
const SALE: &str = "sale";
const ENDED: &str = "subscription.revoked";

/// Key by which letters are counted: kind, customer, and the order where the kind names one.
type Cause = (&'static str, Uuid, Option<Uuid>);

/// Everything about letters; nothing where no mail was sent.
pub fn letters(record: &Record, verdict: &mut Verdict) {
    if let Some(mail) = &record.mail {
        written(record, mail, verdict);
        sent(record, mail, verdict);
    }
}

/// Each cause has its letter to each person once, and no letter is without a cause.
fn written(record: &Record, mail: &Mailed, verdict: &mut Verdict) {
    let due = due(record, mail);
    let mut written: HashMap<Cause, usize> = HashMap::new();
    for letter in &mail.letters {
        match cause_of(letter) {
            Some(cause) => *written.entry(cause).or_default() += 1,
            None => verdict.broken(format!(
                "letter {} of kind {} has no cause",
                letter.id, letter.kind
            )),
        }
        let is_for_team = mail.people.contains(&letter.recipient);
        if is_for_team != [SALE, "dispute_opened"].contains(&letter.kind.as_str()) {
            verdict.broken(format!(
                "letter {} of kind {} is for {}",
                letter.id, letter.kind, letter.recipient
            ));
        }
    }
    let causes: BTreeSet<Cause> = due.keys().chain(written.keys()).copied().collect();
    for cause in causes {
        let due = due.get(&cause).cloned().unwrap_or(0..=0);
        let count = written.get(&cause).copied().unwrap_or(0);
        if !due.contains(&count) {
            let (kind, customer, order) = cause;
            let about = order.map(|order| format!(", order {order}"));
            verdict.broken(format!(
                "{kind} of customer {customer}{} was written {count} times instead of {}",
                about.unwrap_or_default(),
                between(&due)
            ));
        }
    }
    verdict.count("letters", mail.letters.len());
}

fn cause_of(letter: &Letter) -> Option<Cause> {
    // Whether a period was the first after a trial is not judged.
    let kind = match letter.kind.as_str() {
        "order_confirmation" => "order_confirmation",
        "subscription_confirmation" => "subscription_confirmation",
        "subscription_cycled" | "subscription_cycled_after_trial" => "subscription_cycled",
        "subscription_past_due" => "subscription_past_due",
        "subscription_cancellation" => "subscription_cancellation",
        "subscription_uncanceled" => "subscription_uncanceled",
        "subscription_revoked" => "subscription_revoked",
        "subscription_paused" => "subscription_paused",
        "subscription_resumed" => "subscription_resumed",
        "subscription_updated" => "subscription_updated",
        "dispute_opened" => "dispute_opened",
        "sale" => SALE,
        _ => return None,
    };
    let order = letter.order.filter(|_| OF_ORDERS.contains(&kind));
    Some((kind, letter.customer?, order))
}

/// The number of letters of each cause: at least those that nothing could make out of date, at most all.
fn due(record: &Record, mail: &Mailed) -> HashMap<Cause, RangeInclusive<usize>> {
    let mut due: HashMap<Cause, RangeInclusive<usize>> = HashMap::new();
    let mut more = |cause: Cause, number: usize, is_sure: bool| {
        let all = due.entry(cause).or_insert(0..=0);
        let least = if is_sure { number } else { 0 };
        *all = all.start() + least..=all.end() + number;
    };
    let mut customers: HashMap<Uuid, Uuid> = HashMap::new();
    let orders: HashMap<Uuid, &Order> = record.orders.iter().map(|o| (o.id, o)).collect();
    for order in &record.orders {
        if let Some(subscription) = order.subscription {
            customers.insert(subscription, order.customer);
        }
        if let Some(kind) = confirmation(order).filter(|_| order.is_paid()) {
            more((kind, order.customer, Some(order.id)), 1, true);
        }
        if is_sale(order) {
            let cause = (SALE, order.customer, Some(order.id));
            more(cause, mail.people.len(), true);
        }
    }
    for dispute in &record.disputes {
        let is_open = ["early_warning", "needs_response", "under_review"];
        let is_open = is_open.contains(&dispute.status.as_str());
        if let Some(order) = orders.get(&dispute.order) {
            let cause = ("dispute_opened", order.customer, None);
            more(cause, mail.people.len(), is_open);
        }
    }
    let mut stories: HashMap<Uuid, Vec<&str>> = HashMap::new();
    for entry in &record.journal {
        stories.entry(entry.subject).or_default().push(&entry.kind);
    }
    for subscription in &record.subscriptions {
        let Some(customer) = customers.get(&subscription.id) else {
            continue;
        };
        let story = stories.remove(&subscription.id).unwrap_or_default();
        for (kind, is_sure) in of_story(&story) {
            more((kind, *customer, None), 1, is_sure);
        }
        let changed = others(record, subscription);
        let cause = ("subscription_updated", *customer, None);
        more(cause, changed, !subscription.ended);
    }
    due
}

/// The letter to the customer that a paid order asks for.
fn confirmation(order: &Order) -> Option<&'static str> {
    match (order.reason.as_str(), order.subscription) {
        (_, None) => Some("order_confirmation"),
        ("subscription_create", _) => Some("subscription_confirmation"),
        ("subscription_update", _) => order.checkout.map(|_| "subscription_confirmation"),
        ("subscription_meter_cycle", _) => (order.total > 0).then_some("order_confirmation"),
        _ => (order.total > 0).then_some("subscription_cycled"),
    }
}

fn is_sale(order: &Order) -> bool {
    let is_new = ["purchase", "subscription_create"].contains(&order.reason.as_str());
    order.is_paid() && order.total > 0 && (is_new || order.checkout.is_some())
}

/// The letters that a subscription's events ask for, each with whether nothing later could have made it out of date.
fn of_story(story: &[&str]) -> Vec<(&'static str, bool)> {
    let mut letters = Vec::new();
    let has_ended = story.contains(&ENDED);
    for (n, event) in story.iter().enumerate() {
        let (kind, undone_by): (_, &[&str]) = match *event {
            "subscription.canceled" => ("subscription_cancellation", &["subscription.uncanceled"]),
            "subscription.uncanceled" => ("subscription_uncanceled", &["subscription.canceled"]),
            "subscription.past_due" => (
                "subscription_past_due",
                &["subscription.active", "subscription.resumed"],
            ),
            "subscription.paused" => ("subscription_paused", &[]),
            "subscription.resumed" => ("subscription_resumed", &[]),
            ENDED => ("subscription_revoked", &[]),
            _ => continue,
        };
        let is_undone = story[n..].iter().any(|later| undone_by.contains(later));
        let is_over = has_ended && *event != ENDED;
        letters.push((kind, !is_undone && !is_over));
    }
    letters
}

/// Number of times that a subscription got another product or another number of seats.
fn others(record: &Record, subscription: &Subscription) -> usize {
    let own = |told: &&Told| told.subscription == subscription.id;
    let told: Vec<&Told> = record.told.iter().filter(own).collect();
    let sold = |told: &Told| (told.state.plan.product, told.state.plan.seats);
    let differ = |pair: &&[&Told]| sold(pair[0]) != sold(pair[1]);
    told.windows(2).filter(differ).count()
}

/// Each letter that is to be sent arrived, no other did, and copies are explained.
fn sent(record: &Record, mail: &Mailed, verdict: &mut Verdict) {
    let known: HashMap<Uuid, &Letter> = mail.letters.iter().map(|one| (one.id, one)).collect();
    let mut arrived: HashMap<Uuid, Vec<&Arrival>> = HashMap::new();
    let (mut refused, mut cut, mut copies, mut kept) = (0, 0, 0, 0);
    for arrival in &mail.arrivals {
        refused += usize::from(arrival.taken == Taken::Refused);
        cut += usize::from(arrival.taken == Taken::Cut);
        let Some(letter) = arrival.letter.and_then(|id| known.get(&id)) else {
            verdict.broken(format!("{} arrived and was never written", arrival.name));
            continue;
        };
        if arrival.recipient != letter.recipient {
            verdict.broken(format!(
                "letter {} for {} was sent to {}",
                letter.id, letter.recipient, arrival.recipient
            ));
        }
        arrived.entry(letter.id).or_default().push(arrival);
    }
    let mut to_one: HashMap<&str, i64> = HashMap::new();
    for letter in mail.letters.iter().filter(|one| one.state != "kept") {
        *to_one.entry(&letter.recipient).or_default() += 1;
    }
    for letter in &mail.letters {
        let id = letter.id;
        let own = arrived.remove(&id).unwrap_or_default();
        let is_taken = |one: &&Arrival| one.taken != Taken::Refused;
        let taken: Vec<&Arrival> = own.iter().copied().filter(is_taken).collect();
        match letter.state.as_str() {
            "sent" if taken.is_empty() => {
                verdict.broken(format!("letter {id} is sent and never arrived"));
            }
            "sent" => {}
            "kept" if !own.is_empty() => {
                verdict.broken(format!("letter {id} is kept and was sent"));
            }
            "kept" => {
                kept += 1;
                let others = to_one.get(letter.recipient.as_str()).copied();
                if others.unwrap_or(0) < MOST_TO_ONE {
                    verdict.broken(format!("letter {id} was kept: {:?}", letter.reason));
                }
            }
            state => verdict.broken(format!("letter {id} is {state}: {:?}", letter.reason)),
        }
        for pair in taken.windows(2) {
            copies += 1;
            let is_lost = mail.unrecorded.contains(&id);
            copied(record, is_lost, pair[0], pair[1], verdict);
        }
        let names: HashSet<&String> = own.iter().map(|one| &one.name).collect();
        if names.len() > 1 {
            verdict.broken(format!("letter {id} was sent under two names"));
        }
    }
    verdict.count("  of them kept, too many to one address", kept);
    verdict.count("letters that came to the mail server", mail.arrivals.len());
    verdict.count("  of them refused for now", refused);
    verdict.count("  of them taken without an answer", cut);
    verdict.count("  of them again, under the same name", copies);
}

/// A letter comes once more, the same, only where nobody was told that it had been taken, or nobody could write it down.
fn copied(record: &Record, is_lost: bool, first: &Arrival, again: &Arrival, verdict: &mut Verdict) {
    if first.subject != again.subject {
        verdict.broken(format!("{} was sent with two subjects", first.name));
    }
    let mut interruptions = record.interruptions.iter();
    let is_explained = is_lost
        || first.taken == Taken::Cut
        || interruptions.any(|(from, to)| *to >= first.at && *from <= again.at);
    if !is_explained {
        verdict.broken(format!(
            "{} was sent twice, at {} and {}, and nothing explains it",
            first.name, first.at, again.at
        ));
    }
}
