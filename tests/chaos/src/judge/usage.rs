//! Usage: each event is stored once, counted once and billed once.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use super::Verdict;
use crate::{
    record::{Measured, Record, Sent, Usage},
    shop::{CREDITED, METERS},
};

/// Numbers that are the same, but for how they are written.
const SAME: f64 = 1e-6;

/// What was sent is stored once, and what is stored was billed once, or is yet to be.
pub fn usage(record: &Record, usage: &Usage, verdict: &mut Verdict) {
    let mut stored: HashMap<&str, usize> = HashMap::new();
    for event in &usage.stored {
        *stored.entry(&event.name).or_default() += 1;
    }
    let sent: HashMap<&str, &Sent> = usage.sent.iter().map(|one| (&*one.name, one)).collect();
    for one in &usage.sent {
        let times = stored.get(&*one.name).copied().unwrap_or(0);
        let is_right = if one.is_acknowledged {
            times == 1
        } else {
            times <= 1
        };
        if !is_right {
            verdict.broken(format!("event {} is stored {times} times", one.name));
        }
    }
    let mut used: HashMap<Uuid, Vec<&Sent>> = HashMap::new();
    for event in &usage.stored {
        match (sent.get(&*event.name).copied(), event.customer) {
            (None, _) => verdict.broken(format!("event {} was never sent", event.name)),
            (Some(one), Some(customer)) => used.entry(customer).or_default().push(one),
            (Some(one), None) if !one.is_early => {
                verdict.broken(format!("event {} is of no customer", event.name));
            }
            (Some(_), None) => {}
        }
    }
    let mut all = 0;
    for one in &usage.measured {
        let events = used
            .get(&one.customer)
            .map(Vec::as_slice)
            .unwrap_or_default();
        all += events.len();
        balanced(record, usage, one, events, verdict);
    }
    verdict.count("events of usage that were sent", usage.sent.len());
    verdict.count("  of them to be billed, and before", all);
    verdict.count("lines of usage on bills", usage.billed.len());
    verdict.count("subscriptions whose use is measured", usage.measured.len());
}

/// True where a subscription ended, or a renewal was not paid at once: what it uses then may be free, and credits are
/// taken back.
fn has_failed(record: &Record, id: Uuid) -> bool {
    let kinds = [
        "subscription.past_due",
        "subscription.canceled",
        "subscription.revoked",
    ];
    let mut journal = record.journal.iter();
    journal.any(|entry| entry.subject == id && kinds.contains(&entry.kind.as_str()))
}

/// What is on the bills of a subscription, and what is not billed yet, is together what was used since it began; of what
/// is credited, less the credits that are used up.
fn balanced(
    record: &Record,
    usage: &Usage,
    one: &Measured,
    events: &[&Sent],
    verdict: &mut Verdict,
) {
    let id = one.id;
    if has_failed(record, id) {
        return;
    }
    let own = events.iter().filter(|event| !event.is_early);
    let calls = own.clone().filter(|event| event.is_call).count();
    let units: i64 = own.map(|event| event.units).sum();
    let is_early = events.iter().any(|event| event.is_early);
    let credits = usage.benefits[2];
    let grant = usage
        .grants
        .iter()
        .find(|grant| grant.purchase == id && grant.benefit == credits);
    let granted = grant.and_then(|grant| grant.granted_at);
    let renewed: Vec<_> = usage.renewed.iter().filter(|(of, _)| *of == id).collect();
    let given = match granted {
        None => 0,
        Some(at) => 1 + renewed.iter().filter(|(_, billed)| *billed > at).count(),
    };
    let given = CREDITED * i64::try_from(given).unwrap_or(i64::MAX);
    for (name, used) in METERS.into_iter().zip([calls as f64, units as f64]) {
        let lines = usage.billed.iter();
        let lines = lines.filter(|line| line.subscription == id && line.meter == name);
        let billed: f64 = lines.map(|line| line.units).sum();
        let Some(meter) = one.meters.iter().find(|meter| meter.name == name) else {
            verdict.broken(format!("subscription {id} has no meter {name}"));
            continue;
        };
        let is_credited = name == METERS[1];
        let spent = if is_credited {
            given - meter.credited
        } else {
            0
        };
        let found = billed + spent as f64 + meter.consumed;
        if (found - used).abs() > SAME {
            verdict.broken(format!(
                "subscription {id} used {used} of {name}, and {found} is accounted for: {billed} billed, {spent} of {given} credits used, {} pending",
                meter.consumed
            ));
        }
        // What was used before is the customer's, and no subscription's.
        let counts: HashSet<String> = (one.counts.iter())
            .filter(|count| count.name == name)
            .map(|count| format!("{} {}", count.consumed, count.credited))
            .collect();
        let wanted = format!("{} {}", meter.consumed, meter.credited);
        let is_over = !is_early && !renewed.is_empty() && !counts.is_empty();
        if is_over && !counts.contains(&wanted) {
            verdict.broken(format!(
                "the customer of subscription {id} has {counts:?} of {name}, and it has {wanted}"
            ));
        }
    }
}
