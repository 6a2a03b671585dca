//! Renewals: no period is charged twice, none is skipped, and what is not paid is retried until it is void.

use std::collections::HashMap;

use jiff::Timestamp;
use uuid::Uuid;

use super::Verdict;
use crate::record::{Order, Record, Subscription};

/// Each subscription's renewals follow each other from the end of the period that was bought to its current one, nothing
/// is due any more, and nothing is left unpaid.
pub fn renewals(record: &Record, verdict: &mut Verdict) {
    let mut of: HashMap<Uuid, Vec<&Order>> = HashMap::new();
    for order in record.orders.iter().filter(|order| order.is_renewal()) {
        match order.subscription {
            Some(subscription) => of.entry(subscription).or_default().push(order),
            None => verdict.broken(format!("renewal {} has no subscription", order.id)),
        }
    }
    let mut cycled: HashMap<Uuid, usize> = HashMap::new();
    for entry in &record.journal {
        if entry.kind == "subscription.cycled" {
            *cycled.entry(entry.subject).or_default() += 1;
        }
    }
    let mut statuses: HashMap<&str, usize> = HashMap::new();
    let mut most = 0;
    for subscription in &record.subscriptions {
        let id = subscription.id;
        *statuses.entry(&subscription.status).or_default() += 1;
        let mut orders = of.remove(&id).unwrap_or_default();
        orders.sort_by_key(|order| order.period);
        most = most.max(orders.len());
        chain(record, subscription, &orders, verdict);
        for order in &orders {
            let is_void = order.status == "void" && subscription.ended;
            if !order.is_paid() && !is_void {
                verdict.broken(format!(
                    "renewal {} of the {} subscription {id} is {}",
                    order.id, subscription.status, order.status
                ));
            }
        }
        let told = cycled.get(&id).copied().unwrap_or(0);
        if told != orders.len() {
            verdict.broken(format!(
                "subscription {id} has {} renewals and was told to be renewed {told} times",
                orders.len()
            ));
        }
    }
    for id in of.keys() {
        verdict.broken(format!("subscription {id} has renewals and is not there"));
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
}

fn chain(record: &Record, subscription: &Subscription, orders: &[&Order], verdict: &mut Verdict) {
    let id = subscription.id;
    let mut end: Option<Timestamp> = record.moved.get(&id).copied();
    if end.is_none() && !orders.is_empty() {
        verdict.broken(format!("subscription {id} was renewed before its time"));
    }
    for order in orders {
        let Some((start, next)) = order.period else {
            verdict.broken(format!("renewal {} is for no period", order.id));
            continue;
        };
        match end {
            Some(end) if start < end => verdict.broken(format!(
                "renewal {} of subscription {id} charges for {start} again, paid for until {end}",
                order.id
            )),
            Some(end) if start > end => verdict.broken(format!(
                "renewal {} of subscription {id} begins {start} and leaves out the time from {end}",
                order.id
            )),
            _ => {}
        }
        end = Some(next);
    }
    if let Some(end) = end.filter(|end| *end != subscription.period_end) {
        verdict.broken(format!(
            "subscription {id} is renewed until {end} and says {}",
            subscription.period_end
        ));
    }
    if !subscription.ended && subscription.period_end <= record.read_at {
        verdict.broken(format!(
            "subscription {id} has ended its period at {} and was not renewed",
            subscription.period_end
        ));
    }
}
