//! Money that was given back, and what the processor's own books say of it and of intents.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use super::Verdict;
use crate::record::{Acknowledgement, Payment, Record};

/// Refunds of Till are what was given back of each charge and what each order says; no refund is unfinished.
pub fn refunds(record: &Record, verdict: &mut Verdict) {
    let mut of_payments: HashMap<Uuid, i64> = HashMap::new();
    let mut of_orders: HashMap<Uuid, i64> = HashMap::new();
    let mut states: HashMap<&str, usize> = HashMap::new();
    for refund in &record.refunds {
        *states.entry(&refund.state).or_default() += 1;
        match refund.state.as_str() {
            "succeeded" => {
                *of_payments.entry(refund.payment).or_default() += refund.amount;
                if let Some(order) = refund.order {
                    *of_orders.entry(order).or_default() += refund.amount;
                }
            }
            "failed" | "refused" | "canceled" => {}
            open => verdict.broken(format!("refund {} is still {open}", refund.id)),
        }
    }
    let charged: HashMap<Uuid, (i64, i64)> = record
        .charges
        .iter()
        .map(|charge| (charge.attempt, (charge.amount, charge.refunded)))
        .collect();
    let payments: HashSet<Uuid> = charged.keys().chain(of_payments.keys()).copied().collect();
    for payment in payments {
        let (amount, there) = charged.get(&payment).copied().unwrap_or_default();
        let here = of_payments.get(&payment).copied().unwrap_or(0);
        if here != there {
            verdict.broken(format!(
                "payment {payment} has {here} refunded at Till and {there} at the processor"
            ));
        }
        if there > amount {
            verdict.broken(format!(
                "payment {payment} of {amount} has {there} refunded, which is more"
            ));
        }
    }
    for order in &record.orders {
        let given = of_orders.get(&order.id).copied().unwrap_or(0);
        if order.refunded != given {
            verdict.broken(format!(
                "order {} says {} refunded, and its refunds are {given}",
                order.id, order.refunded
            ));
        }
        let status = match order.refunded {
            0 => "paid",
            all if all == order.total => "refunded",
            _ => "partially_refunded",
        };
        if order.is_paid() && order.status != status {
            verdict.broken(format!(
                "order {} is {} with {} of {} refunded",
                order.id, order.status, order.refunded, order.total
            ));
        }
    }
    let known: HashMap<Uuid, &str> = record
        .refunds
        .iter()
        .map(|refund| (refund.id, refund.state.as_str()))
        .collect();
    // One that had succeeded may fail at the bank.
    let theirs = record.processor_refunds.iter().flatten();
    let failed: HashSet<Uuid> = theirs
        .filter(|their| their.status == "failed")
        .filter_map(|their| their.refund)
        .collect();
    for one in &record.acknowledged {
        let (id, may_have_failed) = match one {
            Acknowledgement::Refunded(id) => (id, failed.contains(id)),
            Acknowledgement::Refunding(id) => (id, true),
            _ => continue,
        };
        match known.get(id) {
            Some(&"succeeded") => {}
            Some(&"failed") if may_have_failed => {}
            other => verdict.broken(format!("refund {id} was told to be made and is {other:?}")),
        }
    }
    let mut states: Vec<_> = states.into_iter().collect();
    states.sort_unstable();
    for (state, number) in states {
        verdict.count(format!("refunds that are {state}"), number);
    }
}

/// Each refund of the processor's is one of Till's, and each that Till believes in is there: once, of the same sum.
pub fn books(record: &Record, verdict: &mut Verdict) {
    let Some(theirs) = &record.processor_refunds else {
        return;
    };
    let mut asked: HashSet<Uuid> = HashSet::new();
    for their in theirs {
        let name = &their.reference;
        if their.refund.is_some_and(|refund| !asked.insert(refund)) {
            verdict.broken(format!("refund {name} was made twice at the processor"));
        }
        let ours: Vec<_> = record
            .refunds
            .iter()
            .filter(|refund| refund.reference.as_ref() == Some(name))
            .collect();
        let [ours] = ours.as_slice() else {
            verdict.broken(format!("refund {name} is {} times at Till", ours.len()));
            continue;
        };
        let payment = record.payments.iter().find(|p| p.id == ours.payment);
        let charge = payment.and_then(|payment| payment.reference.as_ref());
        let is_same = ours.amount == their.amount
            && ours.state == their.status
            && charge == Some(&their.charge)
            && their.refund.is_none_or(|refund| refund == ours.id);
        if !is_same {
            verdict.broken(format!(
                "refund {name} of {} of {} is {} there, and {} of {} of {charge:?} here",
                their.amount, their.charge, their.status, ours.state, ours.amount,
            ));
        }
    }
    let names: HashSet<&String> = theirs.iter().map(|their| &their.reference).collect();
    for refund in record.refunds.iter().filter(|r| r.state == "succeeded") {
        if !refund
            .reference
            .as_ref()
            .is_some_and(|name| names.contains(name))
        {
            verdict.broken(format!(
                "refund {} was never made at the processor",
                refund.id
            ));
        }
    }
    let by_hand = theirs.iter().filter(|their| their.refund.is_none());
    verdict.count("refunds in the processor's books", theirs.len());
    verdict.count("  of them not asked for by Till", by_hand.count());
}

/// No intent can be paid whose attempt Till has settled, and what succeeded there did so here. An intent that Till has
/// never named to anybody, because it died before it wrote its name down, is payable by nobody.
pub fn intents(record: &Record, verdict: &mut Verdict) {
    let payments: HashMap<Uuid, &Payment> = record.payments.iter().map(|p| (p.id, p)).collect();
    let (mut orphans, mut canceled) = (0, 0);
    for intent in &record.intents {
        let Some(payment) = payments.get(&intent.attempt) else {
            verdict.broken(format!("intent {} has no attempt", intent.id));
            continue;
        };
        let is_named = payment.reference.as_ref() == Some(&intent.id);
        let is_settled = ["succeeded", "failed"].contains(&payment.state.as_str());
        match intent.status.as_str() {
            "succeeded" if payment.state != "succeeded" || !is_named => {
                verdict.broken(format!(
                    "intent {} succeeded and its attempt {} is {}",
                    intent.id, payment.id, payment.state
                ));
            }
            "succeeded" => {}
            "canceled" => canceled += 1,
            "requires_payment_method" if !is_named && !intent.was_confirmed => orphans += 1,
            status if is_settled || !is_named => verdict.broken(format!(
                "intent {} is still {status} and its attempt {} is {}",
                intent.id, payment.id, payment.state
            )),
            _ => {}
        }
    }
    if !record.intents.is_empty() {
        verdict.count("intents in the processor's books", record.intents.len());
        verdict.count("  of them canceled", canceled);
        verdict.count("  of them never named to anybody", orphans);
    }
}

/// Till has taken in nothing but what the processor has told, each once.
pub fn notices(record: &Record, verdict: &mut Verdict) {
    let mut seen = HashSet::new();
    for name in &record.notices {
        if !seen.insert(name) {
            verdict.broken(format!("notice {name} was taken in twice"));
        }
        if record
            .processor_events
            .as_ref()
            .is_some_and(|told| !told.contains(name))
        {
            verdict.broken(format!("notice {name} was taken in and is forged"));
        }
    }
    verdict.count("notices taken in", record.notices.len());
}
