//! Seats, ad-hoc prices, discounts, trials and taxes of a session.

use proptest::prelude::*;
use till_wire::{
    discounts::DiscountDuration,
    products::{SeatTier, SeatTierType, SeatTiers},
    subscriptions::SubscriptionStatus,
};

use super::*;
use crate::kernel::writes::DiscountWrite;
use crate::{
    checkout::{
        fulfil::{Purchase, fulfil},
        totals,
    },
    discounts,
    kernel::records::Discount,
    tax::{Ruling, TaxAnswer, TaxQuery, Taxes},
};

fn by_seat(min: i64, max: Option<i64>, rate: i64) -> ProductWithPrices {
    let product = product(500, Some(Interval::Month));
    let price = ProductPrice {
        amount_type: PriceKind::SeatBased,
        price_amount: None,
        seat_tiers: Some(Json(SeatTiers {
            seat_tier_type: SeatTierType::Volume,
            tiers: vec![SeatTier {
                min_seats: min,
                max_seats: max,
                price_per_seat: rate,
            }],
            minimum_seats: min,
            maximum_seats: max,
        })),
        ..fixed(product.id, 501, Currency::USD, 0)
    };
    ProductWithPrices::new(product, vec![price])
}

fn share(basis_points: i64, duration: DiscountDuration) -> Discount {
    Discount {
        id: id(700),
        duration,
        basis_points: Some(basis_points),
        ..discounts::samples::discount(json!({"code": "LAUNCH"}), id(1), &at(0))
    }
}

fn discounted(session: &Session, discount: Discount) -> Result<Session, Refusal> {
    let known = Known {
        discount: Some(discount),
        ..Known::default()
    };
    let code = input(Writer::Client, &json!({"discount_code": "launch"}));
    changed(session, &code, &known)
}

/// A tax of a tenth.
struct Tenth;

impl Taxes for Tenth {
    fn rule(&self, query: &TaxQuery) -> Ruling {
        if query.address.country.as_str() == "US" && query.address.postal_code.is_none() {
            return Ruling::Refused("The postal code is needed".into());
        }
        let amount = match query.behavior {
            TaxBehaviorOption::Exclusive => query.amount / 10,
            _ => query.amount / 11,
        };
        Ruling::Due(TaxAnswer {
            amount,
            lines: Vec::new(),
        })
    }
}

fn taxed(mut session: Session, body: JsonValue) -> Session {
    session.organization.settings.0.tax.enabled = true;
    let change = input(Writer::Client, &body);
    let step = update::Step::Patch;
    update::apply(&session, &change, step, &Known::default(), &Tenth, &at(1))
        .unwrap()
        .session
}

#[test]
fn seats_are_those_asked_for_within_what_is_sold() {
    let seats = |body| {
        try_open(loaded(vec![by_seat(1, Some(10), 1500)]), body)
            .map(|s| (s.checkout.terms.seats, s.checkout.terms.amount))
    };
    assert_eq!(seats(json!({"seats": 6})), Ok((Some(6), 9000)));
    assert_eq!(seats(json!({})), Ok((Some(1), 1500)));
    assert_eq!(seats(json!({"seats": 10})), Ok((Some(10), 15_000)));
    assert!(seats(json!({"seats": 15})).is_err());
    assert!(seats(json!({"max_seats": 11})).is_err());
}

#[test]
fn the_least_of_the_session_is_what_it_starts_with() {
    let session = session(vec![by_seat(1, None, 1500)], json!({"min_seats": 5}));
    let row = &session.checkout;
    assert_eq!(
        (row.terms.seats, row.min_seats, row.max_seats),
        (Some(5), Some(5), None)
    );
    assert!(try_update(&session, json!({"seats": 4})).is_err());
    let seven = updated(&session, json!({"seats": 7}));
    assert_eq!(seven.checkout.terms.amount, 7 * 1500);
}

#[test]
fn a_fixed_price_and_seats_are_billed_as_the_sum() {
    let mut offered = by_seat(1, None, 2000);
    let base = fixed(offered.product.id, 502, Currency::USD, 99_900);
    offered.prices.push(base);
    let offered = ProductWithPrices::new(offered.product, offered.prices);
    let session = session(vec![offered], json!({"seats": 10}));
    assert_eq!(session.checkout.terms.amount, 99_900 + 20_000);
    assert_eq!(session.price().amount_type, PriceKind::Fixed);
    assert_eq!(session.prices().len(), 2);
}

#[test]
fn switching_between_products_starts_seats_anew() {
    let both = session(vec![monthly(900), by_seat(2, None, 100)], json!({}));
    assert_eq!(both.checkout.terms.seats, None);
    let seats = updated(&both, json!({"product_id": id(500)}));
    assert_eq!(
        (seats.checkout.terms.seats, seats.checkout.terms.amount),
        (Some(2), 200)
    );
    let back = updated(&seats, json!({"product_id": id(100)}));
    assert_eq!(
        (back.checkout.terms.seats, back.checkout.terms.amount),
        (None, 900)
    );
}

#[test]
fn a_sessions_own_prices_stand_in_for_the_products() {
    let own = json!({"prices": {
        id(100).to_string(): [{"amount_type": "fixed", "price_amount": 4200}],
        id(200).to_string(): [{"amount_type": "fixed", "price_amount": 777}],
    }});
    let session = session(vec![monthly(900), one_time(1000)], own);
    assert_eq!(session.checkout.terms.amount, 4200);
    let view = serde_json::to_value(session.merchant_view(&urls())).unwrap();
    assert_eq!(view["product"]["prices"][0]["price_amount"], 900);
    assert_eq!(view["product_price"]["source"], "ad_hoc");
    assert_eq!(view["prices"][id(200).to_string()][0]["price_amount"], 777);
    let switched = updated(&session, json!({"product_id": id(200)}));
    assert_eq!(
        switched.checkout.terms.amount, 777,
        "from the session's own list"
    );
}

#[test]
fn a_price_archived_since_is_still_what_was_agreed_to() {
    let mut session = session(vec![monthly(900)], json!({}));
    session.offered = vec![repriced(monthly(900), 5000)];
    assert_eq!(session.prices().len(), 1);
    assert_eq!(session.prices()[0].price_amount, Some(900));
}

#[test]
fn a_trial_asks_for_a_card_and_no_money() {
    let mut offered = monthly(1000);
    offered.product.trial_interval = Some(Interval::Day);
    offered.product.trial_interval_count = Some(14);
    let plain = session(vec![offered.clone()], json!({}));
    let form = totals::form(&plain);
    assert!(!form.payment && form.setup);
    assert_eq!(plain.checkout.trial_interval, None);
    assert_eq!(
        plain.checkout.terms.trial_end,
        Some(at(0).now + SignedDuration::from_hours(14 * 24))
    );
    let week = json!({"trial_interval": "day", "trial_interval_count": 7});
    let own = session(vec![offered.clone()], week);
    assert_eq!(
        own.checkout.terms.trial_end,
        Some(at(0).now + SignedDuration::from_hours(7 * 24))
    );
    let without = updated(&plain, json!({"allow_trial": false}));
    assert_eq!(without.checkout.terms.trial_end, None, "without a trial");
    assert!(totals::form(&without).payment);
}

#[test]
fn a_trial_begins_with_an_order_of_nothing() {
    let mut offered = monthly(1000);
    offered.product.trial_interval = Some(Interval::Day);
    offered.product.trial_interval_count = Some(14);
    let session = session(vec![offered], json!({}));
    let (session, payment) = attempted(&session, complete(), &KnownBuyer::default());
    assert_eq!(
        (payment.amount, payment.kind),
        (0, crate::kernel::records::PaymentKind::Setup)
    );
    let recorded = try_record(&session, &payment, &succeeded(), &KnownBuyer::default());
    let customer = customer(5, "ada@example.com", None);
    let purchase = Purchase {
        owner: None,
        owner_is_seated: false,
        seats: Default::default(),
        session: recorded.session,
        customer,
        payment: Some(recorded.payment),
        upgraded: None,
        subscribers: subscribers(),
    };
    let changes = fulfil(&purchase, &urls(), &at(4)).unwrap();
    let value = |table: &str, column: &str| inserted(&changes, table, column);
    assert_eq!(
        value("subscriptions", "status"),
        Value::Text(SubscriptionStatus::Trialing.as_str().into())
    );
    assert_eq!(
        value("subscriptions", "current_period_end"),
        value("subscriptions", "trial_end")
    );
    assert_eq!(value("orders", "subtotal_amount"), Value::Int(0));
    assert_eq!(
        value("trial_redemptions", "email_key"),
        Value::Text("ada@example.com".into())
    );
}

#[test]
fn trial_abuse_is_refused_where_the_merchant_prevents_it() {
    let mut offered = monthly(1000);
    offered.product.trial_interval = Some(Interval::Day);
    offered.product.trial_interval_count = Some(14);
    let mut session = session(vec![offered], json!({}));
    let known = KnownBuyer {
        had_trial: true,
        ..KnownBuyer::default()
    };
    assert!(try_confirm(&session, complete(), &known).is_ok());
    session
        .organization
        .settings
        .0
        .subscription_settings
        .prevent_trial_abuse = true;
    let refused = try_confirm(&session, complete(), &known).unwrap_err();
    assert_eq!(refused, Refusal::TrialAlreadyRedeemed);
    let mut without = complete();
    without["allow_trial"] = json!(false);
    assert!(
        try_confirm(&session, without, &known).is_ok(),
        "without a trial"
    );
}

#[test]
fn a_discount_stays_while_it_suits() {
    let session = session(vec![monthly(1000), one_time(500)], json!({}));
    let everywhere = discounted(&session, share(5000, DiscountDuration::Once)).unwrap();
    assert_eq!(everywhere.checkout.terms.discount_amount, 500);
    let kept = updated(&everywhere, json!({"product_id": id(200)}));
    assert_eq!(kept.checkout.terms.discount_amount, 250);
    let mut restricted = share(5000, DiscountDuration::Once);
    restricted.product_ids = Json(vec![id(100)]);
    let one = discounted(&session, restricted).unwrap();
    let gone = updated(&one, json!({"product_id": id(200)}));
    assert_eq!(
        (
            gone.checkout.terms.discount_id,
            gone.checkout.terms.discount_amount
        ),
        (None, 0)
    );
    let removed = updated(&everywhere, json!({"discount_id": null}));
    assert_eq!(removed.checkout.terms.discount_id, None);
}

#[test]
fn a_wrong_code_says_so_at_the_field_and_changes_nothing() {
    let session = session(vec![monthly(1000)], json!({}));
    let wrong = input(Writer::Client, &json!({"discount_code": "nope"}));
    let refused = changed(&session, &wrong, &Known::default()).unwrap_err();
    assert_eq!(places(refused), ["value_error discount_code"]);
    let free = super::session(vec![one_time(0)], json!({}));
    let refused = discounted(&free, share(5000, DiscountDuration::Once)).unwrap_err();
    assert_eq!(places(refused), ["value_error discount_code"]);
}

#[test]
fn what_is_asked_for_with_everything_off() {
    let form = |offered: ProductWithPrices, duration| {
        let session = discounted(&session(vec![offered], json!({})), share(10_000, duration));
        let form = totals::form(&session.unwrap());
        (form.payment, form.setup)
    };
    assert_eq!(form(one_time(1000), DiscountDuration::Once), (false, false));
    assert_eq!(form(monthly(1000), DiscountDuration::Once), (false, true));
    assert_eq!(
        form(monthly(1000), DiscountDuration::Forever),
        (false, false)
    );
}

#[test]
fn a_use_is_taken_with_the_attempt_and_given_back_when_it_fails() {
    let session = session(vec![one_time(1000)], json!({}));
    let session = discounted(&session, share(1000, DiscountDuration::Once)).unwrap();
    let confirmed = try_confirm(&session, complete(), &KnownBuyer::default()).unwrap();
    let Confirmed::Charge {
        payment, changes, ..
    } = confirmed
    else {
        panic!("money is due");
    };
    assert_eq!(payment.amount, 900);
    let claims = |changes: &Changes| {
        let label = |w: &Write| {
            matches!(
                w,
                Write::Named(NamedWrite::Discount(DiscountWrite::CountUse { .. }))
            )
        };
        changes.writes.iter().filter(|w| label(w)).count()
    };
    assert_eq!(claims(&changes), 1);
    let (session, payment) = attempted(&session, complete(), &KnownBuyer::default());
    let recorded = try_record(&session, &payment, &failed(), &KnownBuyer::default());
    let released = |w: &Write| {
        matches!(
            w,
            Write::Named(NamedWrite::Discount(DiscountWrite::DeleteUse(_)))
        )
    };
    assert!(recorded.changes.writes.iter().any(released));
}

#[test]
fn a_code_given_with_the_confirmation_is_shown_with_its_outcome() {
    let session = session(vec![one_time(1000)], json!({}));
    let discount = share(1000, DiscountDuration::Once);
    let mut agreed = discounted(&session, discount.clone()).unwrap();
    agreed.checkout.version = session.checkout.version;
    let (_, payment) = attempted(&agreed, complete(), &KnownBuyer::default());
    let mut locked = session.clone();
    locked.checkout.attempt_id = Some(payment.id);
    let buyer = KnownBuyer {
        discount: Some(discount.clone()),
        ..KnownBuyer::default()
    };
    let recorded = try_record(&locked, &payment, &succeeded(), &buyer);
    assert_eq!(
        recorded.session.checkout.terms.discount_id,
        Some(discount.id)
    );
    assert_eq!(recorded.session.discount, Some(discount));
}

#[test]
fn a_discount_over_by_the_confirmation_is_told_where_it_can_be_removed() {
    let session = session(vec![one_time(1000)], json!({}));
    let mut ending = share(1000, DiscountDuration::Once);
    ending.ends_at = Some(at(1).now);
    let session = discounted(&session, ending).unwrap();
    let refused = try_confirm(&session, complete(), &KnownBuyer::default()).unwrap_err();
    assert_eq!(places(refused), ["value_error discount_id"]);
}

#[test]
fn a_tax_that_the_price_contains_is_taken_out_of_it() {
    let german = json!({"customer_billing_address": {"country": "DE"}});
    let inclusive = taxed(session(vec![one_time(1100)], json!({})), german);
    let sum = inclusive.checkout.terms.totals();
    assert_eq!((sum.net, sum.tax, sum.total), (1000, Some(100), 1100));
    let address = json!({"customer_billing_address": {
        "country": "US", "state": "NY", "city": "New York", "line1": "1 Main", "postal_code": "10001",
    }});
    let exclusive = taxed(session(vec![one_time(1000)], json!({})), address);
    let sum = exclusive.checkout.terms.totals();
    assert_eq!((sum.net, sum.tax, sum.total), (1000, Some(100), 1100));
}

#[test]
fn an_address_that_does_not_do_leaves_the_tax_unknown() {
    let us = json!({"customer_billing_address": {"country": "US"}});
    let session = taxed(session(vec![one_time(1000)], json!({})), us);
    assert_eq!(session.checkout.terms.tax_amount, None);
    assert!(session.checkout.buyer.customer_billing_address.is_some());
}

proptest! {
    #[test]
    fn no_sum_of_a_session_is_negative_and_its_parts_add_up(
        price in 50i64..1_000_000, basis_points in 1i64..=10_000, inclusive in any::<bool>(),
    ) {
        let country = if inclusive { "DE" } else { "IN" };
        let session = session(vec![one_time(price)], json!({}));
        let session = discounted(&session, share(basis_points, DiscountDuration::Once)).unwrap();
        let session = taxed(session, json!({"customer_billing_address": {"country": country}}));
        let sum = session.checkout.terms.totals();
        prop_assert!(sum.net >= 0 && sum.total >= 0 && sum.discount >= 0);
        prop_assert_eq!(sum.net + sum.tax.unwrap_or(0), sum.total);
        let taxable = sum.amount - sum.discount;
        let expected = if inclusive { taxable } else { taxable + sum.tax.unwrap_or(0) };
        prop_assert_eq!(sum.total, expected);
    }
}
