//! Disputes: what is written down of them, and what follows.

use till_wire::{disputes::DisputeStatus, subscriptions::SubscriptionStatus};

use super::{
    refunds_of_orders::{sold, told},
    *,
};
use crate::{
    checkout::tests::{monthly, subscribers},
    kernel::{
        changes::Write,
        records::{Dispute, Refund, RefundReason, RefundState, Subscription},
        refusal::Refusal,
        values::Json,
    },
    payments::{
        disputes::{DisputeReport, DisputeRows, record},
        refunds::Parts,
    },
    subscriptions::start::{NewSubscription, start},
    terms::Terms,
};

fn report(status: Option<DisputeStatus>) -> DisputeReport {
    DisputeReport {
        reference: "dp_1".into(),
        amount: 3600,
        currency: Currency::USD,
        reason: "fraudulent".into(),
        status,
        gives_back: status == Some(DisputeStatus::Prevented),
        opened_at: at(1).now,
        respond_by: Some(at(1).now + SignedDuration::from_hours(24)),
    }
}

fn subscription(terms_of: &crate::kernel::records::Order) -> Subscription {
    let offered = monthly(1000);
    let terms = Terms {
        product_id: offered.product.id,
        price_id: offered.prices[0].id,
        price_ids: Json(vec![]),
        amount: terms_of.net_amount,
        currency: Currency::USD,
        seats: None,
        discount_id: None,
        discount_amount: 0,
        tax_amount: None,
        tax_behavior: None,
        tax_breakdown: None,
        allow_trial: false,
        trial_end: None,
    };
    let new = NewSubscription {
        customer_id: terms_of.customer_id,
        product: &offered.product,
        terms: &terms,
        checkout_id: None,
        payment_method_id: None,
        upgraded: None,
        metadata: &Default::default(),
        custom_field_data: &Default::default(),
    };
    start(new, &at(1))
}

fn rows(dispute: Option<Dispute>) -> DisputeRows {
    let (order, payment) = sold(3000, 600);
    let subscription = subscription(&order.order);
    DisputeRows {
        dispute,
        payment,
        subscription: Some((subscription, monthly(1000), None)),
        order,
        refunds: Vec::new(),
    }
}

const REVOKED: [&str; 3] = [
    "subscription.updated",
    "subscription.canceled",
    "subscription.revoked",
];

fn recorded(rows: &DisputeRows, status: DisputeStatus) -> (Dispute, Changes) {
    record(rows, &report(Some(status)), &subscribers(), &at(3)).expect("something new")
}

fn refunds(changes: &Changes) -> usize {
    let is_refund = |write: &&Write| {
        matches!(
            write,
            Write::Insert {
                table: "refunds",
                ..
            }
        )
    };
    changes.writes.iter().filter(is_refund).count()
}

#[test]
fn a_dispute_is_split_like_its_order_and_waits_for_an_answer() {
    let (dispute, changes) = recorded(&rows(None), DisputeStatus::NeedsResponse);
    assert_eq!((dispute.amount, dispute.tax_amount), (3000, 600));
    assert_eq!(told(&changes), [""; 0], "an open dispute ends nothing");
    assert_eq!(dispute.acceptable(), Ok(()));
    let due = dispute.evidence_due_by.unwrap();
    assert!(!dispute.base(due - SignedDuration::from_secs(1)).past_due);
    assert!(dispute.base(due).past_due);
    for status in DisputeStatus::ALL {
        let dispute = Dispute {
            status: *status,
            ..dispute.clone()
        };
        let is_open = *status == DisputeStatus::NeedsResponse;
        assert_eq!(
            dispute.acceptable() == Err(Refusal::DisputeNotOpen),
            !is_open
        );
        let base = dispute.base(at(3).now);
        let (won, lost) = (DisputeStatus::Won, DisputeStatus::Lost);
        assert_eq!(base.resolved, [won, lost].contains(status));
        assert_eq!(
            base.closed,
            base.resolved || *status == DisputeStatus::Prevented
        );
    }
}

#[test]
fn a_status_that_is_not_known_changes_nothing() {
    assert!(record(&rows(None), &report(None), &subscribers(), &at(3)).is_none());
    let (known, _) = recorded(&rows(None), DisputeStatus::NeedsResponse);
    let rows = rows(Some(known));
    assert!(record(&rows, &report(None), &subscribers(), &at(3)).is_none());
    let same = report(Some(DisputeStatus::NeedsResponse));
    assert!(
        record(&rows, &same, &subscribers(), &at(4)).is_none(),
        "a second witness"
    );
}

#[test]
fn a_decision_ends_the_subscription_at_once_whichever_it_is() {
    for status in [DisputeStatus::Won, DisputeStatus::Lost] {
        let (known, _) = recorded(&rows(None), DisputeStatus::UnderReview);
        let mut rows = rows(Some(known));
        let (dispute, changes) = recorded(&rows, status);
        assert_eq!(told(&changes), REVOKED);
        assert_eq!(refunds(&changes), 0);
        rows.dispute = Some(dispute);
        let reopened = report(Some(DisputeStatus::NeedsResponse));
        assert!(record(&rows, &reopened, &subscribers(), &at(4)).is_none());
        rows.dispute = None;
        let held = rows.subscription.as_mut().unwrap();
        held.0 = held.0.revoked(&at(2));
        assert_eq!(held.0.status, SubscriptionStatus::Canceled);
        let (_, changes) = recorded(&rows, status);
        assert_eq!(told(&changes), [""; 0], "what has ended does not end again");
    }
}

#[test]
fn a_dispute_that_others_prevented_gives_the_money_back() {
    let (_, changes) = recorded(&rows(None), DisputeStatus::Prevented);
    assert_eq!(
        (refunds(&changes), told(&changes)),
        (1, REVOKED.map(str::to_owned).to_vec())
    );
    let text = format!("{:?}", changes.writes);
    assert!(text.contains(RefundReason::DisputePrevention.as_str()));
    let mut given_back = rows(None);
    let all = Parts {
        net: 3000,
        tax: 600,
    };
    let refund = crate::payments::refunds::of_order(
        &given_back.order.order,
        &given_back.payment,
        all,
        RefundReason::CustomerRequest,
        &at(2),
    );
    given_back.refunds = vec![Refund {
        state: RefundState::Succeeded,
        ..refund
    }];
    let (dispute, changes) = recorded(&given_back, DisputeStatus::Prevented);
    assert_eq!(dispute.status, DisputeStatus::Prevented);
    assert_eq!(
        (refunds(&changes), told(&changes).len()),
        (0, 0),
        "the merchant has done so"
    );
}

#[test]
fn an_inquiry_of_which_nothing_came_gives_nothing_back_and_ends_nothing() {
    let closed = DisputeReport {
        gives_back: false,
        ..report(Some(DisputeStatus::Prevented))
    };
    let recorded = record(&rows(None), &closed, &subscribers(), &at(3));
    let (dispute, changes) = recorded.expect("it is new");
    assert_eq!(dispute.status, DisputeStatus::Prevented);
    assert_eq!((refunds(&changes), told(&changes).len()), (0, 0));
}
