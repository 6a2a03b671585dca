//! Customers are made and merged by what succeeded, and an address alone changes none of them.

use till_wire::checkouts::CheckoutStatus;

use super::*;
use crate::{
    checkout::{
        customer,
        fulfil::{Purchase, fulfil},
    },
    customers::Holders,
    kernel::records::PaymentState,
};

/// Everything about themselves that a buyer can type, and what the merchant adds.
fn told_all() -> JsonValue {
    let mut body = complete();
    let more = json!({
        "customer_name": "Eve",
        "is_business_customer": true,
        "customer_billing_name": "Eve SARL",
        "customer_billing_address": {"country": "FR", "line1": "6 rue E", "city": "Lyon", "postal_code": "69001"},
        "customer_tax_id": "FR61954506077",
    });
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    body
}

fn pending() -> [Outcome; 2] {
    [
        Outcome::Processing,
        Outcome::RequiresAction { action_url: None },
    ]
}

fn by_email(customer: Customer) -> KnownBuyer {
    KnownBuyer {
        holders: Holders {
            by_email: Some(customer),
            by_external_id: None,
        },
        ..KnownBuyer::default()
    }
}

fn linked(customer: Customer) -> KnownBuyer {
    KnownBuyer {
        linked: Some(customer),
        ..KnownBuyer::default()
    }
}

/// A customer who has told everything before.
fn ada(external_id: Option<&str>) -> Customer {
    let address = json!({"country": "DE", "line1": "1 Weg", "city": "Ulm", "postal_code": "89073"});
    Customer {
        name: Some("Ada".into()),
        billing_name: Some("Ada GmbH".into()),
        billing_address: Some(Json(serde_json::from_value(address).unwrap())),
        ..customer(5, "ada@example.com", external_id)
    }
}

/// Values that changes write into a table, by kind of write.
fn writes(changes: &Changes, wanted: &str) -> Vec<&'static str> {
    changes
        .writes
        .iter()
        .filter_map(|write| match write {
            Write::Insert { table, .. } if *table == wanted => Some("insert"),
            Write::Update { table, .. } if *table == wanted => Some("update"),
            Write::Guard { table, .. } if *table == wanted => Some("guard"),
            _ => None,
        })
        .collect()
}

/// Ends of a session of this body, one for each way to pay: what is settled, with the changes of the success and the
/// portal's key, if one was opened.
fn bought(
    extra: JsonValue,
    named: Option<u128>,
    buyer: &KnownBuyer,
) -> Vec<(Session, Changes, bool)> {
    let open = |offered: ProductWithPrices| {
        let mut open = session(vec![offered], extra.clone());
        open.checkout.customer_id = named.map(id);
        open
    };
    let mut all = Vec::new();
    match try_confirm(&open(one_time(0)), told_all(), buyer).unwrap() {
        Confirmed::Free(free) => all.push((free.session, free.changes, free.token.is_some())),
        Confirmed::Charge { .. } => panic!("nothing was due"),
    }
    let (locked, payment) = attempted(&open(one_time(1000)), told_all(), buyer);
    let recorded = try_record(&locked, &payment, &succeeded(), buyer);
    all.push((recorded.session, recorded.changes, recorded.token.is_some()));
    for outcome in pending() {
        let (locked, payment) = attempted(&open(one_time(1000)), told_all(), buyer);
        let waits = try_record(&locked, &payment, &outcome, buyer);
        let (session, changes) = resolved_late(&waits, buyer);
        let opened = writes(&changes, "customer_sessions") == ["insert"];
        all.push((session, changes, opened));
    }
    all
}

/// Outcome of an attempt that was under way when it succeeds.
fn resolved_late(waits: &RecordedOutcome, buyer: &KnownBuyer) -> (Session, Changes) {
    let done = try_record(&waits.session, &waits.payment, &succeeded(), buyer);
    assert_eq!(done.token, None, "nobody is there to take it");
    assert_eq!(writes(&done.changes, "customers"), [""; 0]);
    assert!(!customer::is_resolved(&done.session.checkout));
    let (subscribers, urls, key) = (subscribers(), urls(), SecretKey::new(*b"key"));
    let context = CheckoutContext {
        subscribers: &subscribers,
        urls: &urls,
        key: &key,
        taxes: &NoTaxes,
        ctx: &at(4),
    };
    let attempt = Some(&done.payment);
    let (session, known, _, changes) =
        customer::resolve_late(&done.session, attempt, buyer, context).unwrap();
    assert!(customer::is_resolved(&session.checkout));
    assert_eq!(session.checkout.customer_id, Some(known.id));
    assert_eq!(session.checkout.version, done.session.checkout.version + 1);
    (session, changes)
}

#[test]
fn until_a_purchase_has_succeeded_nothing_of_it_is_a_customers() {
    let body = json!({"external_customer_id": "ext", "customer_metadata": {"a": 2}});
    for (named, buyer) in [
        (None, KnownBuyer::default()),
        (None, by_email(ada(None))),
        (Some(5), linked(ada(Some("ext")))),
    ] {
        for outcome in pending() {
            let mut open = session(vec![one_time(1000)], body.clone());
            open.checkout.customer_id = named.map(id);
            let (locked, payment) = attempted(&open, told_all(), &buyer);
            let waits = try_record(&locked, &payment, &outcome, &buyer);
            let row = &waits.session.checkout;
            assert_eq!(row.status, CheckoutStatus::Confirmed);
            assert_eq!(
                (row.customer_id, row.matched_by_email),
                (named.map(id), false)
            );
            assert_eq!(row.external_customer_id.as_deref(), Some("ext"));
            assert!(!row.processor_metadata.0.contains_key("customer_id"));
            assert_eq!(waits.payment.customer_id, named.map(id));
            assert_eq!(waits.token, None);
            for table in ["customers", "customer_sessions"] {
                assert_eq!(writes(&waits.changes, table), [""; 0], "{table}");
            }
            assert_eq!(events(&waits.changes), ["checkout.updated"]);
            let open = try_record(&waits.session, &waits.payment, &failed(), &buyer);
            assert_eq!(open.session.checkout.customer_id, named.map(id));
            assert_eq!(writes(&open.changes, "customers"), [""; 0]);
        }
    }
}

#[test]
fn a_new_buyer_becomes_a_customer_when_the_purchase_succeeds() {
    for (session, changes, opened) in bought(
        json!({"external_customer_id": "ext"}),
        None,
        &KnownBuyer::default(),
    ) {
        assert_eq!(writes(&changes, "customers"), ["insert"]);
        let text = |column| inserted(&changes, "customers", column);
        assert_eq!(text("external_id"), Value::Text("ext".into()));
        assert!(
            [Value::Text("Eve".into()), Value::Text("Eve SARL".into())].contains(&text("name"))
        );
        assert_eq!(writes(&changes, "customer_members"), ["insert"]);
        let told = events(&changes);
        assert!(told.ends_with(&["member.created".into(), "customer.created".into()]));
        assert!(opened && session.checkout.customer_id.is_some());
        assert_eq!(session.checkout.conflicting_external_customer_id, None);
    }
}

#[test]
fn an_address_alone_changes_no_customer_and_opens_no_portal() {
    let body =
        json!({"external_customer_id": "ext", "customer_metadata": {"a": 2}, "locale": "de"});
    for (session, changes, opened) in bought(body, None, &by_email(ada(None))) {
        let row = &session.checkout;
        assert_eq!((row.customer_id, row.matched_by_email), (Some(id(5)), true));
        // Nor may it have been deleted meanwhile.
        assert_eq!(writes(&changes, "customers"), ["guard"]);
        assert_eq!(writes(&changes, "customer_sessions"), [""; 0]);
        assert!(!opened);
        assert!(
            events(&changes)
                .iter()
                .all(|kind| kind == "checkout.updated")
        );
    }
}

#[test]
fn the_customer_that_the_merchant_named_is_merged_and_told_of_where_anything_is_new() {
    let body = json!({"customer_metadata": {"a": 2}});
    for (_, changes, opened) in bought(body, Some(5), &linked(ada(None))) {
        assert_eq!(writes(&changes, "customers"), ["update"]);
        assert_eq!(events(&changes).last().unwrap(), "customer.updated");
        assert!(opened);
    }
    // The second time everything is known.
    let mut known = ada(None);
    let address = told_all()["customer_billing_address"].clone();
    known.billing_name = Some("Eve SARL".into());
    known.billing_address = Some(Json(serde_json::from_value(address).unwrap()));
    known.tax_id = Some("FR61954506077".into());
    known.tax_id_format = Some("eu_vat".into());
    let paid = bought(json!({}), Some(5), &linked(known)).split_off(1);
    for (_, changes, _) in paid {
        assert_eq!(writes(&changes, "customers"), ["guard"]);
        assert!(!events(&changes).contains(&"customer.updated".to_owned()));
    }
}

#[test]
fn an_external_id_that_the_customer_does_not_have_is_kept_and_told() {
    let named = |n, buyer| (Some(n), buyer);
    for (case, (link, buyer), sent, conflict) in [
        (
            "nobody has it",
            (None, KnownBuyer::default()),
            Some("ext"),
            false,
        ),
        (
            "the address is of one without",
            (None, by_email(ada(None))),
            Some("ext"),
            true,
        ),
        (
            "of one with another",
            (None, by_email(ada(Some("ada")))),
            Some("ext"),
            true,
        ),
        (
            "of the one who has it",
            (None, by_email(ada(Some("ext")))),
            Some("ext"),
            false,
        ),
        (
            "none was sent",
            (None, by_email(ada(Some("ada")))),
            None,
            false,
        ),
        (
            "the merchant's customer has it",
            named(5, linked(ada(Some("ext")))),
            Some("ext"),
            false,
        ),
        (
            "has another",
            named(5, linked(ada(Some("ada")))),
            Some("ext"),
            true,
        ),
        ("has none", named(5, linked(ada(None))), Some("ext"), true),
    ] {
        for (session, changes, _) in bought(json!({"external_customer_id": sent}), link, &buyer) {
            let row = &session.checkout;
            let told = row.conflicting_external_customer_id.as_deref();
            assert_eq!(told, sent.filter(|_| conflict), "{case}");
            if let Some(sent) = sent {
                assert_eq!(row.external_customer_id.as_deref(), Some(sent), "{case}");
            }
            let touched = changes.writes.iter().any(|w| {
                matches!(w, Write::Update { table: "customers", set, .. }
                    if set.iter().any(|(column, _)| *column == "external_id"))
            });
            assert!(!touched, "{case}");
        }
    }
}

#[test]
fn a_bill_has_what_this_purchase_was_told() {
    let (_, mut paid) = attempted(
        &session(vec![one_time(1000)], json!({})),
        told_all(),
        &KnownBuyer::default(),
    );
    paid.state = PaymentState::Succeeded;
    let billed = |session: &Session, customer: &Customer| {
        let purchase = Purchase {
            owner: None,
            owner_is_seated: false,
            seats: Default::default(),
            session: session.clone(),
            customer: customer.clone(),
            payment: Some(paid.clone()).filter(|paid| paid.amount == session.checkout.terms.amount),
            upgraded: None,
            subscribers: subscribers(),
        };
        let changes = fulfil(&purchase, &urls(), &at(4)).unwrap();
        let text = |column| match inserted(&changes, "orders", column) {
            Value::Text(text) | Value::Json(text) => Some(text),
            _ => None,
        };
        (
            text("billing_name"),
            text("billing_address").unwrap_or_default(),
            text("tax_id"),
            text("conflicting_external_customer_id"),
        )
    };
    let body = json!({"external_customer_id": "ext"});
    for (session, ..) in bought(body, None, &by_email(ada(None))).split_off(1) {
        let (name, address, tax_id, conflict) = billed(&session, &ada(None));
        assert_eq!(name.as_deref(), Some("Eve SARL"));
        assert!(address.contains("6 rue E"), "{address}");
        assert_eq!(tax_id.as_deref(), Some("FR61954506077"));
        assert_eq!(conflict.as_deref(), Some("ext"));
    }
    // Nothing of the customer is on the bill of somebody who only typed the address.
    let (mut session, ..) = bought(json!({}), None, &by_email(ada(None))).remove(0);
    let row = &mut session.checkout;
    row.buyer.customer_billing_name = None;
    row.buyer.customer_billing_address = None;
    row.buyer.customer_tax_id = None;
    let bare = (Some("Eve".into()), String::new(), None, None);
    assert_eq!(billed(&session, &ada(None)), bare);
    session.checkout.matched_by_email = false;
    let (name, address, ..) = billed(&session, &ada(None));
    assert_eq!(name.as_deref(), Some("Ada GmbH"));
    assert!(address.contains("Ulm"));
}

#[test]
fn a_card_becomes_the_default_of_a_customer_who_was_named_or_is_new() {
    for (named, buyer, default) in [
        (None, by_email(ada(None)), false),
        (Some(5), linked(ada(None)), true),
    ] {
        let mut open = session(vec![monthly(1000)], json!({}));
        open.checkout.customer_id = named.map(id);
        let (locked, payment) = attempted(&open, told_all(), &buyer);
        let recorded = try_record(&locked, &payment, &succeeded(), &buyer);
        let purchase = Purchase {
            owner: None,
            owner_is_seated: false,
            seats: Default::default(),
            session: recorded.session,
            customer: ada(None),
            payment: Some(recorded.payment),
            upgraded: None,
            subscribers: subscribers(),
        };
        let changes = fulfil(&purchase, &urls(), &at(4)).unwrap();
        assert_eq!(writes(&changes, "payment_methods"), ["insert"]);
        let set: Vec<_> = changes
            .writes
            .iter()
            .filter_map(|write| match write {
                Write::Update {
                    table: "customers",
                    set,
                    ..
                } => Some(set.iter().map(|(column, _)| *column)),
                _ => None,
            })
            .flatten()
            .collect();
        assert!(set.contains(&"invoice_next"), "{set:?}");
        assert_eq!(set.contains(&"default_payment_method_id"), default);
    }
}

#[test]
fn the_key_that_a_browser_was_given_opens_the_portal_only_when_the_attempt_succeeds() {
    let (key, body) = (SecretKey::new(*b"key"), told_all());
    for (buyer, opens) in [(KnownBuyer::default(), true), (by_email(ada(None)), false)] {
        for outcome in pending() {
            let (locked, payment) = attempted(
                &session(vec![one_time(1000)], json!({})),
                body.clone(),
                &buyer,
            );
            let waits = try_record(&locked, &payment, &outcome, &buyer);
            let digest = key.digest(waits.awaited_token.as_ref().unwrap());
            let (_, changes) = resolved_late(&waits, &buyer);
            assert_eq!(
                writes(&changes, "customer_sessions").len(),
                usize::from(opens)
            );
            if opens {
                let kept = inserted(&changes, "customer_sessions", "token_hash");
                assert_eq!(kept, Value::Text(digest));
            }
        }
    }
}

/// As versions did that made the customer when a session was confirmed.
fn confirmed_before(buyer: &KnownBuyer, by_email: bool) -> (Session, Payment) {
    let (locked, payment) = attempted(&session(vec![one_time(1000)], json!({})), complete(), buyer);
    let mut waits = try_record(&locked, &payment, &Outcome::Processing, buyer);
    waits.session.checkout.customer_id = Some(id(5));
    waits.session.checkout.matched_by_email = by_email;
    let metadata = &mut waits.session.checkout.processor_metadata.0;
    metadata.insert("customer_id".into(), "cus_5".into());
    waits.payment.portal_token_hash = None;
    (waits.session, waits.payment)
}

#[test]
fn sessions_that_an_older_version_confirmed_come_to_their_end() {
    for known_by_email in [true, false] {
        let buyer = linked(ada(None));
        let (session, payment) = confirmed_before(&buyer, known_by_email);
        let done = try_record(&session, &payment, &succeeded(), &buyer);
        assert_eq!(done.payment.state, PaymentState::Succeeded);
        let row = &done.session.checkout;
        assert!(customer::is_resolved(row) && row.customer_id == Some(id(5)));
        // Open again, it is still known by e-mail only.
        let open = try_record(&session, &payment, &failed(), &buyer);
        let (locked, payment) = attempted(&open.session, complete(), &buyer);
        let again = try_record(&locked, &payment, &succeeded(), &buyer);
        assert_eq!(again.token.is_none(), known_by_email);
        let waits = try_record(&locked, &payment, &Outcome::Processing, &buyer);
        let (late, changes) = resolved_late(&waits, &buyer);
        assert_eq!(late.checkout.customer_id, Some(id(5)));
        let touched = if known_by_email { "guard" } else { "update" };
        assert_eq!(writes(&changes, "customers"), [touched]);
    }
}
