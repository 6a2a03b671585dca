//! Goods of a charge: those that were agreed on, whatever has changed since.

use till_wire::checkouts::CheckoutStatus;

use super::*;
use crate::{
    checkout::{
        FULFIL_JOB,
        fulfil::{Purchase, fulfil},
        tests::paying::{in_flight, purchase},
    },
    kernel::records::{Order, PaymentState, Subscription},
    payments::outcome::TERMS_UNREADABLE,
    subscriptions::claims::Upgraded,
};

#[test]
fn what_was_agreed_is_what_is_sold_whatever_changes_meanwhile() {
    let open = session(vec![one_time(1000), monthly(500)], json!({}));
    let mut body = complete();
    body["product_id"] = json!(id(100));
    let (mut locked, payment) = attempted(&open, body, &KnownBuyer::default());
    // The product and its price are archived, another price and another default currency appear.
    let mut moved = repriced(monthly(500), 900);
    moved.product.is_archived = true;
    locked.offered = vec![one_time(1000), moved];
    locked.organization.default_currency = euro();
    let recorded = try_record(&locked, &payment, &succeeded(), &KnownBuyer::default());
    assert_eq!(recorded.session.checkout.terms.price_id, id(101));
    assert_eq!(recorded.session.checkout.terms.amount, payment.amount);
    let changes = fulfil(&purchase(&recorded), &urls(), &at(4)).unwrap();
    assert_eq!(
        inserted(&changes, "orders", "subtotal_amount"),
        Value::Int(500)
    );
    let Value::Json(items) = inserted(&changes, "orders", "items") else {
        panic!("items are JSON")
    };
    let items: Vec<JsonValue> = serde_json::from_str(&items).unwrap();
    assert_eq!(items.len(), 1);
    assert_eq!(items[0]["amount"], 500);
}

#[test]
fn kept_terms_that_do_not_read_sell_nothing_and_lose_no_money() {
    let (locked, payment) = in_flight(monthly(1000));
    let whole = payment.confirmation.0.clone();
    let parts: Vec<String> = whole.as_object().unwrap().keys().cloned().collect();
    assert!(parts.len() > 20, "{parts:?}");
    // Each part is missing, or is nothing that can have been kept.
    let without = parts.iter().map(|part| {
        let mut kept = whole.clone();
        kept.as_object_mut().unwrap().remove(part);
        kept
    });
    let broken = parts.iter().map(|part| {
        let mut kept = whole.clone();
        kept[part.as_str()] = json!([{"x": 1}]);
        kept
    });
    let mut zlotys = whole.clone();
    zlotys["currency"] = json!("zzz");
    for kept in without
        .chain(broken)
        .chain([zlotys, json!(null), json!({})])
    {
        let mut payment = payment.clone();
        payment.confirmation = Json(kept.clone());
        for outcome in [
            succeeded(),
            Outcome::Processing,
            Outcome::RequiresAction { action_url: None },
        ] {
            let recorded = try_record(&locked, &payment, &outcome, &KnownBuyer::default());
            let row = &recorded.session.checkout;
            assert_eq!(row.status, CheckoutStatus::Open, "{kept}");
            assert_eq!(row.attempt_id, Some(payment.id), "nobody pays once more");
            assert!(!asks_for(&recorded.changes, FULFIL_JOB), "{kept}");
            let marked = recorded.payment.decline_reason.as_deref() == Some(TERMS_UNREADABLE);
            assert_eq!(marked, outcome == succeeded());
            if outcome != succeeded() {
                continue;
            }
            assert_eq!(recorded.payment.state, PaymentState::Succeeded);
            // A second witness changes nothing, until somebody has mended the terms.
            let paid = recorded.payment;
            let again = try_record(&recorded.session, &paid, &outcome, &KnownBuyer::default());
            assert!(again.changes.is_empty());
            let mended = Payment {
                confirmation: Json(whole.clone()),
                ..paid
            };
            let done = try_record(&recorded.session, &mended, &outcome, &KnownBuyer::default());
            assert_eq!(done.session.checkout.status, CheckoutStatus::Confirmed);
            assert_eq!(done.payment.decline_reason, None);
            assert!(asks_for(&done.changes, FULFIL_JOB));
        }
        let declined = try_record(&locked, &payment, &failed(), &KnownBuyer::default());
        assert_eq!(
            declined.session.checkout.attempt_id, None,
            "a no needs no terms"
        );
    }
}

#[test]
fn an_order_that_is_not_what_was_paid_is_not_made() {
    let (session, payment) = in_flight(one_time(1000));
    let recorded = try_record(&session, &payment, &succeeded(), &KnownBuyer::default());
    let good = purchase(&recorded);
    assert!(fulfil(&good, &urls(), &at(4)).is_ok());
    type Spoil = fn(&mut Purchase);
    let wrong: [(&str, Spoil); 9] = [
        ("another amount was paid", |p| {
            p.payment.as_mut().unwrap().amount -= 1
        }),
        ("another currency was paid", |p| {
            p.payment.as_mut().unwrap().currency = euro()
        }),
        ("nothing was paid", |p| p.payment = None),
        ("the sum is not that of the lines", |p| {
            p.session.checkout.terms.amount = 900
        }),
        ("more is taken off than there is", |p| {
            p.session.checkout.terms.discount_amount = 1100
        }),
        ("a tax that nobody paid", |p| {
            p.session.checkout.terms.tax_amount = Some(200);
            p.session.checkout.terms.tax_behavior = Some(TaxBehaviorOption::Exclusive);
        }),
        ("more tax is contained than there is", |p| {
            p.session.checkout.terms.tax_amount = Some(1001)
        }),
        ("a price is gone", |p| {
            p.session.checkout.terms.price_ids.0.push(id(999))
        }),
        ("a price is another one now", |p| {
            p.session.offered[0].prices[0].price_amount = Some(1)
        }),
    ];
    for (words, spoil) in wrong {
        let mut bad = good.clone();
        spoil(&mut bad);
        assert!(fulfil(&bad, &urls(), &at(4)).is_err(), "{words}");
    }
}

#[test]
fn the_card_that_paid_is_known_again_although_nobody_looked_at_it_before() {
    let (session, payment) = in_flight(monthly(1000));
    assert_eq!(payment.card_fingerprint, None);
    let recorded = try_record(&session, &payment, &succeeded(), &KnownBuyer::default());
    let known = recorded.payment.card_fingerprint.as_deref();
    assert_eq!(known, Some("print_1"));
    let declined = Outcome::Failed {
        reason: "card_declined".into(),
        message: "No.".into(),
        card: None,
        card_fingerprint: Some("print_2".into()),
        request_id: None,
    };
    let recorded = try_record(&session, &payment, &declined, &KnownBuyer::default());
    let known = recorded.payment.card_fingerprint.as_deref();
    assert_eq!(known, Some("print_2"));
}

#[test]
fn an_upgrade_never_overwrites_a_subscription_that_somebody_pays_for() {
    let (session, payment) = in_flight(monthly(1000));
    let recorded = try_record(&session, &payment, &succeeded(), &KnownBuyer::default());
    let mut purchase = purchase(&recorded);
    let old = upgradable(purchase.customer.id);
    purchase.upgraded = Some(Upgraded {
        subscription: Subscription {
            price_ids: Json(vec![id(101)]),
            ..old.clone()
        },
        prices: vec![fixed(id(100), 101, Currency::USD, 1000)],
    });
    let changes = fulfil(&purchase, &urls(), &at(4)).unwrap();
    let touched = |w: &Write| {
        matches!(
            w,
            Write::Update {
                table: "subscriptions",
                ..
            }
        )
    };
    assert!(!changes.writes.iter().any(touched), "it stays as it is");
    assert_ne!(
        inserted(&changes, "subscriptions", "id"),
        Value::Uuid(old.id)
    );
}

#[test]
fn money_is_not_lost_to_a_customer_deleted_or_an_external_id_taken_meanwhile() {
    let open = session(vec![one_time(1000)], json!({"external_customer_id": "ext"}));
    let (locked, payment) = attempted(&open, complete(), &KnownBuyer::default());
    let mut buyer = KnownBuyer::default();
    buyer.holders.by_external_id = Some(customer(6, "bo@example.com", Some("ext")));
    let recorded = try_record(&locked, &payment, &succeeded(), &buyer);
    assert_eq!(
        inserted(&recorded.changes, "customers", "external_id"),
        Value::Null
    );
    let row = &recorded.session.checkout;
    assert_eq!(row.external_customer_id.as_deref(), Some("ext"));
    assert_eq!(row.conflicting_external_customer_id.as_deref(), Some("ext"));

    let mut linked = session(vec![one_time(1000)], json!({}));
    linked.checkout.customer_id = Some(id(5));
    let mut buyer = KnownBuyer {
        linked: Some(customer(5, "ada@example.com", None)),
        ..KnownBuyer::default()
    };
    let (locked, payment) = attempted(&linked, complete(), &buyer);
    buyer.linked.as_mut().unwrap().deleted_at = Some(at(3).now);
    let recorded = try_record(&locked, &payment, &succeeded(), &buyer);
    assert_ne!(recorded.session.checkout.customer_id, Some(id(5)));
    let email = inserted(&recorded.changes, "customers", "email");
    assert_eq!(email, Value::Text("ada@example.com".into()));
}

/// A free subscription.
fn upgradable(customer_id: Uuid) -> Subscription {
    Subscription {
        id: id(50),
        created_at: at(-900).now,
        modified_at: None,
        version: 1,
        organization_id: id(1),
        customer_id,
        product_id: id(400),
        checkout_id: None,
        payment_method_id: None,
        status: till_wire::subscriptions::SubscriptionStatus::Active,
        amount: 0,
        base_amount: 0,
        currency: Currency::USD,
        recurring_interval: Interval::Month,
        recurring_interval_count: 1,
        anchor_day: 30,
        started_at: Some(at(-900).now),
        current_period_start: at(-900).now,
        current_period_end: at(9000).now,
        cancel_at_period_end: false,
        canceled_at: None,
        ends_at: None,
        ended_at: None,
        price_ids: Json(vec![]),
        discount_id: None,
        discount_applied_at: None,
        seats: None,
        trial_start: None,
        trial_end: None,
        tax_behavior: None,
        past_due_at: None,
        pause_at_period_end: false,
        paused_at: None,
        resumes_at: None,
        customer_cancellation_reason: None,
        customer_cancellation_comment: None,
        pending_update: None,
        attempt_id: None,
        next_due_at: Some(at(9000).now),
        meter_interval: None,
        meter_interval_count: None,
        meter_period_start: None,
        custom_field_data: Json::default(),
        metadata: Json(till_wire::metadata::Metadata(
            json!({"utm": "x", "plan": "free"})
                .as_object()
                .unwrap()
                .clone(),
        )),
    }
}

#[test]
fn an_upgrade_keeps_the_start_and_merges_the_metadata() {
    let (session, payment) = in_flight(monthly(1000));
    let recorded = try_record(&session, &payment, &succeeded(), &KnownBuyer::default());
    let mut purchase = purchase(&recorded);
    purchase.session.checkout.metadata = Json(till_wire::metadata::Metadata(
        json!({"plan": "pro"}).as_object().unwrap().clone(),
    ));
    let old = upgradable(purchase.customer.id);
    purchase.upgraded = Some(Upgraded {
        subscription: old,
        prices: Vec::new(),
    });
    let changes = fulfil(&purchase, &urls(), &at(4)).unwrap();
    let set = changes.writes.iter().find_map(|w| match w {
        Write::Update {
            table: "subscriptions",
            set,
            ..
        } => Some(set.clone()),
        _ => None,
    });
    let set = set.unwrap();
    assert!(set.iter().all(|(column, _)| *column != "started_at"));
    let metadata = Value::Json(r#"{"utm":"x","plan":"pro"}"#.into());
    assert!(set.contains(&("metadata", metadata)), "{set:?}");
    let told = [
        "subscription.updated",
        "order.created",
        "order.updated",
        "order.paid",
        "checkout.updated",
    ];
    assert_eq!(events(&changes), told);
    let reason = inserted(
        &changes,
        <Order as crate::kernel::changes::Record>::TABLE,
        "billing_reason",
    );
    assert_eq!(reason, Value::Text("subscription_update".into()));
}
