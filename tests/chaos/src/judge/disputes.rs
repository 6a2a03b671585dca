//! Disputes: what the processor's books say of them, and what follows for orders and subscriptions.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use super::Verdict;
use crate::record::{Acknowledgement, Order, Payment, Record};

/// Each dispute about something that was sold is one of Till's, as it stands there, and each of Till's is there; what was
/// decided has ended its subscription, and what was conceded is lost.
pub fn disputes(record: &Record, verdict: &mut Verdict) {
    let payments: HashMap<&String, &Payment> = record
        .payments
        .iter()
        .filter_map(|payment| Some((payment.reference.as_ref()?, payment)))
        .collect();
    let mut names = HashSet::new();
    let mut statuses: HashMap<&str, usize> = HashMap::new();
    for their in &record.processor_disputes {
        let name = &their.reference;
        names.insert(name);
        *statuses.entry(&their.status).or_default() += 1;
        let payment = payments.get(&their.charge);
        let of_name = record
            .disputes
            .iter()
            .filter(|ours| &ours.reference == name);
        let ours: Vec<_> = of_name.collect();
        match (ours.as_slice(), payment.and_then(|payment| payment.order)) {
            ([], None) => {}
            ([ours], Some(order)) => {
                let is_same = ours.status == their.status
                    && ours.amount == their.amount
                    && ours.order == order
                    && payment.is_some_and(|payment| payment.id == ours.payment);
                if !is_same {
                    verdict.broken(format!(
                        "dispute {name} of {} of {} is {} there, and {} of {} of order {} here",
                        their.amount,
                        their.charge,
                        their.status,
                        ours.status,
                        ours.amount,
                        ours.order
                    ));
                }
            }
            (ours, _) => {
                verdict.broken(format!("dispute {name} is {} times at Till", ours.len()));
            }
        }
    }
    let orders: HashMap<Uuid, &Order> = record.orders.iter().map(|o| (o.id, o)).collect();
    for dispute in &record.disputes {
        if !names.contains(&dispute.reference) {
            verdict.broken(format!("dispute {} is not the processor's", dispute.id));
        }
        let order = orders.get(&dispute.order);
        let of = order.and_then(|order| order.subscription);
        let held = record.subscriptions.iter().find(|held| Some(held.id) == of);
        if let Some(held) = held.filter(|held| dispute.is_decided() && !held.ended) {
            verdict.broken(format!(
                "dispute {} is {}, and its subscription {} goes on",
                dispute.id, dispute.status, held.id
            ));
        }
    }
    let known: HashMap<Uuid, &str> = record
        .disputes
        .iter()
        .map(|dispute| (dispute.id, dispute.status.as_str()))
        .collect();
    for one in &record.acknowledged {
        if let Acknowledgement::Conceded(id) = one
            && known.get(id) != Some(&"lost")
        {
            verdict.broken(format!(
                "dispute {id} was told to be conceded and is {:?}",
                known.get(id)
            ));
        }
    }
    let mut statuses: Vec<_> = statuses.into_iter().collect();
    statuses.sort_unstable();
    for (status, number) in statuses {
        verdict.count(format!("disputes that are {status}"), number);
    }
}
