//! Every outcome in every state.

use proptest::prelude::*;
use till_wire::checkouts::CheckoutStatus;

use super::*;
use crate::{
    checkout::{
        FULFIL_JOB,
        fulfil::{Purchase, fulfil},
    },
    kernel::records::{PaymentKind, PaymentState},
    payments::outcome::REFUND_DUE,
};

pub(super) fn in_flight(offered: ProductWithPrices) -> (Session, Payment) {
    attempted(
        &session(vec![offered], json!({})),
        complete(),
        &KnownBuyer::default(),
    )
}

fn in_state(payment: &Payment, state: PaymentState) -> Payment {
    Payment {
        state,
        ..payment.clone()
    }
}

pub(super) fn purchase(recorded: &RecordedOutcome) -> Purchase {
    let row = &recorded.session.checkout;
    let email = row.buyer.customer_email.clone().unwrap();
    Purchase {
        owner: None,
        owner_is_seated: false,
        seats: Default::default(),
        session: recorded.session.clone(),
        customer: Customer {
            id: row.customer_id.unwrap_or(id(5)),
            ..customer(0, &email, None)
        },
        payment: Some(recorded.payment.clone()),
        upgraded: None,
        subscribers: subscribers(),
    }
}

#[test]
fn success_confirms_and_asks_for_fulfilment() {
    let (session, payment) = in_flight(one_time(2500));
    let recorded = try_record(&session, &payment, &succeeded(), &KnownBuyer::default());
    assert_eq!(recorded.session.checkout.status, CheckoutStatus::Confirmed);
    assert_eq!(recorded.session.checkout.attempt_id, None);
    assert_eq!(recorded.payment.state, PaymentState::Succeeded);
    assert_eq!(
        events(&recorded.changes),
        ["checkout.updated", "member.created", "customer.created"]
    );
    assert!(recorded.token.is_some() && asks_for(&recorded.changes, FULFIL_JOB));
    let changes = fulfil(&purchase(&recorded), &urls(), &at(4)).unwrap();
    let told = [
        "order.created",
        "order.updated",
        "order.paid",
        "checkout.updated",
    ];
    assert_eq!(events(&changes), told);
    assert_eq!(inserted(&changes, "orders", "net_amount"), Value::Int(2500));
}

#[test]
fn a_subscription_is_told_of_before_its_order() {
    let (session, payment) = in_flight(monthly(1000));
    let recorded = try_record(&session, &payment, &succeeded(), &KnownBuyer::default());
    let changes = fulfil(&purchase(&recorded), &urls(), &at(4)).unwrap();
    let told = [
        "subscription.created",
        "subscription.active",
        "subscription.updated",
        "order.created",
        "order.updated",
        "order.paid",
        "checkout.updated",
    ];
    assert_eq!(events(&changes), told);
    let end: Timestamp = "2026-02-28T12:04:00Z".parse().unwrap();
    assert_eq!(
        inserted(&changes, "subscriptions", "current_period_end"),
        Value::Time(end)
    );
    let keys: Vec<_> = changes
        .signals
        .iter()
        .map(|s| serde_json::from_str::<JsonValue>(&s.message).unwrap()["key"].clone())
        .collect();
    let expected = [
        "checkout.subscription_created",
        "checkout.order_created",
        "checkout.updated",
    ];
    assert_eq!(keys, expected);
}

#[test]
fn a_decline_leaves_the_session_as_it_was_and_tells_nobody() {
    let before = session(vec![one_time(1000)], json!({}));
    let (locked, payment) = attempted(&before, complete(), &KnownBuyer::default());
    let recorded = try_record(&locked, &payment, &failed(), &KnownBuyer::default());
    let mut row = recorded.session.checkout.clone();
    row.version = before.checkout.version;
    assert_eq!(row, before.checkout);
    assert!(events(&recorded.changes).is_empty() && recorded.changes.signals.is_empty());
}

#[test]
fn an_asynchronous_failure_opens_the_session_again_and_keeps_the_token_withheld() {
    let (session, payment) = in_flight(one_time(1000));
    let mut buyer = KnownBuyer::default();
    buyer.holders.by_email = Some(customer(5, "ada@example.com", None));
    let pending = try_record(&session, &payment, &Outcome::Processing, &buyer);
    assert_eq!(pending.session.checkout.status, CheckoutStatus::Confirmed);
    assert_eq!(pending.session.checkout.attempt_id, Some(payment.id));
    assert!(!asks_for(&pending.changes, FULFIL_JOB));
    let not_yet = fulfil(&purchase(&pending), &urls(), &at(4)).unwrap();
    assert!(not_yet.is_empty(), "an unpaid session is never fulfilled");
    let open = try_record(&pending.session, &pending.payment, &failed(), &buyer);
    let row = &open.session.checkout;
    assert_eq!((row.status, row.attempt_id), (CheckoutStatus::Open, None));
    assert!(!row.processor_metadata.0.contains_key("intent_status"));
    assert_eq!(events(&open.changes), ["checkout.updated"]);
    assert_eq!((row.customer_id, row.matched_by_email), (None, false));
    let (again, payment) = attempted(&open.session, complete(), &buyer);
    assert_eq!(
        try_record(&again, &payment, &succeeded(), &buyer).token,
        None
    );
}

#[test]
fn the_second_witness_changes_nothing() {
    let (session, payment) = in_flight(one_time(1000));
    for outcome in [succeeded(), failed(), Outcome::Processing] {
        let once = try_record(&session, &payment, &outcome, &KnownBuyer::default());
        let twice = try_record(
            &once.session,
            &once.payment,
            &outcome,
            &KnownBuyer::default(),
        );
        assert!(twice.changes.is_empty(), "{outcome:?}");
        assert_eq!(twice.session.checkout, once.session.checkout);
        assert_eq!(twice.payment, once.payment);
    }
}

#[test]
fn what_has_succeeded_never_fails() {
    let (session, payment) = in_flight(one_time(1000));
    let paid = try_record(&session, &payment, &succeeded(), &KnownBuyer::default());
    for outcome in [failed(), Outcome::Processing] {
        assert!(
            try_record(
                &paid.session,
                &paid.payment,
                &outcome,
                &KnownBuyer::default()
            )
            .changes
            .is_empty()
        );
    }
}

#[test]
fn a_charge_given_up_that_succeeds_after_all_pays_for_the_open_session() {
    let (locked, payment) = in_flight(one_time(1000));
    let given_up = try_record(&locked, &payment, &failed(), &KnownBuyer::default());
    let late = try_record(
        &given_up.session,
        &given_up.payment,
        &succeeded(),
        &KnownBuyer::default(),
    );
    assert_eq!(late.session.checkout.status, CheckoutStatus::Confirmed);
    assert_eq!(late.payment.decline_reason, None);
    assert!(asks_for(&late.changes, FULFIL_JOB));
}

#[test]
fn late_money_that_the_session_cannot_use_is_marked_for_refund() {
    let (locked, payment) = in_flight(one_time(1000));
    let given_up = in_state(&payment, PaymentState::Failed);
    for (status, attempt) in [
        (CheckoutStatus::Open, Some(id(77))),
        (CheckoutStatus::Confirmed, Some(id(77))),
        (CheckoutStatus::Confirmed, None),
        (CheckoutStatus::Succeeded, None),
        (CheckoutStatus::Expired, None),
        (CheckoutStatus::Failed, None),
    ] {
        let mut session = locked.clone();
        (session.checkout.status, session.checkout.attempt_id) = (status, attempt);
        let late = try_record(&session, &given_up, &succeeded(), &KnownBuyer::default());
        assert_eq!(late.session.checkout, session.checkout, "{status}");
        assert_eq!(late.payment.state, PaymentState::Succeeded);
        assert_eq!(late.payment.decline_reason.as_deref(), Some(REFUND_DUE));
        assert!(!asks_for(&late.changes, FULFIL_JOB));
    }
}

#[test]
fn a_card_set_up_late_is_not_used() {
    let (locked, payment) = in_flight(monthly(1000));
    let mut given_up = in_state(&payment, PaymentState::Failed);
    given_up.kind = PaymentKind::Setup;
    let late = try_record(&locked, &given_up, &succeeded(), &KnownBuyer::default());
    assert!(late.changes.is_empty());
}

#[test]
fn another_attempts_failure_never_opens_a_session_again() {
    let (locked, payment) = in_flight(one_time(1000));
    let pending = try_record(
        &locked,
        &payment,
        &Outcome::Processing,
        &KnownBuyer::default(),
    );
    let other = Payment {
        id: id(78),
        ..in_state(&payment, PaymentState::Processing)
    };
    let recorded = try_record(&pending.session, &other, &failed(), &KnownBuyer::default());
    assert_eq!(recorded.session.checkout, pending.session.checkout);
}

#[test]
fn every_outcome_in_every_state_keeps_to_the_table_of_states() {
    use CheckoutStatus::{Confirmed, Expired, Open, Succeeded};
    let (mut locked, payment) = in_flight(one_time(1000));
    // A session is confirmed with what was agreed to.
    locked.checkout.buyer.customer_email = payment.customer_email.clone();
    let action = Outcome::RequiresAction { action_url: None };
    for status in CheckoutStatus::ALL {
        for state in PaymentState::ALL {
            for attempt in [None, Some(payment.id), Some(id(77))] {
                for outcome in [succeeded(), failed(), Outcome::Processing, action.clone()] {
                    let mut session = locked.clone();
                    (session.checkout.status, session.checkout.attempt_id) = (*status, attempt);
                    let payment = in_state(&payment, *state);
                    let recorded = try_record(&session, &payment, &outcome, &KnownBuyer::default());
                    let to = recorded.session.checkout.status;
                    let case = format!("{status} {state} {attempt:?} {outcome:?} {to}");
                    let allowed = to == *status
                        || matches!((*status, to), (Open, Confirmed) | (Confirmed, Open));
                    assert!(allowed, "{case}");
                    if matches!(status, Expired | Succeeded) {
                        assert_eq!(recorded.session.checkout, session.checkout, "{case}");
                    }
                    if outcome == succeeded() && *state != PaymentState::Succeeded {
                        let refund = recorded.payment.decline_reason.as_deref() == Some(REFUND_DUE);
                        let fulfils = asks_for(&recorded.changes, FULFIL_JOB);
                        assert!(refund != fulfils, "money is used or owed back: {case}");
                    }
                    let other = attempt == Some(id(77));
                    assert!(
                        !other || recorded.session.checkout == session.checkout,
                        "{case}"
                    );
                }
            }
        }
    }
}

proptest! {
    /// Whoever says what first of several attempts: each charge either pays for the session, once, or is given back.
    #[test]
    fn money_for_a_session_pays_for_it_once_or_is_given_back(
        words in proptest::collection::vec((0usize..4, 0usize..4), 0..30),
    ) {
        let mut session = session(vec![one_time(1000)], json!({}));
        let mut payments: Vec<Payment> = Vec::new();
        let action = Outcome::RequiresAction { action_url: None };
        let outcomes = [succeeded(), failed(), Outcome::Processing, action];
        let (mut paid, mut given_back) = (0, 0);
        for (which, word) in words {
            let row = &session.checkout;
            let is_free = row.status == CheckoutStatus::Open && row.attempt_id.is_none();
            if which == payments.len() && is_free {
                let (locked, mut payment) = attempted(&session, complete(), &KnownBuyer::default());
                payment.id = id(500 + which as u128);
                session = locked;
                session.checkout.attempt_id = Some(payment.id);
                payments.push(payment);
            }
            let Some(payment) = payments.get_mut(which) else { continue };
            let recorded = try_record(&session, payment, &outcomes[word], &KnownBuyer::default());
            paid += usize::from(asks_for(&recorded.changes, FULFIL_JOB));
            let refund = |w: &&Write| matches!(w, Write::Insert { table: "refunds", .. });
            given_back += recorded.changes.writes.iter().filter(refund).count();
            (session, *payment) = (recorded.session, recorded.payment);
        }
        let charged = payments.iter().filter(|p| p.state == PaymentState::Succeeded).count();
        prop_assert!(paid <= 1);
        prop_assert_eq!(charged, paid + given_back);
    }
}
