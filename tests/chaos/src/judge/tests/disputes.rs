//! Disputes in a doctored record.

use super::{refunds::theirs, *};

/// The sound record, whose sale began a subscription and was disputed; the bank has decided, which ended it.
fn disputed(change: impl FnOnce(&mut Record)) -> Vec<String> {
    let found = after(|r| {
        r.sessions[0].recurring = true;
        r.subscriptions.push(Subscription {
            id: id(70),
            checkout: Some(id(1)),
            state: state("canceled", 2, 9),
            ended: true,
        });
        r.orders[0].subscription = Some(id(70));
        r.processor_disputes.push(ProcessorDispute {
            reference: "du_1".into(),
            charge: "pi_1".into(),
            amount: 900,
            status: "lost".into(),
        });
        r.disputes.push(Dispute {
            id: id(71),
            payment: id(2),
            order: id(3),
            reference: "du_1".into(),
            status: "lost".into(),
            amount: 900,
        });
        r.acknowledged.insert(Acknowledgement::Conceded(id(71)));
        change(r);
    });
    let is_told = |v: &String| !v.starts_with("subscription.created of");
    found.into_iter().filter(is_told).collect()
}

#[test]
fn a_sound_dispute_passes() {
    assert_eq!(disputed(|_| {}), Vec::<String>::new());
}

#[test]
fn every_kind_of_wrong_dispute_is_found() {
    type Doctor = fn(&mut Record);
    let doctors: [(&str, Doctor); 10] = [
        ("dispute du_1 is 0 times at Till", |r| r.disputes.clear()),
        ("dispute du_1 is 2 times at Till", |r| {
            let again = Dispute {
                id: id(72),
                ..r.disputes[0].clone()
            };
            r.disputes.push(again);
        }),
        ("is not the processor's", |r| r.processor_disputes.clear()),
        ("dispute du_1 of 899", |r| {
            r.processor_disputes[0].amount = 899
        }),
        ("is won there, and lost", |r| {
            r.processor_disputes[0].status = "won".into()
        }),
        ("of order 00000000-0000-0000-0000-000000000009", |r| {
            r.disputes[0].order = id(9)
        }),
        ("of order 00000000-0000-0000-0000-000000000003", |r| {
            r.disputes[0].payment = id(9)
        }),
        ("goes on", |r| r.subscriptions[0].ended = false),
        ("told to be conceded and is Some(\"won\")", |r| {
            r.disputes[0].status = "won".into()
        }),
        ("told to be conceded and is None", |r| r.disputes.clear()),
    ];
    for (words, doctor) in doctors {
        let found = disputed(doctor);
        assert!(
            found.iter().any(|v| v.contains(words)),
            "{words}: {found:?}"
        );
    }
}

#[test]
fn a_dispute_about_money_that_was_given_back_is_none_of_tills() {
    let of_nothing_sold = |refunded: i64| {
        after(|r| {
            r.payments[0].order = None;
            r.charges[0].refunded = refunded;
            r.processor_disputes.push(ProcessorDispute {
                reference: "du_1".into(),
                charge: "pi_1".into(),
                amount: 900,
                status: "needs_response".into(),
            });
        })
    };
    let found = of_nothing_sold(900);
    assert!(!found.iter().any(|v| v.contains("du_1")), "{found:?}");
}

#[test]
fn a_refund_that_succeeded_may_fail_at_the_bank_and_was_told_of_once_at_most() {
    let failed = |times: usize| {
        after(|r| {
            r.refunds[0].state = "failed".into();
            theirs(r)[0].status = "failed".into();
            r.charges[0].refunded = 0;
            r.orders[0].refunded = 0;
            r.orders[0].status = "paid".into();
            let at = r.journal.iter().position(|e| e.kind == "order.refunded");
            let entry = r.journal.remove(at.expect("it is told"));
            r.webhook_events.retain(|e| e.kind != "order.refunded");
            r.deliveries.retain(|d| d.kind != "order.refunded");
            for _ in 0..times {
                r.journal.push(entry.clone());
            }
        })
    };
    let is_about_times = |v: &String| v.contains("instead of 0 to 1");
    assert_eq!(failed(0), Vec::<String>::new());
    assert!(!failed(1).iter().any(is_about_times));
    assert!(failed(2).iter().any(is_about_times));
}
