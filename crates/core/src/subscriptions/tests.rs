//! Renewals and dunning, decided on rows.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use till_wire::{
    orders::{BillingReason, OrderStatus},
    payments::PaymentTrigger,
    subscriptions::SubscriptionStatus,
    values::Interval,
};

use super::{
    bill::BillingRows,
    dun::{self, Failure, MOST_FAILURES},
    renew::{self, Due, Step},
    start::{NewSubscription, start},
};
use crate::{
    checkout::tests::{at, customer, id, monthly, organization, subscribers},
    discounts::samples::discount,
    kernel::{
        changes::Write,
        context::DecisionContext,
        records::{
            BillingEntry, CustomerBalance, DiscountChange, Order, PaymentMethod, PendingUpdate,
            ProcessorName, Subscription,
        },
        values::Json,
    },
    orders::payment::{self, OrderRows},
    tax::NoTaxes,
    terms::Terms,
};

/// A subscription for 20.00 USD a month that began at noon of 31 January, with a saved card.
pub(crate) fn rows() -> BillingRows {
    let offered = monthly(2000);
    let terms = Terms {
        product_id: offered.product.id,
        price_id: offered.prices[0].id,
        price_ids: Json(vec![]),
        amount: 2000,
        currency: till_wire::money::Currency::USD,
        seats: None,
        discount_id: None,
        discount_amount: 0,
        tax_amount: None,
        tax_behavior: None,
        tax_breakdown: None,
        allow_trial: false,
        trial_end: None,
    };
    let customer = customer(5, "ada@example.com", None);
    let new = NewSubscription {
        customer_id: customer.id,
        product: &offered.product,
        terms: &terms,
        checkout_id: None,
        payment_method_id: Some(id(9)),
        upgraded: None,
        metadata: &Default::default(),
        custom_field_data: &Default::default(),
    };
    BillingRows {
        owner: None,
        seats: Default::default(),
        counts: Vec::new(),
        organization: organization(),
        subscription: start(new, &at(0)),
        offered,
        discount: None,
        balance: None,
        latest_bill: None,
        entries: Vec::new(),
        unpaid: Vec::new(),
        method: Some(PaymentMethod {
            id: id(9),
            created_at: at(0).now,
            organization_id: id(1),
            customer_id: customer.id,
            processor: ProcessorName::Sandbox,
            customer_reference: Some("cus_1".into()),
            reference: "pm_1".into(),
            kind: "card".into(),
            card: Json(till_wire::payments::CardMetadata {
                brand: "visa".into(),
                last4: "4242".into(),
                exp_month: 12,
                exp_year: 2040,
                wallet: None,
            }),
        }),
        customer,
        next_offered: None,
        next_discount: None,
        subscribers: subscribers(),
    }
}

fn moment(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The moment at which the current period ends.
fn due(rows: &BillingRows) -> DecisionContext {
    DecisionContext::new(rows.subscription.current_period_end, [8; 32])
}

fn step(rows: &BillingRows) -> Step {
    match renew::due(rows, &NoTaxes, &due(rows)).unwrap() {
        Due::Step(step) => *step,
        other => panic!("no step: {other:?}"),
    }
}

fn made(step: &Step) -> &Order {
    step.order.as_ref().expect("an order")
}

fn told(step: &Step) -> Vec<String> {
    let inserted = step.changes.writes.iter().filter_map(|write| match write {
        Write::Insert {
            table: "journal",
            columns,
            values,
            ..
        } => {
            let place = columns.iter().position(|column| *column == "kind")?;
            Some(format!("{:?}", values[place]))
        }
        _ => None,
    });
    inserted.collect()
}

fn tables(step: &Step) -> Vec<&'static str> {
    let inserted = step.changes.writes.iter().filter_map(|write| match write {
        Write::Insert { table, .. } if *table != "journal" && *table != "webhook_events" => {
            Some(*table)
        }
        _ => None,
    });
    inserted.collect()
}

fn balance(amount: i64) -> Option<CustomerBalance> {
    Some(CustomerBalance {
        id: id(60),
        created_at: at(0).now,
        version: 1,
        organization_id: id(1),
        customer_id: id(5),
        currency: till_wire::money::Currency::USD,
        amount,
    })
}

fn entry(n: u128, amount: i64) -> BillingEntry {
    BillingEntry {
        id: id(n),
        created_at: at(1).now,
        organization_id: id(1),
        subscription_id: id(50),
        label: "A change".into(),
        amount,
        currency: till_wire::money::Currency::USD,
        price_id: None,
        starts_at: at(1).now,
        ends_at: moment("2026-02-28T12:00:00Z"),
    }
}

fn pending(rows: &mut BillingRows) -> &mut PendingUpdate {
    let update = PendingUpdate {
        id: id(70),
        created_at: at(1).now,
        modified_at: None,
        applies_at: rows.subscription.current_period_end,
        product_id: None,
        seats: None,
        discount: DiscountChange::Keep,
    };
    &mut rows.subscription.pending_update.insert(Json(update)).0
}

#[test]
fn nothing_is_done_before_its_moment() {
    let rows = rows();
    let early = rows.subscription.current_period_end - SignedDuration::from_micros(1);
    let early = DecisionContext::new(early, [8; 32]);
    match renew::due(&rows, &NoTaxes, &early).unwrap() {
        Due::Nothing(changes) => assert!(changes.is_empty()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_renewal_has_its_order_and_its_attempt_in_one_commit() {
    let rows = rows();
    let step = step(&rows);
    let now = &step.subscription;
    assert_eq!(
        now.current_period_start,
        rows.subscription.current_period_end
    );
    assert_eq!(now.current_period_end, moment("2026-03-31T12:00:00Z"));
    assert_eq!(now.next_due_at, Some(now.current_period_end));
    assert_eq!(
        (made(&step).status, made(&step).due_amount()),
        (OrderStatus::Pending, 2000)
    );
    let payment = step.payment.as_ref().unwrap();
    assert_eq!(
        (payment.amount, payment.subject_id),
        (2000, Some(made(&step).id))
    );
    assert_eq!(
        payment.trigger_kind,
        Some(PaymentTrigger::SubscriptionCycle)
    );
    assert_eq!(tables(&step), ["orders", "payments"]);
    assert_eq!(step.customer.invoice_next, rows.customer.invoice_next + 1);
}

#[test]
fn a_locked_subscription_waits_for_the_charge_of_its_change() {
    let mut rows = rows();
    rows.subscription.attempt_id = Some(id(3));
    match renew::due(&rows, &NoTaxes, &due(&rows)).unwrap() {
        Due::Nothing(changes) => assert!(changes.is_empty()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_organization_that_may_not_renew_waits_and_a_deleted_customer_is_done() {
    let mut waiting = rows();
    waiting.organization.status = till_wire::organizations::OrganizationStatus::Denied;
    let mut gone = rows();
    gone.customer.deleted_at = Some(at(1).now);
    for rows in [waiting, gone] {
        match renew::due(&rows, &NoTaxes, &due(&rows)).unwrap() {
            Due::Nothing(changes) => assert_eq!(changes.writes.len(), 1),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_cancelled_subscription_ends_and_bills_only_what_waited() {
    let mut rows = rows();
    rows.subscription.cancel_at_period_end = true;
    let ended = step(&rows);
    assert_eq!(ended.subscription.status, SubscriptionStatus::Canceled);
    assert_eq!(ended.subscription.ended_at, Some(due(&rows).now));
    assert_eq!(
        (&ended.order, ended.subscription.next_due_at),
        (&None, None)
    );
    rows.entries = vec![entry(61, 500)];
    let billed = step(&rows);
    assert_eq!(made(&billed).subtotal_amount, 500);
    assert!(billed.payment.is_some());
}

#[test]
fn a_cancellation_comes_before_a_pause_and_a_pause_bills_nothing() {
    let mut rows = rows();
    rows.subscription.pause_at_period_end = true;
    rows.entries = vec![entry(61, 500)];
    let paused = step(&rows);
    assert_eq!(paused.subscription.status, SubscriptionStatus::Paused);
    assert_eq!(
        (&paused.order, paused.subscription.next_due_at),
        (&None, None)
    );
    rows.subscription.cancel_at_period_end = true;
    assert_eq!(
        step(&rows).subscription.status,
        SubscriptionStatus::Canceled
    );
}

#[test]
fn a_pause_that_ends_starts_a_period_on_its_own_day() {
    let mut rows = rows();
    rows.subscription.status = SubscriptionStatus::Paused;
    rows.subscription.paused_at = Some(rows.subscription.current_period_end);
    rows.subscription.resumes_at = Some(moment("2026-05-17T09:00:00Z"));
    let ctx = DecisionContext::new(moment("2026-05-17T09:00:05Z"), [8; 32]);
    let Due::Step(step) = renew::due(&rows, &NoTaxes, &ctx).unwrap() else {
        panic!("no step");
    };
    let now = &step.subscription;
    assert_eq!(
        (now.status, now.anchor_day),
        (SubscriptionStatus::Active, 17)
    );
    assert_eq!(
        (now.current_period_start, now.current_period_end),
        (ctx.now, moment("2026-06-17T09:00:05Z"))
    );
    assert_eq!((now.paused_at, now.resumes_at), (None, None));
    assert_eq!(made(&step).total_amount(), 2000);
}

#[test]
fn credit_pays_first_and_is_used_up_as_entries() {
    let mut rows = rows();
    rows.balance = balance(1500);
    let part = step(&rows);
    assert_eq!(
        (made(&part).applied_balance_amount, made(&part).due_amount()),
        (-1500, 500)
    );
    assert_eq!(part.payment.as_ref().unwrap().amount, 500);
    rows.balance = balance(9000);
    let whole = step(&rows);
    assert_eq!(
        (made(&whole).status, made(&whole).due_amount()),
        (OrderStatus::Paid, 0)
    );
    assert_eq!(whole.payment, None);
    assert_eq!(tables(&whole), ["orders", "balance_entries"]);
}

#[test]
fn what_is_too_small_to_be_charged_becomes_debt_of_the_next_order() {
    let mut rows = rows();
    rows.balance = balance(1980);
    let small = step(&rows);
    assert_eq!(
        (made(&small).status, made(&small).due_amount()),
        (OrderStatus::Paid, 20)
    );
    assert_eq!(small.payment, None);
    rows.balance = balance(-20);
    let next = step(&rows);
    assert_eq!(
        (made(&next).applied_balance_amount, made(&next).due_amount()),
        (20, 2020)
    );
}

#[test]
fn more_credit_than_the_period_costs_goes_to_the_balance() {
    let mut rows = rows();
    rows.entries = vec![entry(61, -3000)];
    let step = step(&rows);
    let order = made(&step);
    assert_eq!(
        (order.status, order.total_amount(), order.due_amount()),
        (OrderStatus::Paid, -1000, 0)
    );
    assert_eq!(
        tables(&step),
        ["orders", "balance_entries", "customer_balances"]
    );
}

#[test]
fn the_discount_is_taken_off_whole_periods_only() {
    let mut rows = rows();
    let half = json!({"duration": "forever", "basis_points": 5000});
    let half = discount(half, id(1), &at(0));
    rows.subscription.discount_id = Some(half.id);
    rows.discount = Some(half);
    rows.entries = vec![entry(61, 500)];
    let step = step(&rows);
    let order = made(&step);
    assert_eq!((order.subtotal_amount, order.discount_amount), (2500, 1000));
    assert_eq!(step.subscription.amount, 1000);
    assert!(step.subscription.discount_applied_at.is_some());
}

#[test]
fn a_change_that_waited_is_applied_with_the_new_period() {
    let mut rows = rows();
    let mut yearly = monthly(9000);
    yearly.product.id = id(400);
    yearly.product.recurring_interval = Some(Interval::Year);
    pending(&mut rows).product_id = Some(id(400));
    rows.next_offered = Some(yearly);
    let now = step(&rows).subscription;
    assert_eq!(
        (now.product_id, now.amount, now.recurring_interval),
        (id(400), 9000, Interval::Year)
    );
    assert_eq!(now.pending_update, None);
    assert_eq!(
        (now.anchor_day, now.current_period_end),
        (28, moment("2027-02-28T12:00:00Z"))
    );
}

#[test]
fn a_change_to_a_product_without_a_price_is_dropped() {
    let mut rows = rows();
    let mut gone = monthly(9000);
    gone.product.id = id(400);
    gone.prices[0].is_archived = true;
    pending(&mut rows).product_id = Some(id(400));
    rows.next_offered = Some(gone);
    let now = step(&rows).subscription;
    assert_eq!(
        (now.product_id, now.amount),
        (rows.subscription.product_id, 2000)
    );
    assert_eq!(now.pending_update, None);
}

#[test]
fn a_change_may_set_or_remove_the_discount() {
    let mut rows = rows();
    let forever = json!({"duration": "forever", "basis_points": 5000});
    let half = discount(forever, id(1), &at(0));
    pending(&mut rows).discount = DiscountChange::Set(half.id);
    rows.next_discount = Some(half.clone());
    let set = step(&rows).subscription;
    assert_eq!((set.discount_id, set.amount), (Some(half.id), 1000));
    rows.subscription = set;
    rows.discount = Some(half);
    pending(&mut rows).discount = DiscountChange::Remove;
    let removed = step(&rows).subscription;
    assert_eq!((removed.discount_id, removed.amount), (None, 2000));
}

#[test]
fn a_renewal_without_a_card_is_a_failure_at_once() {
    let mut rows = rows();
    rows.method = None;
    let step = step(&rows);
    let ctx = due(&rows);
    assert_eq!(step.payment, None);
    assert_eq!(step.subscription.status, SubscriptionStatus::PastDue);
    let next = made(&step).next_payment_attempt_at.unwrap();
    assert_eq!(next, ctx.now + SignedDuration::from_hours(48));
    assert_eq!(step.subscription.next_due_at, Some(next));
    let kinds = told(&step).join(" ");
    assert!(kinds.ends_with(
        "Text(\"order.created\") Text(\"order.updated\") Text(\"subscription.updated\") Text(\"subscription.past_due\")"
    ), "{kinds}");
}

#[test]
fn a_retry_comes_before_a_period_that_ends_later() {
    let mut rows = rows();
    let mut order = made(&step(&rows)).clone();
    order.next_payment_attempt_at = Some(at(10).now);
    rows.unpaid = vec![order.clone()];
    match renew::due(&rows, &NoTaxes, &at(20)).unwrap() {
        Due::Retry(id) => assert_eq!(id, order.id),
        other => panic!("{other:?}"),
    }
}

fn unpaid() -> (Order, Subscription) {
    let step = step(&rows());
    (made(&step).clone(), step.subscription)
}

#[test]
fn attempts_are_made_after_2_7_14_and_21_days_and_the_fifth_failure_is_the_last() {
    let (mut order, mut subscription) = unpaid();
    let begin = order.created_at;
    let mut now = begin;
    for (failure, days) in [(1, 2), (2, 7), (3, 14), (4, 21)] {
        let ctx = DecisionContext::new(now, [1; 32]);
        let declined = Failure::Declined { hopeless: false };
        let unpaid = dun::failed(&order, &subscription, declined, &ctx);
        assert_eq!(
            (unpaid.begins, unpaid.is_first),
            (failure == 1, failure == 1)
        );
        assert!(!unpaid.is_exhausted);
        (order, subscription) = (unpaid.order, unpaid.subscription);
        now = order.next_payment_attempt_at.unwrap();
        assert_eq!(now.duration_since(begin).as_hours(), 24 * days);
        assert_eq!(subscription.past_due_at, Some(begin));
    }
    let ctx = DecisionContext::new(now, [1; 32]);
    let last = dun::failed(&order, &subscription, Failure::NoMethod, &ctx);
    assert!(last.is_exhausted);
    assert_eq!(last.order.next_payment_attempt_at, None);
    assert_eq!(last.order.failed_payments, MOST_FAILURES);
}

#[test]
fn a_subscription_that_is_told_of_is_written_also_where_it_stays_as_it_is() {
    let (order, subscription) = unpaid();
    let ctx = DecisionContext::new(order.created_at, [1; 32]);
    let failed = dun::failed(&order, &subscription, Failure::NoMethod, &ctx);
    // Another order of it fails for the first time; the one before is tried earlier.
    let mut past_due = failed.subscription;
    past_due.schedule(dun::retries([&failed.order]));
    let billing = rows();
    let rows = OrderRows {
        seats: Default::default(),
        slug: billing.organization.slug.clone(),
        order,
        customer: billing.customer,
        offered: billing.offered.clone(),
        held: Some((past_due.clone(), billing.offered, None)),
        unpaid: vec![failed.order],
        discount: None,
    };
    let later = DecisionContext::new(ctx.now + SignedDuration::from_hours(1), [1; 32]);
    let cycle = PaymentTrigger::SubscriptionCycle;
    let (_, changes) = payment::charge(&rows, None, cycle, &subscribers(), &later);
    assert_eq!(changes.told_without_write(), None);
    let set = changes.writes.iter().find_map(|write| match write {
        Write::Update { id, set, .. } if *id == past_due.id => Some(set.len()),
        _ => None,
    });
    assert_eq!(set, Some(1), "the version alone");
}

#[test]
fn a_hopeless_decline_is_tried_once_more_after_the_deadline() {
    let (order, subscription) = unpaid();
    let ctx = DecisionContext::new(order.created_at, [1; 32]);
    let hopeless = Failure::Declined { hopeless: true };
    let unpaid = dun::failed(&order, &subscription, hopeless, &ctx);
    let next = unpaid.order.next_payment_attempt_at.unwrap();
    let deadline = SignedDuration::from_hours(21 * 24) + SignedDuration::from_mins(1);
    assert_eq!(next, ctx.now + deadline);
    let ctx = DecisionContext::new(next, [1; 32]);
    assert!(dun::failed(&unpaid.order, &unpaid.subscription, hopeless, &ctx).is_exhausted);
}

#[test]
fn an_attempt_that_reached_nobody_counts_for_nothing() {
    let (order, subscription) = unpaid();
    let ctx = DecisionContext::new(order.created_at, [1; 32]);
    let pause = SignedDuration::from_hours(1);
    let unpaid = dun::failed(&order, &subscription, Failure::NotTried { pause }, &ctx);
    assert_eq!(unpaid.order.failed_payments, 0);
    assert_eq!(unpaid.subscription, subscription);
    assert_eq!(unpaid.order.next_payment_attempt_at, Some(ctx.now + pause));
    let extra = dun::failed(&order, &subscription, Failure::Extra, &ctx);
    assert_eq!((extra.order, extra.subscription), (order, subscription));
}

#[test]
fn a_paid_order_makes_the_subscription_active_unless_another_waits() {
    let (order, mut subscription) = unpaid();
    let ctx = at(90);
    assert_eq!(dun::recovered(&subscription, &[], &ctx), None);
    subscription.status = SubscriptionStatus::PastDue;
    subscription.past_due_at = Some(at(60).now);
    assert_eq!(dun::recovered(&subscription, &[order], &ctx), None);
    let active = dun::recovered(&subscription, &[], &ctx).unwrap();
    assert_eq!(
        (active.status, active.past_due_at),
        (SubscriptionStatus::Active, None)
    );
}

#[test]
fn an_unpaid_order_of_usage_keeps_no_paid_renewal_from_recovering() {
    let rows = rows();
    let mut order = step(&rows).order.expect("a renewal is billed");
    let subscription = Subscription {
        status: SubscriptionStatus::PastDue,
        past_due_at: Some(at(1).now),
        ..rows.subscription
    };
    let recovered = |order: &Order| {
        let others = std::slice::from_ref(order);
        dun::recovered(&subscription, others, &at(2)).map(|now| now.status)
    };
    assert_eq!(recovered(&order), None);
    order.billing_reason = BillingReason::SubscriptionMeterCycle;
    assert_eq!(recovered(&order), Some(SubscriptionStatus::Active));
}
