//! Sums of changes, to the cent, and why they are refused.

mod charged;
mod next;
mod plans;
mod seats;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use till_wire::{
    input::Context,
    money::Currency,
    subscriptions::{SubscriptionStatus, SubscriptionUpdate},
    values::Interval,
};

use super::{ChangeRows, Decision, Unchanged, decide};
use crate::{
    catalog::products::ProductWithPrices,
    checkout::tests::{at, customer, id, monthly, organization, subscribers},
    discounts::samples,
    kernel::{
        context::DecisionContext,
        records::{Discount, PaymentMethod, Subscription},
        refusal::Refusal,
        values::Json,
    },
    subscriptions::{bill::BillingRows, start},
    terms::Terms,
};

/// A day after the period began.
pub(super) const DAY: i64 = 24 * 60;

/// A product of this amount every 30 days.
pub(super) fn plan(n: u128, amount: i64) -> ProductWithPrices {
    let mut plan = monthly(amount);
    plan.product.id = id(n);
    plan.product.name = format!("Plan {n}");
    plan.product.recurring_interval = Some(Interval::Day);
    plan.product.recurring_interval_count = Some(30);
    plan.prices[0].id = id(n + 1);
    plan.prices[0].product_id = id(n);
    plan
}

pub(super) fn discount(n: u128, more: Value) -> Discount {
    Discount {
        id: id(n),
        ..samples::discount(more, id(1), &at(0))
    }
}

/// A subscription to a plan that began at `at(0)`, with its discount, and a card.
pub(super) fn rows(plan: ProductWithPrices, discount: Option<Discount>) -> ChangeRows {
    let price = &plan.prices[0];
    let seats = crate::seats::range(plan.prices.iter()).map(|range| range.min);
    let amount = price.amount_for(None, seats).unwrap();
    let off = discount
        .as_ref()
        .map_or(0, |discount| discount.off(amount, Currency::USD));
    let terms = Terms {
        product_id: plan.product.id,
        price_id: price.id,
        price_ids: Json(vec![price.id]),
        amount,
        currency: Currency::USD,
        seats,
        discount_id: discount.as_ref().map(|discount| discount.id),
        discount_amount: off,
        tax_amount: Some(0),
        tax_behavior: None,
        tax_breakdown: None,
        allow_trial: false,
        trial_end: None,
    };
    let new = start::NewSubscription {
        customer_id: id(5),
        product: &plan.product,
        terms: &terms,
        checkout_id: None,
        payment_method_id: Some(id(9)),
        upgraded: None,
        metadata: &Default::default(),
        custom_field_data: &Default::default(),
    };
    let subscription = start::start(new, &at(0));
    let method = PaymentMethod {
        id: id(9),
        created_at: at(0).now,
        organization_id: id(1),
        customer_id: id(5),
        processor: Default::default(),
        customer_reference: Some("cus_1".into()),
        reference: "pm_1".into(),
        kind: "card".into(),
        card: Json(till_wire::payments::CardMetadata {
            brand: "visa".into(),
            last4: "4242".into(),
            exp_month: 12,
            exp_year: 2030,
            wallet: None,
        }),
    };
    let billing = BillingRows {
        owner: None,
        seats: Default::default(),
        counts: Vec::new(),
        organization: organization(),
        subscription,
        customer: customer(5, "ada@example.com", None),
        offered: plan,
        discount,
        balance: None,
        latest_bill: None,
        entries: Vec::new(),
        unpaid: Vec::new(),
        method: Some(method),
        next_offered: None,
        next_discount: None,
        subscribers: subscribers(),
    };
    ChangeRows {
        billing,
        target: None,
        discount: None,
    }
}

pub(super) fn with(mut rows: ChangeRows, change: impl FnOnce(&mut Subscription)) -> ChangeRows {
    change(&mut rows.billing.subscription);
    rows
}

/// The subscription in a trial of some days.
pub(super) fn trialing(rows: ChangeRows, days: i64) -> ChangeRows {
    with(rows, |subscription| {
        let end = at(days * DAY).now;
        subscription.status = SubscriptionStatus::Trialing;
        subscription.trial_start = Some(subscription.current_period_start);
        subscription.trial_end = Some(end);
        subscription.current_period_end = end;
        subscription.discount_applied_at = None;
    })
}

pub(super) fn in_status(rows: ChangeRows, status: SubscriptionStatus) -> ChangeRows {
    with(rows, |subscription| {
        subscription.status = status;
        subscription.ended_at = (status == SubscriptionStatus::Canceled).then_some(at(1).now);
    })
}

pub(super) fn update(body: &Value) -> SubscriptionUpdate {
    let mut cx = Context::new("body");
    let read = SubscriptionUpdate::read(body, &mut cx, Timestamp::MIN);
    assert_eq!(cx.problems, [], "{body}");
    read.unwrap()
}

/// Decides a change a day after the period began.
pub(super) fn changed(rows: &ChangeRows, body: Value) -> Result<Decision, Unchanged> {
    decide(&update(&body), rows, &at(DAY))
}

pub(super) fn amounts(decision: &Decision) -> Vec<i64> {
    decision.lines.iter().map(|line| line.amount).collect()
}

/// Kind and place of a refusal, or its name.
pub(super) fn refused(rows: &ChangeRows, body: Value) -> String {
    match changed(rows, body).unwrap_err() {
        Unchanged::Refused(Refusal::Subscription(refusal)) => format!("{refusal:?}"),
        Unchanged::Refused(Refusal::Invalid(problems)) => {
            let loc = serde_json::to_value(&problems[0].loc).unwrap();
            format!("{} {}", problems[0].kind, loc[1].as_str().unwrap())
        }
        other => format!("{other:?}"),
    }
}

/// A moment, as a body has it.
pub(super) fn day(n: i64) -> Value {
    json!(at(n * DAY).now)
}

#[test]
fn a_locked_subscription_takes_no_change_at_all() {
    let rows = with(rows(plan(100, 1000), None), |s| s.attempt_id = Some(id(8)));
    for body in [
        json!({}),
        json!({"seats": 2}),
        json!({"revoke": true}),
        json!({"cancel_at_period_end": true}),
        json!({"pending_update": null}),
        json!({"current_billing_period_end": day(40)}),
    ] {
        assert_eq!(refused(&rows, body), "Locked");
    }
}

#[test]
fn an_empty_change_is_told_of_and_changes_nothing() {
    let rows = rows(plan(100, 1000), None);
    let decision = changed(&rows, json!({})).unwrap();
    assert_eq!(decision.subscription, rows.billing.subscription);
    assert_eq!(decision.events.len(), 1);
}

#[test]
fn a_cancellation_is_for_the_end_of_the_period_and_can_be_withdrawn() {
    let active = with(rows(plan(100, 1000), None), |s| {
        s.pause_at_period_end = true;
        s.resumes_at = Some(at(90 * DAY).now);
    });
    let why = json!({"cancel_at_period_end": true, "customer_cancellation_reason": "unused", "customer_cancellation_comment": "Bye"});
    let canceled = changed(&active, why).unwrap().subscription;
    assert_eq!(canceled.canceled_at, Some(at(DAY).now));
    assert_eq!(canceled.ends_at, Some(canceled.current_period_end));
    assert!(!canceled.pause_at_period_end && canceled.resumes_at.is_none());
    assert_eq!(
        canceled.customer_cancellation_comment.as_deref(),
        Some("Bye")
    );
    let canceled = with(active.clone(), |s| *s = canceled);
    assert_eq!(
        refused(&canceled, json!({"cancel_at_period_end": true})),
        "AlreadyCanceled"
    );
    assert_eq!(
        refused(&canceled, json!({"product_id": id(200)})),
        "AlreadyCanceled"
    );
    assert_eq!(
        refused(&canceled, json!({"current_billing_period_end": day(40)})),
        "AlreadyCanceled"
    );
    assert_eq!(
        refused(&canceled, json!({"pause_at_period_end": true})),
        "CannotPause"
    );
    let back = changed(&canceled, json!({"cancel_at_period_end": false}))
        .unwrap()
        .subscription;
    assert_eq!(
        (
            back.canceled_at,
            back.ends_at,
            back.customer_cancellation_reason
        ),
        (None, None, None)
    );
    assert_eq!(
        refused(&active, json!({"cancel_at_period_end": false})),
        "NotCanceled"
    );
    let ended = in_status(active.clone(), SubscriptionStatus::Canceled);
    assert_eq!(
        refused(&ended, json!({"cancel_at_period_end": false})),
        "Ended"
    );
    assert_eq!(
        refused(&ended, json!({"cancel_at_period_end": true})),
        "AlreadyCanceled"
    );
    assert_eq!(refused(&ended, json!({"revoke": true})), "AlreadyCanceled");
    let paused = in_status(active, SubscriptionStatus::Paused);
    assert_eq!(
        refused(&paused, json!({"cancel_at_period_end": true})),
        "AlreadyCanceled"
    );
    let revoked = changed(
        &paused,
        json!({"revoke": true, "customer_cancellation_reason": "other"}),
    )
    .unwrap();
    assert_eq!(revoked.subscription.status, SubscriptionStatus::Canceled);
    assert_eq!(revoked.subscription.ended_at, Some(at(DAY).now));
    assert_eq!(revoked.events.len(), 3);
    assert_eq!(revoked.subscription.next_due_at, None);
}

#[test]
fn a_pause_begins_with_the_end_of_the_period_and_ends_after_it() {
    let active = rows(plan(100, 1000), None);
    let pause = |resumes_at: Value| json!({"pause_at_period_end": true, "resumes_at": resumes_at});
    assert_eq!(refused(&active, pause(day(30))), "value_error resumes_at");
    let pausing = changed(&active, pause(day(60))).unwrap().subscription;
    assert!(pausing.pause_at_period_end);
    assert_eq!(pausing.status, SubscriptionStatus::Active);
    let pausing = with(active.clone(), |s| *s = pausing);
    assert_eq!(refused(&pausing, pause(day(60))), "CannotPause");
    let back = changed(&pausing, json!({"pause_at_period_end": false}))
        .unwrap()
        .subscription;
    assert!(!back.pause_at_period_end && back.resumes_at.is_none());
    assert_eq!(
        refused(&active, json!({"pause_at_period_end": false})),
        "NoScheduledPause"
    );
    assert_eq!(refused(&active, json!({"resume": true})), "NotPaused");
    for status in [
        SubscriptionStatus::Trialing,
        SubscriptionStatus::PastDue,
        SubscriptionStatus::Paused,
    ] {
        let rows = in_status(active.clone(), status);
        assert_eq!(
            refused(&rows, json!({"pause_at_period_end": true})),
            "CannotPause"
        );
    }
}

#[test]
fn a_trial_is_moved_ended_or_begun_after_what_is_paid_for() {
    let active = rows(plan(100, 1000), None);
    assert_eq!(
        refused(&active, json!({"trial_end": "now"})),
        "value_error trial_end"
    );
    assert_eq!(
        refused(&active, json!({"trial_end": day(30)})),
        "value_error trial_end"
    );
    let begun = changed(&active, json!({"trial_end": day(45)}))
        .unwrap()
        .subscription;
    assert_eq!(begun.status, SubscriptionStatus::Trialing);
    assert_eq!(
        (begun.trial_start, begun.trial_end),
        (None, Some(at(45 * DAY).now))
    );
    assert_eq!(begun.current_period_start, at(0).now);
    let trial = trialing(active.clone(), 14);
    for days in [3, 20] {
        let moved = changed(&trial, json!({"trial_end": day(days)}))
            .unwrap()
            .subscription;
        assert_eq!(moved.trial_end, Some(at(days * DAY).now));
        assert_eq!(
            (moved.current_period_end, moved.next_due_at),
            (at(days * DAY).now, moved.trial_end)
        );
    }
    let ended = changed(&trial, json!({"trial_end": "now"})).unwrap();
    assert_eq!(ended.billing, super::Billing::PeriodEnd);
    for status in [
        SubscriptionStatus::PastDue,
        SubscriptionStatus::Paused,
        SubscriptionStatus::Canceled,
    ] {
        let rows = in_status(active.clone(), status);
        assert_eq!(refused(&rows, json!({"trial_end": day(45)})), "Inactive");
    }
}

#[test]
fn the_billing_date_moves_with_what_waits_for_it() {
    let active = rows(plan(100, 1000), None);
    let moved = changed(&active, json!({"current_billing_period_end": day(40)}))
        .unwrap()
        .subscription;
    assert_eq!(
        (moved.current_period_end, moved.next_due_at),
        (at(40 * DAY).now, Some(at(40 * DAY).now))
    );
    assert_eq!(
        moved.anchor_day,
        crate::kernel::period::anchor(at(40 * DAY).now)
    );
    let trial = changed(
        &trialing(active.clone(), 14),
        json!({"current_billing_period_end": day(2)}),
    )
    .unwrap();
    assert_eq!(trial.subscription.trial_end, Some(at(2 * DAY).now));
    for (status, words) in [
        (SubscriptionStatus::PastDue, "Inactive"),
        (SubscriptionStatus::Canceled, "AlreadyCanceled"),
    ] {
        let rows = in_status(active.clone(), status);
        assert_eq!(
            refused(&rows, json!({"current_billing_period_end": day(40)})),
            words
        );
    }
}

#[test]
fn a_discount_alone_counts_from_the_next_period_on() {
    let mut active = rows(plan(100, 1000), None);
    active.discount = Some(discount(50, json!({})));
    assert_eq!(
        refused(&active, json!({"discount_id": id(51)})),
        "value_error discount_id"
    );
    let discounted = changed(&active, json!({"discount_id": id(50)})).unwrap();
    let new = &discounted.subscription;
    assert_eq!(
        (new.amount, new.base_amount, new.discount_id),
        (900, 1000, Some(id(50)))
    );
    assert_eq!(new.discount_applied_at, None);
    assert!(discounted.used.is_some() && discounted.lines.is_empty());
    let mut again = with(active.clone(), |s| *s = new.clone());
    again.billing.discount = active.discount.clone();
    assert_eq!(
        refused(&again, json!({"discount_id": id(50)})),
        "value_error discount_id"
    );
    let bare = changed(&again, json!({"discount_id": null}))
        .unwrap()
        .subscription;
    assert_eq!((bare.amount, bare.discount_id), (1000, None));
    // What was not applied yet is not in the lines of the period either.
    again.target = Some(plan(200, 2000));
    let lines = amounts(&changed(&again, json!({"product_id": id(200)})).unwrap());
    assert_eq!(lines, [-967, 1933]);
    let ended = in_status(active.clone(), SubscriptionStatus::Canceled);
    assert_eq!(
        changed(&ended, json!({"discount_id": id(50)}))
            .unwrap()
            .subscription
            .amount,
        900
    );
    active.discount.as_mut().unwrap().max_redemptions = Some(0);
    assert_eq!(
        refused(&active, json!({"discount_id": id(50)})),
        "value_error discount_id"
    );
}

#[test]
fn nothing_is_withdrawn_where_nothing_waits() {
    let active = rows(plan(100, 1000), None);
    assert_eq!(
        refused(&active, json!({"pending_update": null})),
        "value_error pending_update"
    );
    assert_eq!(refused(&active, json!({"units": 2})), "NotUnitBased");
}

/// The clock moved on by as much as nobody sees.
pub(super) fn just_after(minutes: i64) -> DecisionContext {
    let ctx = at(minutes);
    DecisionContext::new(ctx.now + SignedDuration::from_micros(1), [4; 32])
}
