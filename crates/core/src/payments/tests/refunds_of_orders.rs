//! Refunds: what may be given back, how it is split, and what an order has of it.

use proptest::prelude::*;
use till_wire::{
    discounts::DiscountBase,
    events::EventType,
    orders::{BillingReason, OrderItem, OrderStatus},
    organizations::TaxBehaviorOption,
    refunds::{RefundCreate, RefundStatus},
};

use super::*;
use crate::{
    checkout::tests::{customer, id, monthly, organization, subscribers},
    kernel::{
        changes::Write,
        records::{Order, Refund, RefundReason, RefundState},
        refusal::Refusal,
        values::Json,
    },
    orders::{
        create::{Bill, Paid, Sale, create},
        payment::OrderRows,
    },
    payments::{
        outcome::REFUND_DUE,
        refund_outcome::{
            REFUNDED, RefundOutcome, RefundReport, RefundRows, found, record_outcome,
        },
        refunds::{self as decisions, Parts, asked, left, parted, refundable, with_tax},
    },
    terms::Terms,
};

/// A paid order of `net` and `tax`, and what it was paid with.
pub(super) fn sold(net: i64, tax: i64) -> (OrderRows, Payment) {
    let payment = Payment {
        reference: Some("pi_1".into()),
        ..charged(net + tax)
    };
    let terms = Terms {
        product_id: id(100),
        price_id: id(101),
        price_ids: Json(vec![]),
        amount: net,
        currency: Currency::USD,
        seats: None,
        discount_id: None,
        discount_amount: 0,
        tax_amount: Some(tax),
        tax_behavior: Some(TaxBehaviorOption::Exclusive),
        tax_breakdown: None,
        allow_trial: false,
        trial_end: None,
    };
    let line = OrderItem {
        id: id(7),
        created_at: at(1).now,
        modified_at: None,
        label: "Once".into(),
        amount: net,
        tax_amount: 0,
        proration: false,
        product_price_id: None,
        start_timestamp: None,
        end_timestamp: None,
    };
    let (organization, offered) = (organization(), monthly(1000));
    let mut customer = customer(5, "ada@example.com", None);
    let sale = Sale {
        organization: &organization,
        product: &offered.product,
        terms: &terms,
        bill: Bill::default(),
        paid: if net + tax > 0 {
            Paid::By(&payment)
        } else {
            Paid::Nothing
        },
        checkout_id: None,
        subscription_id: None,
        applied_balance: 0,
        conflicting_external_customer_id: None,
        metadata: Json::default(),
        custom_field_data: Json::default(),
    };
    let order = create(
        sale,
        vec![line],
        BillingReason::Purchase,
        &mut customer,
        &at(1),
    )
    .unwrap();
    let rows = OrderRows {
        seats: Default::default(),
        slug: "ada".into(),
        order,
        customer,
        offered,
        held: None,
        unpaid: Vec::new(),
        discount: None::<DiscountBase>,
    };
    (rows, payment)
}

fn wanted(amount: i64) -> RefundCreate {
    RefundCreate {
        order_id: id(1),
        reason: RefundReason::CustomerRequest,
        amount,
        comment: Some("A note.".into()),
        revoke_benefits: false,
        metadata: Default::default(),
    }
}

fn report(outcome: RefundOutcome) -> RefundReport {
    RefundReport {
        outcome,
        reference: Some("re_1".into()),
    }
}

fn given() -> RefundReport {
    report(RefundOutcome::Succeeded)
}

fn failed() -> RefundReport {
    report(RefundOutcome::Failed {
        reason: "expired_or_canceled_card".into(),
    })
}

fn refused(reason: &str) -> RefundReport {
    RefundReport {
        outcome: RefundOutcome::Refused {
            reason: reason.into(),
        },
        reference: None,
    }
}

/// Events that were sent, in their order.
pub(super) fn told(changes: &Changes) -> Vec<String> {
    let entries = changes.writes.iter().filter_map(|write| match write {
        Write::Insert {
            table: "journal",
            columns,
            values,
            ..
        } => {
            let kind = columns.iter().position(|column| *column == "kind")?;
            match &values[kind] {
                crate::kernel::values::Value::Text(kind) => Some(kind.clone()),
                _ => None,
            }
        }
        _ => None,
    });
    entries.collect()
}

/// The order as changes leave it.
fn after(order: &Order, changes: &Changes) -> (OrderStatus, i64, i64) {
    let mut now = order.clone();
    for write in &changes.writes {
        let Write::Update {
            table: "orders",
            set,
            ..
        } = write
        else {
            continue;
        };
        for (column, value) in set {
            use crate::kernel::values::Value;
            match (*column, value) {
                ("refunded_amount", Value::Int(n)) => now.refunded_amount = *n,
                ("refunded_tax_amount", Value::Int(n)) => now.refunded_tax_amount = *n,
                ("status", Value::Text(word)) => now.status = word.parse().unwrap(),
                _ => {}
            }
        }
    }
    (now.status, now.refunded_amount, now.refunded_tax_amount)
}

fn apply(order: &mut Order, changes: &Changes) {
    (
        order.status,
        order.refunded_amount,
        order.refunded_tax_amount,
    ) = after(order, changes);
}

fn of(rows: &OrderRows, payment: &Payment, refund: &Refund) -> RefundRows {
    RefundRows {
        refund: refund.clone(),
        payment: payment.clone(),
        order: Some(rows.clone()),
        dispute: None,
    }
}

#[test]
fn only_money_that_was_taken_is_given_back() {
    for state in PaymentState::ALL {
        let payment = Payment {
            state: *state,
            ..charged(1000)
        };
        let is_taken = *state == PaymentState::Succeeded;
        assert_eq!(refundable(&payment, &[]), if is_taken { 1000 } else { 0 });
    }
    let card = Payment {
        kind: PaymentKind::Setup,
        ..charged(1000)
    };
    assert_eq!(refundable(&card, &[]), 0);
}

#[test]
fn the_checks_come_in_their_order() {
    let (rows, payment) = sold(3000, 600);
    let paid = Some(&payment);
    let refusal = |order: &Order, payment, refunds: &[Refund], input| {
        decisions::create(order, payment, refunds, input, &at(2)).unwrap_err()
    };
    let revoking = |amount| RefundCreate {
        revoke_benefits: true,
        ..wanted(amount)
    };
    let over = Order {
        status: OrderStatus::Refunded,
        subscription_id: Some(id(9)),
        refunded_amount: 3000,
        ..rows.order.clone()
    };
    assert_eq!(
        refusal(&over, None, &[], revoking(3001)),
        Refusal::RefundedAlready
    );
    let renewed = Order {
        subscription_id: Some(id(9)),
        ..rows.order.clone()
    };
    assert_eq!(
        refusal(&renewed, None, &[], revoking(3001)),
        Refusal::RevokeSubscriptionBenefitsProhibited
    );
    let too_much = refusal(&rows.order, None, &[], wanted(3001));
    assert!(matches!(too_much, Refusal::Invalid(_)), "{too_much:?}");
    assert_eq!(
        refusal(&rows.order, None, &[], wanted(3000)),
        Refusal::RefundUnknownPayment
    );
    let unnamed = Payment {
        reference: None,
        ..payment.clone()
    };
    assert_eq!(
        refusal(&rows.order, Some(&unnamed), &[], wanted(3000)),
        Refusal::RefundPaymentTransactionNotFound
    );
    let (refund, _) = decisions::create(&rows.order, paid, &[], wanted(2000), &at(2)).unwrap();
    assert_eq!((refund.net_amount(), refund.tax_amount), (2000, 400));
    let pending = [refund];
    let more = refusal(&rows.order, paid, &pending, wanted(1001));
    assert!(matches!(more, Refusal::Invalid(_)), "{more:?}");
    let (rest, _) = decisions::create(&rows.order, paid, &pending, wanted(1000), &at(3)).unwrap();
    let pending = [pending[0].clone(), rest];
    assert_eq!(
        refusal(&rows.order, paid, &pending, wanted(1)),
        Refusal::RefundedAlready,
        "what is on its way is gone"
    );
}

#[test]
fn a_refund_is_told_with_its_order_and_taken_back_when_it_fails_later() {
    let (mut rows, payment) = sold(3000, 600);
    let (made, _) =
        decisions::create(&rows.order, Some(&payment), &[], wanted(3000), &at(2)).unwrap();
    assert_eq!((made.amount, made.tax_amount), (3600, 600));
    let (asked, _) = asked(&made);
    let record = |rows: &OrderRows, refund: &Refund, report: &RefundReport| {
        record_outcome(&of(rows, &payment, refund), report, &subscribers(), &at(3))
    };
    let (done, changes) = record(&rows, &asked, &given()).unwrap();
    assert_eq!(
        told(&changes),
        ["refund.created", "order.updated", "order.refunded"]
    );
    assert_eq!(
        after(&rows.order, &changes),
        (OrderStatus::Refunded, 3000, 600)
    );
    apply(&mut rows.order, &changes);
    assert!(record(&rows, &done, &given()).is_none(), "a second witness");
    let processing = report(RefundOutcome::Processing);
    assert!(record(&rows, &done, &processing).is_none());
    let (lost, changes) = record(&rows, &done, &failed()).unwrap();
    assert_eq!(told(&changes), ["refund.updated", "order.updated"]);
    assert_eq!(after(&rows.order, &changes), (OrderStatus::Paid, 0, 0));
    assert_eq!(lost.state, RefundState::Failed);
    apply(&mut rows.order, &changes);
    let (_, changes) = record(&rows, &lost, &given()).unwrap();
    assert_eq!(
        told(&changes),
        ["refund.updated", "order.updated", "order.refunded"],
        "money that went after all is never lost sight of"
    );
}

#[test]
fn a_refund_that_is_pending_first_is_told_twice() {
    let (rows, payment) = sold(3000, 600);
    let (made, _) =
        decisions::create(&rows.order, Some(&payment), &[], wanted(1000), &at(2)).unwrap();
    let record = |refund: &Refund, report: &RefundReport| {
        record_outcome(&of(&rows, &payment, refund), report, &subscribers(), &at(3)).unwrap()
    };
    let (pending, changes) = record(&made, &report(RefundOutcome::Processing));
    assert_eq!(told(&changes), ["refund.created"]);
    assert_eq!(pending.state.status(), Some(RefundStatus::Pending));
    let (_, changes) = record(&pending, &given());
    assert_eq!(
        told(&changes),
        ["refund.updated", "order.updated", "order.refunded"]
    );
    assert_eq!(
        after(&rows.order, &changes),
        (OrderStatus::PartiallyRefunded, 1000, 200)
    );
    let (canceled, changes) = record(&pending, &report(RefundOutcome::Canceled));
    assert_eq!(told(&changes), ["refund.updated"]);
    assert_eq!(canceled.state.status(), Some(RefundStatus::Canceled));
}

#[test]
fn a_refund_that_the_processor_does_not_take_is_not_told_of() {
    let (rows, payment) = sold(3000, 600);
    let (made, _) =
        decisions::create(&rows.order, Some(&payment), &[], wanted(1000), &at(2)).unwrap();
    for (reason, refusal) in [
        (decisions::DISPUTED, Refusal::RefundDisputedPayment),
        (decisions::ALREADY_REFUNDED, Refusal::RefundedAlready),
        ("refused", Refusal::RefundPaymentTransactionNotFound),
    ] {
        let recorded = record_outcome(
            &of(&rows, &payment, &made),
            &refused(reason),
            &subscribers(),
            &at(3),
        );
        let (gone, changes) = recorded.unwrap();
        assert_eq!(told(&changes), [""; 0]);
        assert!(gone.view(None, at(3).now).is_none());
        assert_eq!(decisions::refusal(&gone, &rows.order), refusal);
        assert_eq!(
            left(&rows.order, &[gone]),
            Parts {
                net: 3000,
                tax: 600
            }
        );
    }
}

#[test]
fn a_refund_that_was_given_up_and_failed_at_the_processor_is_named_and_told_of_to_nobody() {
    let (rows, payment) = sold(3000, 600);
    let (made, _) =
        decisions::create(&rows.order, Some(&payment), &[], wanted(1000), &at(2)).unwrap();
    let with = |refund: &Refund, report: &RefundReport| {
        record_outcome(&of(&rows, &payment, refund), report, &subscribers(), &at(3))
    };
    let (gone, _) = with(&made, &refused(decisions::ALREADY_REFUNDED)).unwrap();
    let (named, changes) = with(&gone, &failed()).unwrap();
    assert_eq!(named.reference.as_deref(), Some("re_1"));
    assert_eq!(
        (named.state, &named.failure_reason),
        (gone.state, &gone.failure_reason)
    );
    assert_eq!(told(&changes), [""; 0]);
    assert!(with(&named, &failed()).is_none());
}

#[test]
fn a_refund_that_was_made_at_the_processor_is_split_by_its_order() {
    let (rows, payment) = sold(3000, 600);
    let record = |total| {
        let known = found(
            (&payment, Some(&rows)),
            &[],
            total,
            &given(),
            &subscribers(),
            &at(3),
        );
        known.unwrap()
    };
    let (part, changes) = record(1800);
    assert_eq!((part.net_amount(), part.tax_amount), (1500, 300));
    assert_eq!(
        (part.reason, part.reference.as_deref()),
        (RefundReason::Other, Some("re_1"))
    );
    assert_eq!(
        told(&changes),
        ["refund.created", "order.updated", "order.refunded"]
    );
    let (whole, changes) = record(3600);
    assert_eq!((whole.net_amount(), whole.tax_amount), (3000, 600));
    assert_eq!(
        after(&rows.order, &changes),
        (OrderStatus::Refunded, 3000, 600)
    );
}

#[test]
fn money_that_is_owed_back_is_marked_until_it_is_given_back() {
    let mut payment = charged(1000);
    let mut changes = Changes::new();
    decisions::give_back(&mut payment, &mut changes, &at(2));
    assert_eq!(payment.decline_reason.as_deref(), Some(REFUND_DUE));
    assert!(is_refund_due(&payment) && !changes.is_empty());
    let all = Parts { net: 1000, tax: 0 };
    let owed = decisions::intended(&payment, all, RefundReason::Other, &at(2));
    let (asked, first) = asked(&owed);
    assert_eq!(asked.state, RefundState::Asked);
    assert!(!first.is_empty());
    let (_, again) = decisions::asked(&asked);
    assert!(
        again.is_empty(),
        "asked once, however often the processor is"
    );
    let record = |payment: &Payment, refund: &Refund, report: &RefundReport| {
        let rows = RefundRows {
            refund: refund.clone(),
            payment: payment.clone(),
            order: None,
            dispute: None,
        };
        record_outcome(&rows, report, &subscribers(), &at(4)).unwrap()
    };
    let (lost, changes) = record(&payment, &asked, &failed());
    assert_eq!(
        (lost.state, changes.writes.len()),
        (RefundState::Failed, 2),
        "and its job"
    );
    let (done, changes) = record(&payment, &asked, &given());
    assert_eq!(done.reference.as_deref(), Some("re_1"));
    assert_eq!(
        changes.writes.len(),
        3,
        "the payment says so, and there is no job any more"
    );
    let text = format!("{:?}", changes.writes[1]);
    assert!(
        text.contains(REFUNDED) && !text.contains(REFUND_DUE),
        "{text}"
    );
    payment.decline_reason = Some(REFUNDED.to_owned());
    let (_, changes) = record(&payment, &done, &failed());
    assert!(format!("{:?}", changes.writes[1]).contains(REFUND_DUE));
}

#[test]
fn tax_is_rounded_half_to_even() {
    let (rows, _) = sold(200, 3);
    let all = Parts { net: 200, tax: 3 };
    // 1.5 and 0.75, 0.495 of a minor unit.
    for (net, tax) in [(100, 2), (50, 1), (33, 0), (200, 3)] {
        assert_eq!(with_tax(&rows.order, all, net), Parts { net, tax });
    }
    let (rows, _) = sold(200, 1);
    let all = Parts { net: 200, tax: 1 };
    assert_eq!(with_tax(&rows.order, all, 100).tax, 0, "0.5 becomes 0");
    let (free, _) = sold(200, 0);
    let all = Parts { net: 200, tax: 0 };
    assert_eq!(with_tax(&free.order, all, 100).tax, 0);
}

proptest! {
    /// However an order is given back, in whatever parts: each part of the tax goes with its amount, and all of it is
    /// gone with the last.
    #[test]
    fn the_parts_of_the_tax_sum_to_the_whole(
        net in 1i64..100_000, tax in 0i64..50_000, steps in proptest::collection::vec(1i64..40_000, 0..12),
    ) {
        let (rows, _) = sold(net, tax);
        let mut remaining = Parts { net, tax };
        for step in steps {
            let amount = step.min(remaining.net);
            if amount == 0 { break; }
            let parts = with_tax(&rows.order, remaining, amount);
            prop_assert_eq!(parts.net, amount);
            prop_assert!((0..=remaining.tax).contains(&parts.tax));
            remaining = Parts { net: remaining.net - parts.net, tax: remaining.tax - parts.tax };
        }
        if remaining.net > 0 {
            let last = with_tax(&rows.order, remaining, remaining.net);
            prop_assert_eq!(last, remaining);
        } else {
            prop_assert_eq!(remaining.tax, 0);
        }
    }

    /// An amount that somebody else named is split without loss, and neither part exceeds what is left of it.
    #[test]
    fn an_amount_with_its_tax_is_split_without_loss(
        net in 1i64..100_000, tax in 0i64..50_000, gone in 0i64..100_000, total in 1i64..150_000,
    ) {
        let (rows, _) = sold(net, tax);
        let gone = with_tax(&rows.order, Parts { net, tax }, gone.min(net));
        let remaining = Parts { net: net - gone.net, tax: tax - gone.tax };
        let parts = parted(&rows.order, remaining, total);
        prop_assert_eq!(parts.total(), total);
        if total <= remaining.total() {
            prop_assert!((0..=remaining.net).contains(&parts.net), "{:?} of {:?}", parts, remaining);
            prop_assert!((0..=remaining.tax).contains(&parts.tax), "{:?} of {:?}", parts, remaining);
        }
    }

    /// Whoever refunds how much, whatever the processor says of it in which order: no more goes back than was paid, and
    /// the order's sums are those of the refunds that succeeded.
    #[test]
    fn refunds_together_never_exceed_what_was_paid(
        steps in proptest::collection::vec((0usize..6, 0usize..6, 1i64..800), 0..40),
    ) {
        let (mut rows, payment) = sold(1000, 190);
        let mut known: Vec<Refund> = Vec::new();
        for (n, (what, which, amount)) in steps.into_iter().enumerate() {
            if what == 0 {
                let made = decisions::create(
                    &rows.order, Some(&payment), &known, wanted(amount), &at(100 + n as u8),
                );
                known.extend(made.map(|(row, _)| row));
            } else if let Some(row) = known.get(which).cloned() {
                // The processor takes no refund that would exceed the charge, and gives none back twice.
                let others = known.iter().filter(|r| r.id != row.id && r.state == RefundState::Succeeded);
                let fits = others.map(|r| r.amount).sum::<i64>() + row.amount <= payment.amount;
                let report = match what {
                    1 if fits => given(),
                    2 => failed(),
                    3 => report(RefundOutcome::Canceled),
                    4 => refused("x"),
                    _ if row.state.is_open() => report(RefundOutcome::Processing),
                    _ => continue,
                };
                let recorded = record_outcome(&of(&rows, &payment, &row), &report, &subscribers(), &at(99));
                if let Some((new, changes)) = recorded {
                    apply(&mut rows.order, &changes);
                    known[which] = new;
                }
            }
            let sum = |part: fn(&Refund) -> i64| -> i64 {
                known.iter().filter(|r| r.state == RefundState::Succeeded).map(part).sum()
            };
            prop_assert_eq!(rows.order.refunded_amount, sum(Refund::net_amount));
            prop_assert_eq!(rows.order.refunded_tax_amount, sum(|r| r.tax_amount));
            prop_assert!(sum(|r| r.amount) <= 1190);
            let is_all = rows.order.refunded_amount >= 1000;
            prop_assert_eq!(rows.order.status == OrderStatus::Refunded, is_all);
        }
    }
}

#[test]
fn nobody_is_told_of_what_only_the_merchant_should_read() {
    let (rows, payment) = sold(1000, 0);
    let (made, _) =
        decisions::create(&rows.order, Some(&payment), &[], wanted(10), &at(2)).unwrap();
    let shown = Refund {
        state: RefundState::Succeeded,
        ..made
    };
    let view = serde_json::to_string(&shown.view(None, at(2).now)).unwrap();
    assert!(!view.contains("A note."));
    assert_eq!(EventType::RefundCreated.as_str(), "refund.created");
}
