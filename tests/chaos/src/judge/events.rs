//! Events: written with their cause, delivered, in order.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use super::{Verdict, between};
use crate::record::{Record, WebhookEvent};

/// Events of different subjects that were decided within this time may have been committed in either order.
const CONCURRENT: i64 = 5_000;

/// Every change has told its events: once, and to every endpoint.
pub fn written(record: &Record, verdict: &mut Verdict) {
    let mut happened: HashMap<(&str, Uuid), usize> = HashMap::new();
    for happening in &record.journal {
        *happened
            .entry((&happening.kind, happening.subject))
            .or_default() += 1;
    }
    let mut written: HashMap<(&str, Uuid, usize), usize> = HashMap::new();
    for event in &record.webhook_events {
        if let Some(subject) = event.subject {
            *written
                .entry((&event.kind, subject, event.endpoint))
                .or_default() += 1;
        }
    }
    for ((kind, subject), times) in &happened {
        for endpoint in 0..record.endpoints {
            let count = written
                .get(&(kind, *subject, endpoint))
                .copied()
                .unwrap_or(0);
            if count != *times {
                verdict.broken(format!(
                    "{kind} of {subject} happened {times} times and was written {count} times for endpoint {endpoint}"
                ));
            }
        }
    }
    for (kind, subject, endpoint) in written.keys() {
        if !happened.contains_key(&(*kind, *subject)) {
            verdict.broken(format!(
                "{kind} of {subject} was written for endpoint {endpoint} and never happened"
            ));
        }
    }
    let mut once = |kind: &'static str, subjects: Vec<Uuid>| {
        for subject in subjects {
            let times = happened.get(&(kind, subject)).copied().unwrap_or(0);
            if times != 1 {
                verdict.broken(format!("{kind} of {subject} happened {times} times"));
            }
        }
    };
    once(
        "checkout.created",
        record.sessions.iter().map(|s| s.id).collect(),
    );
    once(
        "customer.created",
        record.customers.iter().map(|c| c.id).collect(),
    );
    once(
        "order.created",
        record.orders.iter().map(|o| o.id).collect(),
    );
    let paid = record.orders.iter().filter(|order| order.is_paid());
    once("order.paid", paid.map(|o| o.id).collect());
    once(
        "subscription.created",
        record.subscriptions.iter().map(|s| s.id).collect(),
    );
    verdict.count("events of committed changes", record.journal.len());
    verdict.count(
        "events to deliver, over all endpoints",
        record.webhook_events.len(),
    );
}

/// A refund that the processor has taken is told of once, its order each time that one succeeds; nothing else is. One that
/// failed may have succeeded before, and one that changed was told of again.
pub fn refunds(record: &Record, verdict: &mut Verdict) {
    let mut due: HashMap<(&str, Uuid), std::ops::RangeInclusive<usize>> = HashMap::new();
    for refund in record.refunds.iter().filter(|refund| refund.is_told()) {
        due.insert(("refund.created", refund.id), 1..=1);
        if let Some(order) = refund.order {
            let (least, most) = match refund.state.as_str() {
                "succeeded" => (1, 1),
                "failed" => (0, 1),
                _ => (0, 0),
            };
            let all = due.entry(("order.refunded", order)).or_insert(0..=0);
            *all = all.start() + least..=all.end() + most;
        }
    }
    let mut happened: HashMap<(&str, Uuid), usize> = HashMap::new();
    for entry in &record.journal {
        if ["refund.created", "order.refunded"].contains(&entry.kind.as_str()) {
            *happened.entry((&entry.kind, entry.subject)).or_default() += 1;
        }
    }
    let all: HashSet<_> = due.keys().chain(happened.keys()).copied().collect();
    for (kind, subject) in all {
        let due = due.get(&(kind, subject)).cloned().unwrap_or(0..=0);
        let times = happened.get(&(kind, subject)).copied().unwrap_or(0);
        if !due.contains(&times) {
            verdict.broken(format!(
                "{kind} of {subject} happened {times} times instead of {}",
                between(&due)
            ));
        }
    }
}

/// Everything written arrived, nothing else did, and an event has one id and one body.
pub fn delivered(record: &Record, verdict: &mut Verdict) {
    let known: HashMap<Uuid, &WebhookEvent> = record
        .webhook_events
        .iter()
        .map(|event| (event.id, event))
        .collect();
    let mut arrived: HashMap<Uuid, u64> = HashMap::new();
    for delivery in &record.deliveries {
        let id = delivery.webhook_id;
        match known.get(&id) {
            None => verdict.broken(format!(
                "webhook {id} ({}) was never committed",
                delivery.kind
            )),
            Some(event) if event.endpoint != delivery.endpoint => {
                verdict.broken(format!("webhook {id} went to another endpoint"));
            }
            Some(_) => {}
        }
        let first = *arrived.entry(id).or_insert(delivery.body);
        if first != delivery.body {
            verdict.broken(format!("webhook {id} came with two bodies"));
        }
    }
    let mut superseded = 0;
    for event in &record.webhook_events {
        if !arrived.contains_key(&event.id) {
            if stood_for(event, record, &arrived) {
                superseded += 1;
                continue;
            }
            verdict.broken(format!(
                "{} of {:?} never arrived at endpoint {} (webhook {})",
                event.kind, event.subject, event.endpoint, event.id
            ));
        }
    }
    verdict.count("deliveries that arrived", record.deliveries.len());
    verdict.count(
        "  of them again, with the same id",
        record.deliveries.len() - arrived.len(),
    );
    verdict.count("changes for which a newer one stood", superseded);
}

/// True where the event was a session's change that still waited when a newer one was told in its place, which arrived.
fn stood_for(event: &WebhookEvent, record: &Record, arrived: &HashMap<Uuid, u64>) -> bool {
    event.skipped
        && event.kind == "checkout.updated"
        && record.webhook_events.iter().any(|newer| {
            newer.kind == event.kind
                && newer.subject == event.subject
                && newer.endpoint == event.endpoint
                && newer.sequence > event.sequence
                && arrived.contains_key(&newer.id)
        })
}

/// True where one of two events of a chain was decided knowing the other: they are of one subject or one commit, or of
/// the session, which all else follows from. A refund of an order and a renewal of its subscription, of the same
/// moment, know nothing of each other.
fn depends(first: &WebhookEvent, second: &WebhookEvent) -> bool {
    first.subject == second.subject
        || first.created == second.created
        || [first, second]
            .iter()
            .any(|event| event.kind.starts_with("checkout."))
}

/// First arrivals at an endpoint come in the order in which the changes were decided. Only changes that have
/// nothing to do with each other, of the same moments, may change places.
pub fn in_order(record: &Record, verdict: &mut Verdict) {
    let known: HashMap<Uuid, &WebhookEvent> = record
        .webhook_events
        .iter()
        .map(|event| (event.id, event))
        .collect();
    let mut swapped = 0;
    for endpoint in 0..record.endpoints {
        let mut seen = HashSet::new();
        let mut newest: Option<&WebhookEvent> = None;
        let mut chains: HashMap<Uuid, Vec<&WebhookEvent>> = HashMap::new();
        for delivery in record.deliveries.iter().filter(|d| d.endpoint == endpoint) {
            let Some(event) = known.get(&delivery.webhook_id).copied() else {
                continue;
            };
            if !seen.insert(event.id) {
                continue;
            }
            // A session with its orders and subscription is one chain, any other subject is its own.
            if let Some(chain) = delivery.chain.or(event.subject) {
                let earlier = chains.entry(chain).or_default();
                let overtook = earlier
                    .iter()
                    .find(|first| first.sequence > event.sequence && depends(first, event));
                if let Some(first) = overtook {
                    verdict.broken(format!(
                        "endpoint {endpoint}: {} ({}) came after {} ({}), both of {chain}",
                        event.kind, event.id, first.kind, first.id
                    ));
                }
                earlier.push(event);
            }
            match newest {
                Some(last) if last.sequence > event.sequence => {
                    swapped += 1;
                    if last.created - event.created > CONCURRENT {
                        verdict.broken(format!(
                            "endpoint {endpoint}: {} ({}) came after {} ({}), decided {} ms later",
                            event.kind,
                            event.id,
                            last.kind,
                            last.id,
                            last.created - event.created
                        ));
                    }
                }
                _ => newest = Some(event),
            }
        }
    }
    verdict.count(
        "  of the first, changed places with others at once",
        swapped,
    );
}
