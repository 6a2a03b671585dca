//! Renewals in a doctored record.

use super::*;
use crate::change::{Move, Told};

/// Events of these rows, which nobody wrote.
const OF_EVENTS: [&str; 3] = ["happened", "has no attempt", "never made at the processor"];

/// The sound record, whose sale began a subscription, of which this was told.
pub(super) fn told(r: &mut Record, kind: &str, state: State) {
    r.told.push(Told {
        subscription: id(70),
        kind: kind.into(),
        state,
    });
}

/// An order of the subscription for these days.
pub(super) fn order(
    r: &mut Record,
    n: u128,
    (status, amount): (&str, i64),
    (start, end): (i64, i64),
) {
    r.orders.push(Order {
        id: id(n),
        checkout: None,
        subscription: Some(id(70)),
        reason: "subscription_cycle".into(),
        discount: None,
        status: status.into(),
        total: amount,
        due: amount,
        refunded: 0,
        lines: vec![Line {
            amount,
            proration: false,
            period: Some((moment(start), moment(end))),
        }],
        ..r.orders[0].clone()
    });
}

/// A charge that paid for an order.
pub(super) fn charge(r: &mut Record, attempt: u128, order: u128, amount: i64) {
    r.charges.push(Charge {
        attempt: id(attempt),
        amount,
        refunded: 0,
    });
    r.payments.push(Payment {
        id: id(attempt),
        checkout: None,
        order: Some(id(order)),
        reference: Some("pi_9".into()),
        ..r.payments[0].clone()
    });
}

fn cycled(r: &mut Record) {
    r.journal.push(JournalEntry {
        kind: "subscription.cycled".into(),
        subject: id(70),
    });
}

/// Findings of the judge besides events.
pub(super) fn judged(change: impl FnOnce(&mut Record)) -> Vec<String> {
    let found = after(change);
    let is_told = |v: &String| !OF_EVENTS.iter().any(|words| v.contains(words));
    found.into_iter().filter(is_told).collect()
}

/// The sound record, whose sale began a subscription that was moved into the past and renewed twice, the second time in
/// vain.
fn renewed(change: impl FnOnce(&mut Record)) -> Vec<String> {
    judged(|r| {
        r.sessions[0].recurring = true;
        r.read_at = moment(20);
        r.moved.push(Move {
            subscription: id(70),
            from: moment(30),
            to: moment(7),
        });
        r.subscriptions.push(Subscription {
            id: id(70),
            checkout: Some(id(1)),
            state: state("canceled", 14, 21),
            ended: true,
        });
        told(r, "subscription.created", state("active", 23, 30));
        told(r, "subscription.cycled", state("active", 7, 14));
        told(r, "subscription.cycled", state("active", 14, 21));
        told(r, "subscription.past_due", state("past_due", 14, 21));
        told(r, "subscription.revoked", state("canceled", 14, 21));
        order(r, 80, ("paid", 500), (7, 14));
        order(r, 81, ("void", 500), (14, 21));
        cycled(r);
        cycled(r);
        charge(r, 90, 80, 500);
        change(r);
    })
}

/// Moves the first line of an order to these days.
fn for_days(r: &mut Record, order: usize, start: i64, end: i64) {
    r.orders[order].lines[0].period = Some((moment(start), moment(end)));
}

/// Moves the period that is told of at these places.
fn told_for(r: &mut Record, places: std::ops::RangeInclusive<usize>, start: i64, end: i64) {
    for place in places {
        (r.told[place].state.start, r.told[place].state.end) = (moment(start), moment(end));
    }
}

#[test]
fn renewals_that_follow_each_other_pass() {
    assert_eq!(renewed(|_| {}), Vec::<String>::new());
}

#[test]
fn every_kind_of_wrong_renewal_is_found() {
    type Doctor = fn(&mut Record);
    let doctors: [(&str, Doctor); 18] = [
        ("is billed 2 times instead of 1", |r| for_days(r, 2, 7, 14)),
        ("is billed 0 times instead of 1", |r| for_days(r, 2, 7, 14)),
        ("for 1 periods that it never had", |r| {
            for_days(r, 2, 21, 28)
        }),
        ("is billed 1 times instead of 0", |r| for_days(r, 2, 0, 7)),
        ("is charged for again, before", |r| {
            told_for(r, 2..=4, 6, 13)
        }),
        ("is charged for again, before", |r| {
            told_for(r, 2..=4, 7, 13)
        }),
        ("leaves out the time from", |r| told_for(r, 2..=4, 15, 21)),
        ("leaves out the time from", |r| {
            r.moved[0].to = moment(6);
        }),
        ("is for no period", |r| r.orders[2].lines[0].period = None),
        ("is charged for again, before", |r| r.moved.clear()),
        ("was told of last as", |r| {
            r.subscriptions[0].state.end = moment(28)
        }),
        ("was told of last as", |r| {
            r.subscriptions[0].state.plan.product = id(61)
        }),
        ("and was not renewed", |r| {
            r.subscriptions[0].ended = false;
            r.read_at = moment(22);
        }),
        ("has no subscription", |r| r.orders[1].subscription = None),
        ("is not there", |r| r.subscriptions.clear()),
        ("is pending", |r| r.orders[1].status = "pending".into()),
        ("is void", |r| r.subscriptions[0].ended = false),
        ("was told to be renewed 1 times", |r| {
            r.journal.pop();
        }),
    ];
    for (words, doctor) in doctors {
        let found = renewed(doctor);
        assert!(
            found.iter().any(|v| v.contains(words)),
            "{words}: {found:?}"
        );
    }
}

#[test]
fn a_pause_and_a_change_may_begin_a_period_and_nothing_else() {
    let begun = |status: &str, start: i64, reason: &str| {
        judged(|r| {
            r.sessions[0].recurring = true;
            r.read_at = moment(20);
            r.subscriptions.push(Subscription {
                id: id(70),
                checkout: Some(id(1)),
                state: state("active", start, start + 7),
                ended: false,
            });
            told(r, "subscription.created", state("active", 10, 17));
            told(r, "subscription.updated", state(status, 10, 17));
            told(r, "subscription.updated", state("active", start, start + 7));
            order(r, 80, ("paid", 500), (start, start + 7));
            r.orders[1].reason = reason.into();
            r.orders[1].lines[0].proration = reason == "subscription_update";
            charge(r, 90, 80, 500);
        })
    };
    assert_eq!(
        begun("paused", 19, "subscription_cycle"),
        Vec::<String>::new()
    );
    let skipped = begun("active", 19, "subscription_cycle");
    assert!(
        skipped.iter().any(|v| v.contains("leaves out")),
        "{skipped:?}"
    );
    // Nobody asked for a change.
    let changed = begun("active", 15, "subscription_update");
    assert_eq!(changed.len(), 2, "{changed:?}");
    assert!(
        changed
            .iter()
            .any(|v| v.contains("began 1 periods by changes, and 0"))
    );
    assert!(
        changed
            .iter()
            .any(|v| v.contains("1 orders of changes, of which 0 to 0"))
    );
    let free = begun("active", 15, "purchase");
    assert!(
        free.iter()
            .any(|v| v.contains("(Change) is billed 0 times instead of 1")),
        "{free:?}"
    );
}

#[test]
fn money_for_a_void_order_is_given_back_or_held_by_the_bank() {
    let paid_late = |refunded: i64, contested: bool, returned: bool| {
        renewed(|r| {
            r.charges.push(Charge {
                attempt: id(91),
                amount: 500,
                refunded,
            });
            r.payments.push(Payment {
                id: id(91),
                checkout: None,
                order: Some(id(81)),
                reference: Some("pi_91".into()),
                ..r.payments[0].clone()
            });
            r.refunds.extend((refunded > 0).then(|| Refund {
                id: id(92),
                payment: id(91),
                order: None,
                amount: refunded,
                state: "succeeded".into(),
                reference: None,
                takes_back: false,
            }));
            if returned {
                r.refunds.push(Refund {
                    id: id(94),
                    payment: id(91),
                    order: None,
                    amount: 500,
                    state: "failed".into(),
                    reference: Some("re_94".into()),
                    takes_back: false,
                });
                r.processor_refunds
                    .get_or_insert_default()
                    .push(ProcessorRefund {
                        reference: "re_94".into(),
                        charge: "pi_91".into(),
                        refund: Some(id(94)),
                        amount: 500,
                        status: "failed".into(),
                    });
            }
            r.processor_disputes
                .extend(contested.then(|| ProcessorDispute {
                    reference: "du_91".into(),
                    charge: "pi_91".into(),
                    amount: 500,
                    status: "needs_response".into(),
                }));
            r.disputes.extend(contested.then(|| Dispute {
                id: id(93),
                payment: id(91),
                order: id(81),
                reference: "du_91".into(),
                status: "needs_response".into(),
                amount: 500,
            }));
        })
    };
    assert_eq!(paid_late(500, false, false), Vec::<String>::new());
    assert_eq!(paid_late(0, true, false), Vec::<String>::new());
    assert_eq!(paid_late(0, false, true), Vec::<String>::new());
    let kept = paid_late(0, false, false);
    assert!(
        kept.iter().any(|v| v.contains("has the void order")),
        "{kept:?}"
    );
}
