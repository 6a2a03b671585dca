//! Whole lives of sessions with random steps: nothing panics, and what must always hold holds.

use proptest::prelude::*;
use till_wire::checkouts::CheckoutStatus;

use super::*;
use crate::{
    checkout::{
        FULFIL_JOB,
        choose::check_amount,
        fulfil::{Purchase, fulfil},
        totals,
    },
    kernel::records::PaymentState,
    payments::outcome::is_refund_due,
};

#[derive(Debug, Clone)]
enum Step {
    Update(JsonValue),
    Confirm(JsonValue),
    Settle(u8),
    Expire,
}

fn change() -> impl Strategy<Value = JsonValue> {
    let pairs = prop::sample::select(vec![
        ("product_id", json!(id(100))),
        ("product_id", json!(id(200))),
        ("product_id", json!(id(300))),
        ("currency", json!("eur")),
        ("currency", json!("usd")),
        ("amount", json!(0)),
        ("amount", json!(49)),
        ("amount", json!(777)),
        ("amount", json!(999_999_999_999_i64)),
        ("customer_email", json!("ada@example.com")),
        ("customer_email", JsonValue::Null),
        ("is_business_customer", json!(true)),
        ("is_business_customer", json!(false)),
        ("customer_billing_name", json!("ACME")),
        ("customer_billing_address", json!({"country": "FR"})),
        ("customer_billing_address", json!({"country": "US"})),
        (
            "customer_billing_address",
            json!({"country": "FR", "city": "Paris", "line1": "1", "postal_code": "75"}),
        ),
        ("customer_tax_id", json!("FR61954506077")),
        ("payment_method_type", json!("upi")),
        ("confirmation_token_id", json!("pm_card_visa")),
    ]);
    prop::collection::vec(pairs, 0..6)
        .prop_map(|pairs| pairs.into_iter().map(|(k, v)| (k.to_owned(), v)).collect())
        .prop_map(JsonValue::Object)
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => change().prop_map(Step::Update),
        2 => Just(Step::Confirm(complete())),
        2 => change().prop_map(|extra| {
            let mut body = complete();
            body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
            Step::Confirm(body)
        }),
        4 => (0u8..4).prop_map(Step::Settle),
        1 => Just(Step::Expire),
    ]
}

fn sound(session: &Session) {
    let row = &session.checkout;
    let sum = row.terms.totals();
    assert!(sum.amount >= 0 && sum.net >= 0 && sum.total >= 0);
    assert_eq!(sum.total, sum.net + sum.tax.unwrap_or(0));
    assert_eq!(sum.net, sum.amount - sum.discount);
    assert_eq!(session.price().currency, row.terms.currency);
    let items: i64 = totals::amount(
        session.prices().into_iter(),
        Some(row.terms.amount),
        row.terms.seats,
    )
    .unwrap();
    assert_eq!(items, row.terms.amount, "items sum to the subtotal");
    let body = serde_json::to_value(session.merchant_view(&urls())).unwrap();
    assert_eq!(body["total_amount"], sum.total);
}

proptest! {
    #[test]
    fn any_life_keeps_its_invariants(
        first in change(),
        steps in prop::collection::vec(step(), 0..12),
    ) {
        let offered = vec![in_euros(one_time(1000)), monthly(900), custom(0, Some(5000), None)];
        let Ok(mut session) = try_open(loaded(offered), first) else { return Ok(()) };
        let mut attempts: Vec<Payment> = Vec::new();
        sound(&session);
        for step in steps {
            let before = session.checkout.status;
            match step {
                Step::Update(body) => {
                    if let Ok(new) = try_update(&session, body) {
                        session = new;
                    }
                }
                Step::Confirm(body) => match try_confirm(&session, body, &KnownBuyer::default()) {
                    Ok(Confirmed::Free(free)) => session = free.session,
                    Ok(Confirmed::Charge { mut payment, .. }) => {
                        payment.id = id(1000 + attempts.len() as u128);
                        session.checkout.attempt_id = Some(payment.id);
                        session.checkout.version += 1;
                        attempts.push(*payment);
                    }
                    Err(_) => {}
                },
                Step::Settle(n) => {
                    let Some(payment) = attempts.last_mut() else { continue };
                    let outcome = match n {
                        0 => succeeded(),
                        1 => failed(),
                        2 => Outcome::Processing,
                        _ => Outcome::RequiresAction { action_url: None },
                    };
                    let buyer = KnownBuyer {
                        linked: session.checkout.customer_id.map(|id| Customer {
                            id,
                            ..customer(0, "ada@example.com", None)
                        }),
                        ..KnownBuyer::default()
                    };
                    let recorded = try_record(&session, payment, &outcome, &buyer);
                    *payment = recorded.payment;
                    session = recorded.session;
                    if asks_for(&recorded.changes, FULFIL_JOB) {
                        prop_assert_eq!(session.checkout.terms.totals().total, payment.amount);
                    }
                }
                Step::Expire => {
                    session.checkout.expires_at = at(0).now;
                    if !expire_changes(&session).is_empty() {
                        session.checkout.status = CheckoutStatus::Expired;
                    }
                }
            }
            sound(&session);
            let unsettled = attempts.iter().filter(|p| !p.state.is_settled()).count();
            prop_assert!(unsettled <= 1);
            prop_assert_eq!(unsettled == 1, session.checkout.attempt_id.is_some());
            let done = session.checkout.status == CheckoutStatus::Confirmed && unsettled == 0;
            prop_assert!(done || session.checkout.customer_id.is_none(), "nothing has succeeded");
            let after = session.checkout.status;
            use CheckoutStatus::{Confirmed as Sure, Expired, Open};
            let allowed = [(Open, Expired), (Open, Sure), (Sure, Open)];
            prop_assert!(before == after || allowed.contains(&(before, after)));
        }
        if session.checkout.status == CheckoutStatus::Confirmed {
            fulfilled(&session, attempts.last());
        }
    }

    #[test]
    fn a_custom_amount_is_taken_exactly_within_its_bounds(
        chosen in prop_oneof![0i64..6000, 99_999_000i64..100_001_000],
        minimum in 0i64..3000,
        maximum in prop::option::of(1i64..5000),
    ) {
        let price = custom(minimum, maximum, None).prices.remove(0);
        let fits = chosen >= minimum
            && (chosen == 0 || chosen >= Currency::USD.min_charge())
            && maximum.is_none_or(|m| chosen <= m)
            && chosen <= Currency::USD.max_charge();
        prop_assert_eq!(check_amount(chosen, [&price].into_iter()).is_ok(), fits);
    }
}

fn expire_changes(session: &Session) -> Changes {
    crate::checkout::expire::expire(session, &subscribers(), &urls(), &at(1))
}

fn fulfilled(session: &Session, attempt: Option<&Payment>) {
    let purchase = Purchase {
        owner: None,
        owner_is_seated: false,
        seats: Default::default(),
        session: session.clone(),
        customer: Customer {
            id: session.checkout.customer_id.unwrap_or(id(5)),
            ..customer(0, "ada@example.com", None)
        },
        // Money that came after the session was bought without it is owed back, and pays for nothing.
        payment: attempt
            .filter(|p| p.state == PaymentState::Succeeded && !is_refund_due(p))
            .cloned(),
        upgraded: None,
        subscribers: subscribers(),
    };
    let told = events(&fulfil(&purchase, &urls(), &at(9)).unwrap());
    let orders = [
        "order.created",
        "order.updated",
        "order.paid",
        "checkout.updated",
    ];
    if session.checkout.attempt_id.is_some() {
        assert!(told.is_empty());
    } else {
        assert!(told.ends_with(&orders.map(String::from)), "{told:?}");
    }
}
