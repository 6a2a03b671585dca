//! The judge finds what is wrong with a doctored record.

mod changes;
mod disputes;
mod documents;
mod letters;
mod refunds;
mod renewals;
mod usage;

use jiff::Timestamp;

use super::*;
use crate::{
    change::{Plan, State},
    record::*,
};

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}
use uuid::Uuid;

/// A day's moment.
fn moment(day: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + 86_400 * day).expect("a moment")
}

/// A subscription without anything that waits, in a period of these days.
fn state(status: &str, start: i64, end: i64) -> State {
    State {
        status: status.into(),
        plan: Plan {
            product: id(60),
            seats: None,
            pending: None,
            canceling: false,
            pausing: false,
        },
        start: moment(start),
        end: moment(end),
    }
}

/// One session that was paid, with a discount, and of which a third was given back, told to two endpoints; nothing is
/// wrong with it.
fn sound() -> Record {
    let kinds = [
        "checkout.created",
        "customer.created",
        "order.created",
        "order.paid",
        "refund.created",
        "order.refunded",
    ];
    let subjects = [id(1), id(4), id(3), id(3), id(8), id(3)];
    let mut record = Record {
        charges: vec![Charge {
            attempt: id(2),
            amount: 900,
            refunded: 300,
        }],
        payments: vec![Payment {
            id: id(2),
            purpose: "checkout".into(),
            subject: None,
            checkout: Some(id(1)),
            order: Some(id(3)),
            kind: "charge".into(),
            state: "succeeded".into(),
            reference: Some("pi_1".into()),
        }],
        intents: vec![Intent {
            id: "pi_1".into(),
            attempt: id(2),
            status: "succeeded".into(),
            was_confirmed: true,
        }],
        refunds: vec![Refund {
            id: id(8),
            payment: id(2),
            order: Some(id(3)),
            amount: 300,
            state: "succeeded".into(),
            reference: Some("re_1".into()),
            takes_back: false,
        }],
        processor_refunds: Some(vec![ProcessorRefund {
            reference: "re_1".into(),
            charge: "pi_1".into(),
            refund: Some(id(8)),
            amount: 300,
            status: "succeeded".into(),
        }]),
        processor_events: Some(["evt_1".into()].into()),
        notices: vec!["evt_1".into()],
        orders: vec![Order {
            id: id(3),
            checkout: Some(id(1)),
            customer: id(4),
            discount: Some(id(5)),
            status: "partially_refunded".into(),
            total: 900,
            refunded: 300,
            subscription: None,
            reason: "purchase".into(),
            currency: "usd".into(),
            due: 900,
            least: 50,
            lines: Vec::new(),
        }],
        sessions: vec![Session {
            id: id(1),
            status: "succeeded".into(),
            attempt: None,
            discount: Some(id(5)),
            wish: Some("a".into()),
            recurring: false,
        }],
        customers: vec![Customer {
            id: id(4),
            person: (id(9), "ada@example.com".into()),
        }],
        discounts: vec![Discount {
            id: id(5),
            limit: Some(1),
            count: 1,
        }],
        redemptions: vec![Redemption {
            discount: id(5),
            checkout: id(1),
        }],
        acknowledged: [
            Acknowledgement::Created(id(1)),
            Acknowledgement::Succeeded(id(1)),
            Acknowledgement::Refunded(id(8)),
        ]
        .into(),
        endpoints: 2,
        ..Record::default()
    };
    for (n, (kind, subject)) in kinds.into_iter().zip(subjects).enumerate() {
        record.journal.push(JournalEntry {
            kind: kind.into(),
            subject,
        });
        for endpoint in 0..2 {
            let webhook = id(100 + 10 * n as u128 + endpoint as u128);
            record.webhook_events.push(WebhookEvent {
                id: webhook,
                endpoint,
                kind: kind.into(),
                subject: Some(subject),
                sequence: n as i64,
                created: 10_000 * n as i64,
                skipped: false,
            });
            record.deliveries.push(Delivery {
                endpoint,
                webhook_id: webhook,
                body: n as u64,
                kind: kind.into(),
                chain: (![1, 4].contains(&n)).then_some(id(1)),
            });
        }
    }
    record
}

/// The judge's findings on the record after this change.
fn after(change: impl FnOnce(&mut Record)) -> Vec<String> {
    let mut record = sound();
    change(&mut record);
    judge(&record).violations
}

#[test]
fn a_sound_record_passes() {
    assert_eq!(after(|_| {}), Vec::<String>::new());
}

#[test]
fn every_kind_of_doctored_record_is_found() {
    type Doctor = fn(&mut Record);
    let doctors: [(&str, Doctor); 33] = [
        (
            "charge 00000000-0000-0000-0000-000000000002 has no attempt",
            |r| r.payments.clear(),
        ),
        ("has no order", |r| r.payments[0].order = None),
        ("has the partially_refunded order", |r| {
            r.charges[0].amount = 901
        }),
        ("has 0 charges", |r| r.charges.clear()),
        ("was charged 600 usd, and has 700", |r| {
            r.balances.push(Balance {
                customer: id(4),
                currency: "usd".into(),
                amount: 100,
            });
        }),
        ("was charged 600 usd, and has 601", |r| {
            r.orders[0].total = 901
        }),
        ("was charged 0 usd, and has 600", |r| {
            r.charges.clear();
        }),
        ("nothing was charged", |r| r.charges.clear()),
        ("has 2 charges", |r| {
            r.charges.push(Charge {
                attempt: id(22),
                ..r.charges[0].clone()
            });
            r.payments.push(Payment {
                id: id(22),
                ..r.payments[0].clone()
            });
        }),
        ("is kept as failed", |r| {
            r.payments[0].state = "failed".into()
        }),
        ("is undecided", |r| r.undecided.push(id(7))),
        ("still waits for attempt", |r| {
            r.sessions[0].attempt = Some(id(2))
        }),
        ("never succeeded", |r| {
            r.sessions[0].status = "confirmed".into()
        }),
        ("has 2 orders", |r| {
            r.orders.push(Order {
                id: id(33),
                ..r.orders[0].clone()
            })
        }),
        ("has 0 orders", |r| r.orders.clear()),
        ("has 0 subscriptions instead of 1", |r| {
            r.sessions[0].recurring = true
        }),
        ("has 2 subscriptions instead of 0", |r| {
            r.subscriptions = vec![
                Subscription {
                    id: id(6),
                    state: state("active", 2, 9),
                    ended: false,
                    checkout: Some(id(1))
                };
                2
            ];
        }),
        ("are of one wish", |r| {
            r.sessions.push(Session {
                id: id(11),
                status: "open".into(),
                discount: None,
                ..r.sessions[0].clone()
            });
        }),
        ("was acknowledged and is gone", |r| {
            r.acknowledged.insert(Acknowledgement::Created(id(12)));
        }),
        ("was told to have succeeded", |r| {
            r.sessions[0].status = "open".into()
        }),
        ("are the same person", |r| {
            r.customers.push(Customer {
                id: id(44),
                ..r.customers[0].clone()
            })
        }),
        ("has no customer", |r| r.customers.clear()),
        ("was used 2 times", |r| r.discounts[0].count = 2),
        ("counts 0 uses", |r| r.discounts[0].count = 0),
        ("do not agree on its use", |r| {
            r.redemptions[0].checkout = id(12)
        }),
        ("happened 2 times and was written 1", |r| {
            r.journal.push(r.journal[0].clone())
        }),
        ("never happened", |r| {
            r.journal.remove(0);
        }),
        (
            "order.paid of 00000000-0000-0000-0000-000000000003 happened 0 times",
            |r| {
                r.journal.retain(|h| h.kind != "order.paid");
                r.webhook_events.retain(|t| t.kind != "order.paid");
            },
        ),
        ("never arrived", |r| {
            r.deliveries.pop();
        }),
        ("never arrived", |r| {
            let last = r.deliveries.pop();
            let last = last.map(|delivery| delivery.webhook_id);
            let last = r
                .webhook_events
                .iter_mut()
                .find(|event| Some(event.id) == last);
            last.expect("it was told").skipped = true;
        }),
        ("was never committed", |r| {
            r.deliveries[0].webhook_id = id(999)
        }),
        ("came with two bodies", |r| {
            r.deliveries.push(Delivery {
                body: 77,
                ..r.deliveries[0].clone()
            });
        }),
        ("was buried", |r| r.buried.push("fulfil".into())),
    ];
    for (words, doctor) in doctors {
        let found = after(doctor);
        assert!(
            found.iter().any(|v| v.contains(words)),
            "{words}: {found:?}"
        );
    }
}

#[test]
fn a_session_may_wait_only_where_its_buyer_left_while_the_bank_was_asking() {
    let waits = |abandoned: bool, state: &'static str| {
        after(|r| {
            let session = Session {
                id: id(61),
                status: "confirmed".into(),
                attempt: Some(id(62)),
                discount: Some(id(5)),
                wish: None,
                recurring: false,
            };
            r.sessions.push(session);
            (r.discounts[0].limit, r.discounts[0].count) = (Some(2), 2);
            r.redemptions.push(Redemption {
                discount: id(5),
                checkout: id(61),
            });
            r.payments.push(Payment {
                id: id(62),
                purpose: "checkout".into(),
                subject: None,
                checkout: Some(id(61)),
                order: None,
                kind: "charge".into(),
                state: state.into(),
                reference: Some("pi_6".into()),
            });
            r.intents.push(Intent {
                id: "pi_6".into(),
                attempt: id(62),
                status: "requires_action".into(),
                was_confirmed: false,
            });
            r.abandoned.extend(abandoned.then_some(id(61)));
        })
    };
    let is_stuck = |found: &[String]| found.iter().any(|v| v.contains("never succeeded"));
    let left = waits(true, "requires_action");
    let is_sound = |v: &String| v.contains("checkout.created of");
    assert!(left.iter().all(is_sound), "{left:?}");
    assert!(is_stuck(&waits(false, "requires_action")));
    let failed = waits(true, "failed");
    assert!(is_stuck(&failed));
    let is_payable = |v: &String| v.contains("intent pi_6 is still requires_action");
    assert!(failed.iter().any(is_payable), "{failed:?}");
}

#[test]
fn the_order_of_first_arrivals_counts_per_endpoint_and_repeats_do_not() {
    let again = after(|r| r.deliveries.push(r.deliveries[0].clone()));
    assert_eq!(again, Vec::<String>::new());
    let late = after(|r| {
        let first = r.deliveries.remove(0);
        r.deliveries.push(first);
    });
    assert!(late.iter().any(|v| v.contains("both of")), "{late:?}");
    // A refund that overtook a renewal of the same moment is of another subject; of its own subject it is not.
    let renewed = |subject: Uuid| {
        after(|r| {
            for endpoint in 0..2 {
                let webhook = id(900 + endpoint as u128);
                r.webhook_events.push(WebhookEvent {
                    id: webhook,
                    endpoint,
                    kind: "subscription.cycled".into(),
                    subject: Some(subject),
                    sequence: -1,
                    created: 49_000,
                    skipped: false,
                });
                r.deliveries.push(Delivery {
                    endpoint,
                    webhook_id: webhook,
                    body: 900,
                    kind: "subscription.cycled".into(),
                    chain: Some(id(1)),
                });
            }
            let session = |kind: &String| kind.starts_with("checkout.");
            r.webhook_events.retain(|event| !session(&event.kind));
            r.deliveries.retain(|delivery| !session(&delivery.kind));
        })
    };
    let overtaken = |found: &[String]| found.iter().any(|v| v.contains("both of"));
    assert!(!overtaken(&renewed(id(77))));
    assert!(overtaken(&renewed(id(3))));
    let others = after(|r| {
        let customer = r
            .deliveries
            .iter()
            .position(|d| d.kind == "customer.created");
        let customer = r.deliveries.remove(customer.unwrap());
        r.deliveries.push(customer);
    });
    assert!(
        others.iter().all(|v| v.contains("decided")) && !others.is_empty(),
        "{others:?}"
    );
}

#[test]
fn a_discount_above_its_limit_is_found_also_where_its_count_agrees() {
    let found = after(|r| {
        r.discounts[0].count = 2;
        r.redemptions.push(Redemption {
            discount: id(5),
            checkout: id(12),
        });
        r.sessions.push(Session {
            id: id(12),
            wish: None,
            ..r.sessions[0].clone()
        });
    });
    assert!(
        found.iter().any(|v| v.contains("was used 2 times")),
        "{found:?}"
    );
}

#[test]
fn a_newer_change_stands_for_one_that_still_waited() {
    let changed = |newer_arrives: bool| {
        after(|r| {
            for (n, skipped) in [(0, true), (1, false)] {
                r.journal.push(JournalEntry {
                    kind: "checkout.updated".into(),
                    subject: id(77),
                });
                for endpoint in 0..2 {
                    let webhook = id(500 + 10 * n + endpoint as u128);
                    r.webhook_events.push(WebhookEvent {
                        id: webhook,
                        endpoint,
                        kind: "checkout.updated".into(),
                        subject: Some(id(77)),
                        sequence: 100 + n as i64,
                        created: 1_000_000,
                        skipped,
                    });
                    if !skipped && newer_arrives {
                        r.deliveries.push(Delivery {
                            endpoint,
                            webhook_id: webhook,
                            kind: "checkout.updated".into(),
                            chain: None,
                            ..r.deliveries[0].clone()
                        });
                    }
                }
            }
        })
    };
    assert_eq!(changed(true), Vec::<String>::new());
    let lost = changed(false);
    assert_eq!(lost.len(), 4, "{lost:?}");
}
