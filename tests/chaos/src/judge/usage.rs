//! Usage: each event is stored once, counted once and billed once.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use super::Verdict;
use crate::{
    record::{Grant, Measured, Record, Sent, Usage},
    shop::{CREDITED, METERS},
};

/// Numbers that are the same, but for how they are written.
const SAME: f64 = 1e-6;

/// Events that were sent are stored once, and what is stored was billed once, or is yet to be.
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
    let mut ended = 0;
    for one in &usage.measured {
        ended += usize::from(course(record, one.id) == Course::Ended);
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
    verdict.count("  of them ended", ended);
}

/// Course of a subscription, as far as it tells what is known of its use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Course {
    /// It was paid for whenever it was due.
    Paid,
    /// A renewal was not paid at once: credits were taken back, and given again.
    WasPastDue,
    /// It ended: what was used and not billed yet is free.
    Ended,
}

fn course(record: &Record, id: Uuid) -> Course {
    let own = record.journal.iter().filter(|entry| entry.subject == id);
    let mut course = Course::Paid;
    for entry in own {
        match entry.kind.as_str() {
            "subscription.canceled" | "subscription.revoked" => return Course::Ended,
            "subscription.past_due" => course = Course::WasPastDue,
            _ => {}
        }
    }
    course
}

/// The most units that a subscription's grant has been credited, whatever was taken back.
fn most_credited(record: &Record, grant: Option<&Grant>, renewals: usize) -> f64 {
    let given = record.journal.iter().filter(|entry| {
        entry.kind == "benefit_grant.created"
            && grant.is_some_and(|grant| grant.id == entry.subject)
    });
    let times = i64::try_from(given.count() + renewals).unwrap_or(i64::MAX);
    (CREDITED * times) as f64
}

/// Units on the bills of a subscription, and those not billed yet, are together what was used since it began; of what is
/// credited, less the credits that are used up.
fn balanced(
    record: &Record,
    usage: &Usage,
    one: &Measured,
    events: &[&Sent],
    verdict: &mut Verdict,
) {
    let id = one.id;
    let course = course(record, id);
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
        let billed = lines.fold(0.0, |sum, line| sum + line.units);
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
        if course == Course::Ended || course == Course::WasPastDue && is_credited {
            let most = match (course, is_credited) {
                (Course::Ended, _) => f64::INFINITY,
                _ => most_credited(record, grant, renewed.len()),
            };
            let found = billed + meter.consumed;
            if found > used + SAME || found < used - most - SAME {
                verdict.broken(format!(
                    "subscription {id} ({course:?}) used {used} of {name}, and {billed} is billed and {} pending, with credits of {most} at most",
                    meter.consumed
                ));
            }
            continue;
        }
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
