//! Changing sessions, and what they ask for.

use super::*;
use crate::checkout::{expire::expire, totals};

#[test]
fn only_open_sessions_change() {
    let mut session = session(vec![one_time(1000)], json!({}));
    session.checkout.status = till_wire::checkouts::CheckoutStatus::Confirmed;
    assert_eq!(
        try_update(&session, json!({})).unwrap_err(),
        Refusal::NotOpenCheckout
    );
}

#[test]
fn an_overdue_session_does_not_change() {
    let mut session = session(vec![one_time(1000)], json!({}));
    session.checkout.expires_at = at(1).now;
    assert_eq!(
        try_update(&session, json!({})).unwrap_err(),
        Refusal::NotOpenCheckout
    );
}

#[test]
fn a_session_is_locked_while_an_attempt_is_in_flight() {
    let (locked, _) = attempted(
        &session(vec![one_time(1000)], json!({})),
        complete(),
        &KnownBuyer::default(),
    );
    assert_eq!(
        try_update(&locked, json!({})).unwrap_err(),
        Refusal::CheckoutLocked
    );
    let again = try_confirm(&locked, complete(), &KnownBuyer::default());
    assert_eq!(again.unwrap_err(), Refusal::CheckoutLocked);
}

#[test]
fn only_the_sessions_products_can_be_selected() {
    let session = session(vec![one_time(1000)], json!({}));
    let refusal = try_update(&session, json!({"product_id": id(100)})).unwrap_err();
    assert_eq!(places(refusal), ["value_error product_id"]);
}

#[test]
fn a_switch_keeps_the_currency_where_it_can() {
    let both = vec![in_euros(one_time(1000)), monthly(500)];
    let euros = session(both, json!({"currency": "eur"}));
    assert_eq!(euros.checkout.terms.currency, euro());
    let switched = updated(&euros, json!({"product_id": id(100)}));
    assert_eq!(switched.checkout.terms.currency, Currency::USD);
    assert_eq!(switched.checkout.terms.amount, 500);
    let kept = updated(&euros, json!({"product_id": id(200)}));
    assert_eq!(kept.checkout.terms.currency, euro());
    let dollars = updated(&euros, json!({"currency": "usd"}));
    assert_eq!(dollars.checkout.terms.price_id, id(201));
    let refusal = try_update(&euros, json!({"currency": "sek"})).unwrap_err();
    assert_eq!(places(refusal), ["value_error currency"]);
}

#[test]
fn a_price_is_read_only_together_with_its_product() {
    let session = session(vec![in_euros(one_time(1000))], json!({}));
    let alone = updated(&session, json!({"product_price_id": id(900)}));
    assert_eq!(alone.checkout.terms.price_id, id(201));
    let both = json!({"product_id": id(200), "product_price_id": id(900)});
    assert_eq!(updated(&session, both).checkout.terms.currency, euro());
    let foreign = json!({"product_id": id(200), "product_price_id": id(101)});
    let refusal = try_update(&session, foreign).unwrap_err();
    assert_eq!(places(refusal), ["value_error product_price_id"]);
}

#[test]
fn naming_the_product_again_replaces_a_price_that_was_archived() {
    let mut session = session(vec![one_time(1000)], json!({}));
    session.offered = vec![repriced(one_time(1000), 2000)];
    let healed = updated(&session, json!({"product_id": id(200)}));
    assert_eq!(
        (healed.checkout.terms.price_id, healed.checkout.terms.amount),
        (id(901), 2000)
    );
}

#[test]
fn an_amount_is_never_taken_from_a_price_that_was_not_selected() {
    let mut session = session(vec![one_time(1000)], json!({}));
    session.offered = vec![repriced(one_time(1000), 2000)];
    assert_eq!(
        updated(&session, json!({"amount": 5}))
            .checkout
            .terms
            .amount,
        1000
    );
}

#[test]
fn amounts_are_for_custom_prices_and_bounded() {
    let fixed = session(vec![one_time(1000)], json!({}));
    assert_eq!(
        updated(&fixed, json!({"amount": 4242}))
            .checkout
            .terms
            .amount,
        1000
    );
    let open = session(vec![custom(0, None, None)], json!({}));
    for n in [10, 25, 49] {
        let refusal = try_update(&open, json!({"amount": n})).unwrap_err();
        assert_eq!(places(refusal), ["invalid_amount amount"]);
    }
    for n in [0, 50] {
        assert_eq!(
            updated(&open, json!({"amount": n})).checkout.terms.amount,
            n
        );
    }
}

#[test]
fn a_tax_id_is_judged_again_with_a_new_country() {
    let french =
        json!({"customer_tax_id": "FR61954506077", "customer_billing_address": {"country": "FR"}});
    let session = session(vec![one_time(1000)], french);
    let us = json!({"country": "US"});
    let refusal = try_update(&session, json!({"customer_billing_address": us})).unwrap_err();
    assert_eq!(places(refusal), ["value_error customer_tax_id"]);
    let moved = updated(
        &session,
        json!({"customer_billing_address": us, "customer_tax_id": null}),
    );
    assert_eq!(moved.checkout.buyer.customer_tax_id, None);
}

#[test]
fn no_business_has_neither_tax_id_nor_billing_name() {
    let business = json!({
        "is_business_customer": true, "customer_billing_name": "ACME",
        "customer_tax_id": "FR61954506077", "customer_billing_address": {"country": "FR"},
    });
    let session = session(vec![one_time(1000)], business);
    let private = json!({"is_business_customer": false, "customer_billing_name": "ACME"});
    let row = updated(&session, private).checkout;
    assert!(!row.buyer.is_business_customer);
    assert_eq!(
        (row.buyer.customer_tax_id, row.buyer.customer_billing_name),
        (None, None)
    );
}

#[test]
fn metadata_is_replaced_wholly_or_not_at_all() {
    let session = session(vec![one_time(1000)], json!({"metadata": {"k": "v"}}));
    assert_eq!(updated(&session, json!({})).checkout.metadata.0.len(), 1);
    assert_eq!(
        updated(&session, json!({"metadata": {}}))
            .checkout
            .metadata
            .0
            .len(),
        0
    );
}

#[test]
fn null_is_not_sent_where_null_cannot_be() {
    let session = session(
        vec![one_time(1000)],
        json!({"require_billing_address": true}),
    );
    let nulls = json!({
        "require_billing_address": null, "allow_discount_codes": null, "is_business_customer": null,
        "customer_metadata": null, "seats": null, "units": null, "customer_billing_address": null,
    });
    let row = updated(&session, nulls).checkout;
    assert!(row.require_billing_address && row.allow_discount_codes);
}

#[test]
fn a_code_is_refused_or_ignored_where_codes_are_not_allowed() {
    let send = |session: &Session| {
        let code = input(Writer::Client, &json!({"discount_code": "HALF"}));
        changed(session, &code, &Known::default()).map(|_| ())
    };
    let allowed = session(vec![one_time(1000)], json!({}));
    assert_eq!(
        places(send(&allowed).unwrap_err()),
        ["value_error discount_code"]
    );
    let ignored = session(vec![one_time(1000)], json!({"allow_discount_codes": false}));
    assert_eq!(send(&ignored), Ok(()));
}

#[test]
fn what_is_not_asked_for_any_more_is_cleared() {
    let body = json!({"customer_billing_name": "ACME", "is_business_customer": true});
    let paid = session(vec![custom(0, None, Some(1000))], body);
    let free = updated(&paid, json!({"amount": 0})).checkout;
    assert!(!free.buyer.is_business_customer);
    assert_eq!(free.buyer.customer_billing_name, None);
    let body = json!({"customer_billing_name": "ACME", "is_business_customer": true,
        "require_billing_address": true});
    let paid = session(vec![custom(0, None, Some(1000))], body);
    assert!(
        updated(&paid, json!({"amount": 0}))
            .checkout
            .buyer
            .is_business_customer
    );
}

#[test]
fn a_held_subscription_stands_in_the_way() {
    let session = session(
        vec![monthly(1000)],
        json!({"customer_email": "Ada@Example.com"}),
    );
    let nothing = input(Writer::Client, &json!({}));
    let known = Known {
        holds_subscription: true,
        ..Known::default()
    };
    let held = changed(&session, &nothing, &known);
    assert_eq!(held.unwrap_err(), Refusal::AlreadyActiveSubscription);
    let by = |s: &Session, body| update::holder(s, &input(Writer::Client, &body));
    let ada = update::Holder::Email("ada@example.com".into());
    assert_eq!(by(&session, json!({})), Some(ada));
    assert_eq!(by(&session, json!({"customer_email": null})), None);
    let mut linked = session.clone();
    linked.checkout.customer_id = Some(id(5));
    let bo = json!({"customer_email": "bo@example.com"});
    assert_eq!(
        by(&linked, bo.clone()),
        Some(update::Holder::Customer(id(5)))
    );
    let mut upgrade = session.clone();
    upgrade.checkout.subscription_id = Some(id(6));
    assert_eq!(by(&upgrade, bo.clone()), None);
    let mut multiple = session.clone();
    let settings = &mut multiple.organization.settings.0.subscription_settings;
    settings.allow_multiple_subscriptions = true;
    assert_eq!(by(&multiple, bo.clone()), None);
    let once = super::session(vec![one_time(1)], json!({}));
    assert_eq!(by(&once, bo), None);
}

#[test]
fn the_e_mail_of_a_linked_customer_is_fixed() {
    let mut session = session(
        vec![one_time(1)],
        json!({"customer_email": "ada@example.com"}),
    );
    session.checkout.customer_id = Some(id(5));
    let row = updated(&session, json!({"customer_email": "bo@example.com"})).checkout;
    assert_eq!(row.buyer.customer_email.as_deref(), Some("ada@example.com"));
}

#[test]
fn a_payment_or_a_card_is_required_where_something_is_due() {
    for (offered, payment, setup) in [
        (one_time(1000), true, false),
        (one_time(0), false, false),
        (monthly(1000), true, true),
        (monthly(0), false, false),
        (custom(0, None, None), false, false),
        (custom(0, None, Some(500)), true, false),
    ] {
        let form = totals::form(&session(vec![offered], json!({})));
        assert_eq!((form.payment, form.setup), (payment, setup));
    }
}

#[test]
fn address_fields_are_asked_for_by_country_and_business() {
    let fields = |body| {
        let session = session(vec![one_time(1)], body);
        let modes = serde_json::to_value(totals::address_fields(&session.checkout)).unwrap();
        let flags = serde_json::to_value(totals::address_flags(&session.checkout)).unwrap();
        ["country", "state", "line1", "city", "postal_code", "line2"].map(|key| {
            let flag = if flags[key] == true { "+" } else { "-" };
            format!("{}{flag}", &modes[key].as_str().unwrap()[..1])
        })
    };
    let of = |country: &str| json!({"country": country});
    let none = ["r+", "d-", "d-", "d-", "d-", "d-"];
    assert_eq!(fields(json!({})), none);
    assert_eq!(fields(json!({"customer_billing_address": of("FR")})), none);
    let us = ["r+", "r+", "r+", "r+", "r+", "o-"];
    assert_eq!(fields(json!({"customer_billing_address": of("US")})), us);
    let canada = ["r+", "r+", "d-", "d-", "d-", "d-"];
    assert_eq!(
        fields(json!({"customer_billing_address": of("CA")})),
        canada
    );
    let full = ["r+", "o-", "r+", "r+", "r+", "o-"];
    assert_eq!(fields(json!({"require_billing_address": true})), full);
    let business = json!({"is_business_customer": true, "customer_billing_address": of("FR")});
    assert_eq!(fields(business), full);
}

#[test]
fn only_overdue_open_sessions_without_an_attempt_expire() {
    use till_wire::checkouts::CheckoutStatus::{Confirmed, Open, Succeeded};
    let fresh = session(vec![one_time(1)], json!({}));
    for (status, overdue, attempt, told) in [
        (Open, true, None, true),
        (Open, false, None, false),
        (Open, true, Some(id(9)), false),
        (Confirmed, true, None, false),
        (Succeeded, true, None, false),
    ] {
        let mut session = fresh.clone();
        session.checkout.status = status;
        session.checkout.attempt_id = attempt;
        if overdue {
            session.checkout.expires_at = at(5).now;
        }
        let changes = expire(&session, &subscribers(), &urls(), &at(5));
        let expected: &[&str] = if told { &["checkout.expired"] } else { &[] };
        assert_eq!(events(&changes), expected);
    }
}

#[test]
fn opening_the_page_counts_once() {
    let session = session(
        vec![one_time(1)],
        json!({"customer_email": "ada@example.com"}),
    );
    let (opened, changes) = update::opened(&session, None, &at(1));
    assert_eq!(
        opened.checkout.distinct_id.as_deref(),
        Some("ada@example.com")
    );
    assert!(events(&changes).is_empty());
    let (again, changes) = update::opened(&opened, Some("x".into()), &at(2));
    assert_eq!(again.checkout, opened.checkout);
    assert!(changes.is_empty());
}
