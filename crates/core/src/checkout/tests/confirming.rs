//! Confirming, and the customer of what was bought.

use super::*;
use crate::checkout::FULFIL_JOB;

fn missing(session: &Session, body: JsonValue) -> Vec<String> {
    let mut found = places(try_confirm(session, body, &KnownBuyer::default()).unwrap_err());
    found.sort();
    found
}

/// A free confirmation, whose customer is settled at once.
fn confirmed(
    session: &Session,
    body: JsonValue,
    buyer: &KnownBuyer,
) -> (Session, Option<String>, Changes) {
    match try_confirm(session, body, buyer).unwrap() {
        Confirmed::Free(free) => (free.session, free.token, free.changes),
        Confirmed::Charge { .. } => panic!("something was due"),
    }
}

#[test]
fn everything_missing_is_told_at_once() {
    let expected = [
        "missing confirmation_token_id",
        "missing customer_billing_address",
        "missing customer_billing_address.country",
        "missing customer_email",
    ];
    assert_eq!(
        missing(&session(vec![one_time(1000)], json!({})), json!({})),
        expected
    );
}

#[test]
fn the_address_is_as_full_as_the_country_and_the_method_ask() {
    let session = session(vec![one_time(1000)], json!({}));
    let with = |extra: JsonValue| {
        let mut body = complete();
        body.as_object_mut()
            .unwrap()
            .extend(extra.as_object().unwrap().clone());
        missing(&session, body)
    };
    let canada = json!({"customer_billing_address": {"country": "CA"}});
    assert_eq!(with(canada), ["missing customer_billing_address.state"]);
    let upi = json!({"payment_method_type": "upi", "customer_billing_address": {"country": "IN"}});
    assert!(with(upi).contains(&"value_error customer_billing_address".to_owned()));
}

#[test]
fn a_business_needs_its_name_and_its_whole_address() {
    let session = session(vec![one_time(1000)], json!({"is_business_customer": true}));
    let found = missing(&session, complete());
    assert!(found.contains(&"missing customer_billing_name".to_owned()));
    assert!(found.contains(&"value_error customer_billing_address".to_owned()));
}

#[test]
fn a_required_full_address_is_required_of_free_sessions_too() {
    let session = session(vec![one_time(0)], json!({"require_billing_address": true}));
    let body =
        json!({"customer_email": "ada@example.com", "customer_billing_address": {"country": "FR"}});
    assert_eq!(
        missing(&session, body),
        ["value_error customer_billing_address"]
    );
}

#[test]
fn a_free_session_needs_only_an_e_mail() {
    let session = session(vec![one_time(0)], json!({}));
    assert_eq!(missing(&session, json!({})), ["missing customer_email"]);
}

#[test]
fn an_organization_that_takes_no_money_still_gives_away() {
    for (offered, ready) in [
        (one_time(1000), false),
        (monthly(1000), false),
        (one_time(0), true),
    ] {
        let mut session = session(vec![offered], json!({}));
        session.organization.status = OrganizationStatus::Created;
        let refusal = try_confirm(&session, complete(), &KnownBuyer::default()).err();
        assert_eq!(refusal, (!ready).then_some(Refusal::PaymentNotReady));
    }
}

#[test]
fn an_archived_price_is_not_sold() {
    let mut session = session(vec![one_time(1000)], json!({}));
    session.offered = vec![repriced(one_time(1000), 2000)];
    assert_eq!(
        missing(&session, complete()),
        ["value_error product_price_id"]
    );
}

#[test]
fn a_confirmed_session_is_not_confirmed_again() {
    let free = session(vec![one_time(0)], json!({}));
    let (done, _, _) = confirmed(&free, complete(), &KnownBuyer::default());
    let again = try_confirm(&done, complete(), &KnownBuyer::default());
    assert_eq!(again.unwrap_err(), Refusal::NotOpenCheckout);
}

#[test]
fn the_session_is_told_of_before_its_customer() {
    let free = session(vec![one_time(0)], json!({"external_customer_id": "ext"}));
    let (new, token, changes) = confirmed(&free, complete(), &KnownBuyer::default());
    assert_eq!(
        events(&changes),
        ["checkout.updated", "member.created", "customer.created"]
    );
    assert!(token.is_some() && asks_for(&changes, FULFIL_JOB));
    assert_eq!(new.checkout.version, 2);
    assert!(
        new.checkout
            .processor_metadata
            .0
            .contains_key("customer_id")
    );
    let mut linked = free.clone();
    linked.checkout.customer_id = Some(id(5));
    let buyer = KnownBuyer {
        linked: Some(customer(5, "ada@example.com", Some("ext"))),
        ..KnownBuyer::default()
    };
    let (_, _, changes) = confirmed(&linked, complete(), &buyer);
    assert_eq!(events(&changes), ["checkout.updated", "customer.updated"]);
}

#[test]
fn a_customers_name_is_only_filled_in() {
    let free = session(vec![one_time(0)], json!({}));
    for (name, kept) in [(Some("ACME"), Some("ACME")), (None, Some("John"))] {
        let mut known = customer(5, "ada@example.com", None);
        known.name = name.map(Into::into);
        let mut linked = free.clone();
        linked.checkout.customer_id = Some(id(5));
        let buyer = KnownBuyer {
            linked: Some(known),
            ..KnownBuyer::default()
        };
        let (_, token, changes) = confirmed(&linked, json!({"customer_name": "John"}), &buyer);
        assert!(token.is_some());
        let renamed = changes.writes.iter().any(|w| {
            matches!(w, Write::Update { table: "customers", set, .. }
            if set.iter().any(|(column, _)| *column == "name"))
        });
        assert_eq!(renamed, name != kept);
    }
}

#[test]
fn an_external_id_of_another_e_mail_is_refused() {
    let taken = session(vec![one_time(1000)], json!({"external_customer_id": "ext"}));
    let other = customer(5, "bo@example.com", Some("ext"));
    let mut buyer = KnownBuyer::default();
    buyer.holders.by_external_id = Some(other.clone());
    let refusal = try_confirm(&taken, complete(), &buyer).unwrap_err();
    assert_eq!(refusal, Refusal::ExternalIdMismatch);
    buyer.holders.by_email = Some(other);
    assert!(try_confirm(&taken, complete(), &buyer).is_ok());
}

#[test]
fn a_deleted_linked_customer_cannot_buy() {
    let mut linked = session(vec![one_time(0)], json!({}));
    linked.checkout.customer_id = Some(id(5));
    let mut gone = customer(5, "ada@example.com", None);
    gone.deleted_at = Some(at(0).now);
    for known in [Some(gone), None] {
        let buyer = KnownBuyer {
            linked: known,
            ..KnownBuyer::default()
        };
        let refusal = try_confirm(&linked, complete(), &buyer).unwrap_err();
        assert_eq!(refusal, Refusal::CheckoutCustomerDeleted);
    }
}

#[test]
fn an_attempt_is_written_down_before_anything_else_changes() {
    let paid = session(vec![monthly(1000)], json!({}));
    let Confirmed::Charge {
        payment,
        session: agreed,
        locked,
        changes,
    } = try_confirm(&paid, complete(), &KnownBuyer::default()).unwrap()
    else {
        panic!("a charge was due")
    };
    assert_eq!((payment.amount, payment.currency), (1000, Currency::USD));
    assert_eq!(
        agreed.checkout.buyer.customer_email.as_deref(),
        Some("ada@example.com")
    );
    assert!(events(&changes).is_empty() && changes.signals.is_empty());
    let columns: Vec<_> = changes
        .writes
        .iter()
        .filter_map(|w| match w {
            Write::Update {
                table: "checkouts",
                set,
                ..
            } => Some(set.iter().map(|s| s.0)),
            _ => None,
        })
        .flatten()
        .collect();
    assert_eq!(columns, ["attempt_id", "version"]);
    let mut kept = paid.checkout.clone();
    kept.attempt_id = Some(payment.id);
    kept.version += 1;
    assert_eq!(locked.checkout, kept);
}
