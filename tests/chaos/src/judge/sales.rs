//! Money, sessions, people, discounts.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use super::Verdict;
use crate::record::{Acknowledgement, Order, Record};

/// Attempts whose money cannot be given back: the buyer contests it, or their bank did not take the refund that Till asked
/// for. Then a person has to look at it.
fn held(record: &Record) -> HashSet<Uuid> {
    let disputes = record.processor_disputes.iter();
    let contested = disputes.map(|dispute| &dispute.charge);
    let refunds = record.processor_refunds.iter().flatten();
    let returned = refunds
        .filter(|refund| refund.refund.is_some() && refund.status == "failed")
        .map(|refund| &refund.charge);
    let charges: HashSet<&String> = contested.chain(returned).collect();
    let attempts = record.payments.iter();
    attempts
        .filter(|attempt| {
            attempt
                .reference
                .as_ref()
                .is_some_and(|name| charges.contains(name))
        })
        .map(|attempt| attempt.id)
        .collect()
}

/// Every charge has exactly one paid order of its sum or was given back whole, every paid order that costs something exactly one charge.
pub fn money(record: &Record, verdict: &mut Verdict) {
    let held = held(record);
    let payments: HashMap<_, _> = record.payments.iter().map(|p| (p.id, p)).collect();
    let orders: HashMap<_, _> = record.orders.iter().map(|o| (o.id, o)).collect();
    let mut charged: HashMap<Uuid, usize> = HashMap::new();
    for charge in &record.charges {
        let attempt = charge.attempt;
        let Some(payment) = payments.get(&attempt) else {
            verdict.broken(format!("charge {attempt} has no attempt"));
            continue;
        };
        if payment.state != "succeeded" {
            verdict.broken(format!(
                "charge {attempt} is kept as {}; session {:?}",
                payment.state, payment.checkout
            ));
        }
        let is_not_kept = charge.refunded == charge.amount || held.contains(&attempt);
        let Some(order) = payment.order.and_then(|id| orders.get(&id)) else {
            if is_not_kept {
                continue;
            }
            verdict.broken(format!(
                "charge {attempt} has no order; session {:?}",
                payment.checkout
            ));
            continue;
        };
        // Money for an order that was voided meanwhile is given back.
        if order.status == "void" && is_not_kept {
            continue;
        }
        *charged.entry(order.id).or_default() += 1;
        if !order.is_paid() || order.due != charge.amount || order.refunded != charge.refunded {
            verdict.broken(format!(
                "charge {attempt} of {}, {} of it refunded, has the {} order {} of {}, {} of it refunded",
                charge.amount,
                charge.refunded,
                order.status,
                order.id,
                order.due,
                order.refunded
            ));
        }
    }
    for order in &record.orders {
        let charges = charged.get(&order.id).copied().unwrap_or(0);
        let due = usize::from(order.is_paid() && order.is_charged());
        if charges != due {
            verdict.broken(format!(
                "order {} ({} of {}) has {charges} charges",
                order.id, order.status, order.due
            ));
        }
    }
    let known: HashSet<Uuid> = record.charges.iter().map(|c| c.attempt).collect();
    for payment in &record.payments {
        if payment.kind == "charge" && payment.state == "succeeded" && !known.contains(&payment.id)
        {
            verdict.broken(format!(
                "attempt {} succeeded, but nothing was charged",
                payment.id
            ));
        }
    }
    for attempt in &record.undecided {
        verdict.broken(format!("attempt {attempt} is undecided at the processor"));
    }
    let paid = record.orders.iter().filter(|o| o.is_charged()).count();
    let failed = record.payments.iter().filter(|p| p.state == "failed");
    verdict.count("charges in the processor's ledger", record.charges.len());
    verdict.count("orders with something to pay", paid);
    verdict.count("orders with nothing to pay", record.orders.len() - paid);
    verdict.count("attempts that failed", failed.count());
}

/// For each customer and currency: what was charged and not given back is what was paid for and not given back, and what
/// they have to their credit.
pub fn conserved(record: &Record, verdict: &mut Verdict) {
    let held = held(record);
    let orders: HashMap<Uuid, &Order> = record.orders.iter().map(|o| (o.id, o)).collect();
    let mut sums: HashMap<(Uuid, &str), (i64, i64)> = HashMap::new();
    let of_attempts: HashMap<Uuid, Uuid> = record
        .payments
        .iter()
        .filter_map(|payment| Some((payment.id, payment.order?)))
        .collect();
    for charge in &record.charges {
        let order = of_attempts.get(&charge.attempt);
        // Money without an order is found elsewhere, and so is what a bank holds of it.
        let is_held = |order: &&&Order| order.status == "void" && held.contains(&charge.attempt);
        let order = order.and_then(|id| orders.get(id));
        if let Some(order) = order.filter(|order| !is_held(order)) {
            let sum = sums.entry((order.customer, &order.currency)).or_default();
            sum.0 += charge.amount - charge.refunded;
        }
    }
    for order in record.orders.iter().filter(|order| order.is_paid()) {
        let sum = sums.entry((order.customer, &order.currency)).or_default();
        sum.1 += order.total - order.refunded;
    }
    let mut with_balance = 0;
    for balance in &record.balances {
        let sum = sums
            .entry((balance.customer, &balance.currency))
            .or_default();
        sum.1 += balance.amount;
        with_balance += usize::from(balance.amount != 0);
    }
    for ((customer, currency), (charged, kept)) in sums {
        if charged != kept {
            verdict.broken(format!(
                "customer {customer} was charged {charged} {currency}, and has {kept} of orders and balance"
            ));
        }
    }
    verdict.count("customers with a balance", with_balance);
}

/// No session is stuck, none was lost, and each is fulfilled once.
pub fn sessions(record: &Record, verdict: &mut Verdict) {
    let mut orders: HashMap<Uuid, Vec<&Order>> = HashMap::new();
    for order in &record.orders {
        match order.checkout {
            Some(checkout) => orders.entry(checkout).or_default().push(order),
            None if order.subscription.is_some() => {}
            None => verdict.broken(format!("order {} has no session", order.id)),
        }
    }
    let mut subscriptions: HashMap<Uuid, usize> = HashMap::new();
    for subscription in &record.subscriptions {
        match subscription.checkout {
            Some(checkout) => *subscriptions.entry(checkout).or_default() += 1,
            None => verdict.broken(format!("subscription {} has no session", subscription.id)),
        }
    }
    let mut wishes: HashMap<&str, Uuid> = HashMap::new();
    let mut statuses: HashMap<&str, usize> = HashMap::new();
    let (mut repeated, mut abandoned) = (0, 0);
    let left = left(record);
    for session in &record.sessions {
        let id = session.id;
        *statuses.entry(&session.status).or_default() += 1;
        // A buyer who has left may come back within the hour.
        let is_left = left.contains(&id);
        abandoned += usize::from(is_left);
        if let Some(attempt) = session.attempt.filter(|_| !is_left) {
            verdict.broken(format!("session {id} still waits for attempt {attempt}"));
        }
        if session.status == "confirmed" && !is_left {
            verdict.broken(format!("session {id} was confirmed and never succeeded"));
        }
        let made = orders.get(&id).map_or(0, Vec::len);
        let due = usize::from(session.status == "succeeded");
        if made != due {
            verdict.broken(format!(
                "session {id} ({}) has {made} orders",
                session.status
            ));
        }
        let made = subscriptions.get(&id).copied().unwrap_or(0);
        let due = due * usize::from(session.recurring);
        if made != due {
            verdict.broken(format!(
                "session {id} has {made} subscriptions instead of {due}"
            ));
        }
        if let Some(other) = session.wish.as_deref().and_then(|w| wishes.insert(w, id)) {
            repeated += 1;
            if !record.repeats_allowed {
                verdict.broken(format!("sessions {other} and {id} are of one wish"));
            }
        }
    }
    let known: HashMap<Uuid, &str> = record
        .sessions
        .iter()
        .map(|s| (s.id, s.status.as_str()))
        .collect();
    for one in &record.acknowledged {
        match one {
            Acknowledgement::Created(id) if !known.contains_key(id) => {
                verdict.broken(format!("session {id} was acknowledged and is gone"));
            }
            Acknowledgement::Succeeded(id) if known.get(id) != Some(&"succeeded") => {
                verdict.broken(format!(
                    "session {id} was told to have succeeded and is {:?}",
                    known.get(id)
                ));
            }
            _ => {}
        }
    }
    verdict.count("sessions", record.sessions.len());
    let mut statuses: Vec<_> = statuses.into_iter().collect();
    statuses.sort_unstable();
    for (status, number) in statuses {
        verdict.count(format!("  {status}"), number);
    }
    verdict.count("  left by their buyers at the bank", abandoned);
    verdict.count("sessions made twice by a repeated request", repeated);
    verdict.count("subscriptions", record.subscriptions.len());
    verdict.count("answers that buyers rely on", record.acknowledged.len());
}

/// The sessions whose buyers left while their bank was asking them: they may still approve the payment.
fn left(record: &Record) -> HashSet<Uuid> {
    let waits = record
        .payments
        .iter()
        .filter(|payment| payment.state == "requires_action");
    waits
        .filter_map(|payment| payment.checkout)
        .filter(|session| record.abandoned.contains(session))
        .collect()
}

/// Nobody is there twice, and everybody who bought is there.
pub fn people(record: &Record, verdict: &mut Verdict) {
    let mut seen = HashMap::new();
    for customer in &record.customers {
        if let Some(other) = seen.insert(&customer.person, customer.id) {
            verdict.broken(format!(
                "customers {other} and {} are the same person",
                customer.id
            ));
        }
    }
    let known: HashSet<Uuid> = record.customers.iter().map(|c| c.id).collect();
    for order in &record.orders {
        if !known.contains(&order.customer) {
            verdict.broken(format!("order {} has no customer", order.id));
        }
    }
    verdict.count("customers", record.customers.len());
}

/// No discount is used more often than it may be, and its count is what was bought with it.
pub fn discounts(record: &Record, verdict: &mut Verdict) {
    let left = left(record);
    for discount in &record.discounts {
        let id = discount.id;
        if discount.limit.is_some_and(|limit| discount.count > limit) {
            verdict.broken(format!(
                "discount {id} was used {} times of {:?}",
                discount.count, discount.limit
            ));
        }
        let rows: HashSet<Uuid> = record
            .redemptions
            .iter()
            .filter(|r| r.discount == id)
            .map(|r| r.checkout)
            .collect();
        if i64::try_from(rows.len()) != Ok(discount.count) {
            verdict.broken(format!(
                "discount {id} counts {} uses and has {}",
                discount.count,
                rows.len()
            ));
        }
        let sold: HashSet<Uuid> = record
            .sessions
            .iter()
            .filter(|s| s.discount == Some(id))
            .filter(|s| s.status == "succeeded" || left.contains(&s.id))
            .map(|s| s.id)
            .collect();
        for checkout in rows.symmetric_difference(&sold) {
            verdict.broken(format!(
                "discount {id} and session {checkout} do not agree on its use"
            ));
        }
        let ordered: HashSet<Uuid> = record
            .orders
            .iter()
            .filter(|o| o.discount == Some(id))
            .filter_map(|o| o.checkout)
            .collect();
        // An attempt that waits for its buyer holds its use, and has no order yet.
        let done: HashSet<Uuid> = rows.difference(&left).copied().collect();
        for checkout in done.symmetric_difference(&ordered) {
            verdict.broken(format!(
                "discount {id} and the order of session {checkout} do not agree on its use"
            ));
        }
    }
    verdict.count("uses of discounts", record.redemptions.len());
}
