//! Renewals in a doctored record.

use super::*;

/// The sound record, whose sale began a subscription that was renewed twice, the second time in vain.
fn renewed(change: impl FnOnce(&mut Record)) -> Vec<String> {
    let found = after(|r| {
        r.sessions[0].recurring = true;
        r.read_at = moment(20);
        r.moved.insert(id(70), moment(7));
        r.subscriptions.push(Subscription {
            id: id(70),
            checkout: Some(id(1)),
            status: "canceled".into(),
            ended: true,
            period_end: moment(21),
        });
        for (n, status) in [(0, "paid"), (1, "void")] {
            r.orders.push(Order {
                id: id(80 + n),
                checkout: None,
                subscription: Some(id(70)),
                reason: "subscription_cycle".into(),
                discount: None,
                status: status.into(),
                total: 500,
                refunded: 0,
                period: Some((moment(7 + 7 * n as i64), moment(14 + 7 * n as i64))),
                ..r.orders[0].clone()
            });
            r.journal.push(JournalEntry {
                kind: "subscription.cycled".into(),
                subject: id(70),
            });
        }
        r.charges.push(Charge {
            attempt: id(90),
            amount: 500,
            refunded: 0,
        });
        r.payments.push(Payment {
            id: id(90),
            checkout: None,
            order: Some(id(80)),
            reference: Some("pi_9".into()),
            ..r.payments[0].clone()
        });
        change(r);
    });
    // Nobody wrote the events of these rows.
    let of_events = ["happened", "has no attempt", "never made at the processor"];
    let is_told = |v: &String| !of_events.iter().any(|words| v.contains(words));
    found.into_iter().filter(is_told).collect()
}

#[test]
fn renewals_that_follow_each_other_pass() {
    assert_eq!(renewed(|_| {}), Vec::<String>::new());
}

#[test]
fn every_kind_of_wrong_renewal_is_found() {
    type Doctor = fn(&mut Record);
    let doctors: [(&str, Doctor); 13] = [
        ("charges for", |r| {
            r.orders[2].period = Some((moment(7), moment(14)))
        }),
        ("charges for", |r| {
            r.orders[1].period = Some((moment(6), moment(14)))
        }),
        ("leaves out the time", |r| {
            r.orders[2].period = Some((moment(15), moment(21)))
        }),
        ("leaves out the time", |r| {
            r.moved.insert(id(70), moment(6));
        }),
        ("is for no period", |r| r.orders[2].period = None),
        ("was renewed before its time", |r| r.moved.clear()),
        ("is renewed until", |r| {
            r.subscriptions[0].period_end = moment(28)
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
fn money_for_a_void_order_is_given_back() {
    let paid_late = |refunded: i64| {
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
                reference: None,
                ..r.payments[0].clone()
            });
            r.refunds.extend((refunded > 0).then(|| Refund {
                id: id(92),
                payment: id(91),
                order: None,
                amount: refunded,
                state: "succeeded".into(),
                reference: None,
            }));
        })
    };
    assert_eq!(paid_late(500), Vec::<String>::new());
    let kept = paid_late(0);
    assert!(
        kept.iter().any(|v| v.contains("has the void order")),
        "{kept:?}"
    );
}
