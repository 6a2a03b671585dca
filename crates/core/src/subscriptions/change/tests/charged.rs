//! Changes that are charged at once: made when the money has moved, or not at all.

use proptest::prelude::*;
use serde_json::json;

use super::{
    super::{Billing, ChangeRows, Charge, Made, Unchanged, make, preview, record_outcome},
    DAY, changed, discount, just_after, plan, rows, trialing, update, with,
};
use crate::{
    checkout::tests::{at, id},
    kernel::{
        changes::{Changes, Write},
        letters::WRITE_JOB,
        records::{CustomerBalance, Payment, PaymentState},
        refusal::Refusal,
        values::{Json, Value},
        writes::{JobWrite, NamedWrite},
    },
    payments::{
        outcome::{Outcome, is_refund_due},
        samples::{failed, succeeded},
    },
    tax::NoTaxes,
};

/// From 10.00 to 20.00, charged at once.
fn dearer() -> ChangeRows {
    let mut rows = rows(plan(100, 1000), None);
    rows.target = Some(plan(200, 2000));
    rows
}

fn invoice() -> serde_json::Value {
    json!({"product_id": id(200), "proration_behavior": "invoice"})
}

fn made(rows: &ChangeRows, body: serde_json::Value) -> Result<Made, Unchanged> {
    let decision = changed(rows, body)?;
    make(rows, decision, &NoTaxes, &at(DAY))
}

/// The attempt of a change, and the rows while it is in flight.
fn begun(rows: ChangeRows, body: serde_json::Value) -> (ChangeRows, Payment) {
    let Charge::Change(payment) = made(&rows, body).unwrap().charge else {
        panic!("nothing is charged");
    };
    let locked = with(rows, |subscription| {
        subscription.attempt_id = Some(payment.id);
        subscription.version += 1;
    });
    (locked, *payment)
}

fn recorded(rows: &ChangeRows, payment: &Payment, outcome: &Outcome) -> (Payment, Changes) {
    let recorded = record_outcome(rows, payment, outcome, &NoTaxes, &just_after(DAY))
        .unwrap()
        .unwrap();
    (recorded.payment, recorded.changes)
}

/// The columns that changes write into the row of a table.
fn set(changes: &Changes, wanted: &str) -> Vec<(&'static str, Value)> {
    let found = changes.writes.iter().find_map(|write| match write {
        Write::Update { table, set, .. } if *table == wanted => Some(set.clone()),
        _ => None,
    });
    found.unwrap_or_default()
}

fn inserted(changes: &Changes, table: &str) -> usize {
    let inserts = changes.writes.iter();
    let inserts =
        inserts.filter(|write| matches!(write, Write::Insert { table: t, .. } if *t == table));
    inserts.count()
}

/// The kinds of events, in their order.
fn told(changes: &Changes) -> Vec<String> {
    let kinds = changes.writes.iter().filter_map(|write| match write {
        Write::Insert {
            table: "journal",
            columns,
            values,
            ..
        } => {
            let place = columns.iter().position(|column| *column == "kind")?;
            match &values[place] {
                Value::Text(kind) => Some(kind.clone()),
                other => panic!("{other:?}"),
            }
        }
        _ => None,
    });
    kinds.collect()
}

/// The number of letters about another plan that changes ask for.
fn letters(changes: &Changes) -> usize {
    let is_letter = |write: &&Write| match write {
        Write::Named(NamedWrite::Job(JobWrite::Request(job))) => {
            job.kind == WRITE_JOB.name() && job.payload.contains("\"changed\"")
        }
        _ => false,
    };
    changes.writes.iter().filter(is_letter).count()
}

#[test]
fn another_plan_is_told_of_by_letter_also_where_it_ends_the_trial() {
    let asked = |rows: &ChangeRows, body| letters(&made(rows, body).unwrap().changes);
    let another = json!({"product_id": id(200), "proration_behavior": "prorate"});
    assert_eq!(asked(&dearer(), another.clone()), 1);
    let trial = trialing(dearer(), 14);
    let decision = changed(&trial, another.clone()).unwrap();
    assert_eq!(decision.billing, Billing::PeriodEnd);
    assert_eq!(asked(&trial, another), 1);
    assert_eq!(asked(&trial, json!({"trial_end": "now"})), 0);
}

#[test]
fn a_change_that_is_charged_only_locks_the_subscription_until_the_outcome_is_known() {
    let rows = dearer();
    let made = made(&rows, invoice()).unwrap();
    let Charge::Change(payment) = &made.charge else {
        panic!("{:?}", made.charge)
    };
    assert_eq!(
        (payment.amount, payment.subject_id),
        (966, Some(rows.billing.subscription.id))
    );
    let columns: Vec<_> = set(&made.changes, "subscriptions")
        .into_iter()
        .map(|(column, _)| column)
        .collect();
    assert_eq!(columns, ["attempt_id", "version"]);
    assert_eq!(inserted(&made.changes, "orders"), 0);
    assert!(told(&made.changes).is_empty());
}

#[test]
fn a_success_makes_the_change_and_its_paid_order() {
    let (rows, payment) = begun(dearer(), invoice());
    let (noted, changes) = recorded(&rows, &payment, &succeeded());
    assert!(noted.order_id.is_some());
    let set = set(&changes, "subscriptions");
    assert!(set.contains(&("attempt_id", Value::Null)), "{set:?}");
    assert!(
        set.contains(&("product_id", Value::Uuid(id(200)))),
        "{set:?}"
    );
    assert_eq!(inserted(&changes, "orders"), 1);
    let order = [
        "order.created",
        "subscription.updated",
        "order.updated",
        "order.paid",
    ];
    assert_eq!(told(&changes), order);
    assert!(
        record_outcome(&rows, &noted, &succeeded(), &NoTaxes, &at(DAY))
            .unwrap()
            .is_none()
    );
}

#[test]
fn a_decline_leaves_everything_as_it_was_and_tells_nobody() {
    let mut rows = dearer();
    rows.discount = Some(discount(50, json!({})));
    let mut body = invoice();
    body["discount_id"] = json!(id(50));
    let (rows, payment) = begun(rows, body);
    let (noted, changes) = recorded(&rows, &payment, &failed());
    assert_eq!(noted.state, PaymentState::Failed);
    let columns: Vec<_> = set(&changes, "subscriptions")
        .into_iter()
        .map(|(column, _)| column)
        .collect();
    assert_eq!(columns, ["attempt_id", "version"]);
    assert!(told(&changes).is_empty());
    let given_back = |write: &&Write| matches!(write, Write::Named(named) if format!("{named:?}").contains("GiveBackUse"));
    assert_eq!(changes.writes.iter().filter(given_back).count(), 1);
}

#[test]
fn money_for_a_change_that_cannot_be_made_any_more_is_given_back() {
    let (rows, payment) = begun(dearer(), invoice());
    let ended = with(rows.clone(), |s| s.ended_at = Some(at(DAY).now));
    let (noted, changes) = recorded(&ended, &payment, &succeeded());
    assert!(is_refund_due(&noted));
    assert_eq!(
        (inserted(&changes, "refunds"), inserted(&changes, "orders")),
        (1, 0)
    );
    // It was given up before, and another change may be on its way.
    let (given_up, _) = recorded(&rows, &payment, &failed());
    let unlocked = with(rows, |s| s.attempt_id = Some(id(77)));
    let (noted, changes) = recorded(&unlocked, &given_up, &succeeded());
    assert!(is_refund_due(&noted));
    assert_eq!(set(&changes, "subscriptions"), []);
}

#[test]
fn a_change_that_cannot_be_read_any_more_keeps_the_subscription_locked() {
    let (rows, mut payment) = begun(dearer(), invoice());
    payment.confirmation = Json(json!({"lines": []}));
    let (noted, changes) = recorded(&rows, &payment, &succeeded());
    assert_eq!(noted.decline_reason.as_deref(), Some("terms_unreadable"));
    assert_eq!(
        (
            set(&changes, "subscriptions"),
            inserted(&changes, "refunds")
        ),
        (vec![], 0)
    );
}

#[test]
fn a_change_needs_a_card_only_where_something_is_charged() {
    let mut rows = dearer();
    rows.billing.method = None;
    match made(&rows, invoice()) {
        Err(Unchanged::Refused(Refusal::PaymentFailed(_))) => {}
        other => panic!("{other:?}"),
    }
    let mut cheaper = super::rows(plan(100, 1000), None);
    cheaper.billing.method = None;
    cheaper.target = Some(plan(200, 500));
    let made = made(&cheaper, invoice()).unwrap();
    assert!(matches!(made.charge, Charge::Nothing));
    let order = [
        "order.created",
        "order.updated",
        "order.paid",
        "subscription.updated",
    ];
    assert_eq!(told(&made.changes), order);
    // 9.67 back and 4.83 to pay: the difference is the customer's.
    assert_eq!(inserted(&made.changes, "balance_entries"), 1);
}

#[test]
fn status_that_changes_while_a_change_is_charged_stays() {
    use till_wire::subscriptions::SubscriptionStatus::PastDue;
    let (rows, payment) = begun(dearer(), invoice());
    let rows = with(rows, |s| s.status = PastDue);
    let (_, changes) = recorded(&rows, &payment, &succeeded());
    assert!(
        set(&changes, "subscriptions")
            .iter()
            .all(|(column, _)| *column != "status")
    );
}

proptest! {
    /// The same decision, so the same sums.
    #[test]
    fn what_a_preview_says_is_what_is_charged(
        from in 0i64..5_000, to in 0i64..5_000, credit in -200i64..3_000, minutes in 0i64..43_200,
    ) {
        let mut rows = rows(plan(100, from), None);
        rows.target = Some(plan(200, to));
        rows.billing.balance = Some(CustomerBalance {
            id: id(60), created_at: at(0).now, version: 1, organization_id: id(1), customer_id: id(5),
            currency: till_wire::money::Currency::USD, amount: credit,
        });
        let (ctx, update) = (at(minutes), update(&invoice()));
        let preview = preview(&update, &rows, &NoTaxes, &ctx).unwrap();
        let decision = super::super::decide(&update, &rows, &ctx).unwrap();
        let made = make(&rows, decision, &NoTaxes, &ctx).unwrap();
        let charged = match &made.charge {
            Charge::Change(payment) => payment.amount,
            _ => 0,
        };
        prop_assert_eq!(preview.now.due_amount, charged);
        prop_assert_eq!(preview.now.total_amount, preview.now.proration_amount);
        let next = preview.next_charge.unwrap();
        prop_assert_eq!((next.charge.base_amount, next.at), (to, made.subscription.current_period_end));
        prop_assert!(next.charge.prorations.is_empty());
        if let Charge::Change(payment) = &made.charge {
            let rows = with(rows, |s| s.attempt_id = Some(payment.id));
            let (noted, changes) = recorded(&rows, payment, &succeeded());
            prop_assert!(noted.order_id.is_some());
            prop_assert_eq!(inserted(&changes, "orders"), 1);
        }
    }
}

#[test]
fn lines_that_wait_are_taken_by_the_order_of_a_change() {
    let rows = dearer();
    let prorate = json!({"product_id": id(200), "proration_behavior": "prorate"});
    let decision = changed(&rows, prorate).unwrap();
    let made_first = make(&rows, decision.clone(), &NoTaxes, &at(DAY)).unwrap();
    assert_eq!(inserted(&made_first.changes, "billing_entries"), 2);
    let mut rows = with(rows, |s| *s = decision.subscription.clone());
    rows.billing.entries =
        super::super::order::entries(&decision.subscription, &decision.lines, &at(DAY));
    rows.billing.offered = plan(200, 2000);
    rows.target = Some(plan(300, 3000));
    let body = json!({"product_id": id(300), "proration_behavior": "invoice"});
    let Charge::Change(payment) = made(&rows, body).unwrap().charge else {
        panic!("nothing is charged")
    };
    // 9.67 for the first change, and 9.67 for the second.
    assert_eq!(payment.amount, 966 + 967);
}

/// A version that no row has would be a conflict for ever.
#[test]
fn what_ends_a_period_or_a_pause_writes_versions_that_follow_each_other() {
    use till_wire::subscriptions::SubscriptionStatus::Paused;
    let paused = super::in_status(rows(plan(100, 1000), None), Paused);
    let trial = super::trialing(rows(plan(100, 1000), None), 14);
    for (rows, body) in [
        (paused, json!({"resume": true})),
        (trial, json!({"trial_end": "now"})),
    ] {
        let made = made(&rows, body).unwrap();
        let mut next = rows.billing.subscription.version;
        for write in &made.changes.writes {
            match write {
                Write::Update {
                    table: "subscriptions",
                    version,
                    ..
                } => {
                    assert_eq!(*version, Some(next));
                    next += 1;
                }
                Write::Guard {
                    table: "subscriptions",
                    version,
                    ..
                } => assert_eq!(*version, next),
                _ => {}
            }
        }
        assert_eq!(made.subscription.version, next);
    }
}

#[test]
fn an_order_of_nothing_is_paid() {
    let mut rows = rows(plan(100, 1000), None);
    rows.target = Some(plan(100, 1000));
    let preview = preview(
        &update(&json!({"product_id": id(100), "proration_behavior": "invoice"})),
        &rows,
        &NoTaxes,
        &at(DAY),
    );
    let preview = preview.unwrap();
    assert_eq!(
        (
            preview.now.proration_amount,
            preview.now.due_amount,
            preview.now.prorations.len()
        ),
        (0, 0, 2)
    );
    let made = made(
        &rows,
        json!({"product_id": id(100), "proration_behavior": "invoice"}),
    )
    .unwrap();
    assert_eq!(inserted(&made.changes, "orders"), 1);
}
