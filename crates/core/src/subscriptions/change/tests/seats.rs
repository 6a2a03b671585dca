//! Changes of the number of seats.

use serde_json::{Value, json};
use till_wire::{
    discounts::DiscountType,
    money::Currency,
    products::{SeatTier, SeatTierType, SeatTiers},
    subscriptions::SubscriptionStatus,
};

use super::{
    super::{Billing, ChangeRows},
    amounts, changed, discount, in_status, plan, refused, rows, trialing, with,
};
use crate::{
    catalog::products::ProductWithPrices,
    checkout::tests::id,
    kernel::{
        records::{Discount, PriceKind},
        values::Json,
    },
};

/// A product of 10.00 a seat, for 2 to 8 seats.
fn by_seat(n: u128) -> ProductWithPrices {
    let mut plan = plan(n, 1000);
    let price = &mut plan.prices[0];
    price.amount_type = PriceKind::SeatBased;
    price.price_amount = None;
    let tier = SeatTier {
        min_seats: 2,
        max_seats: Some(8),
        price_per_seat: 1000,
    };
    price.seat_tiers = Some(Json(SeatTiers {
        seat_tier_type: SeatTierType::Volume,
        minimum_seats: 2,
        maximum_seats: Some(8),
        tiers: vec![tier],
    }));
    plan
}

/// A subscription of so many seats.
fn of(seats: i64, discount: Option<Discount>) -> ChangeRows {
    with(rows(by_seat(100), discount), |subscription| {
        subscription.seats = Some(seats);
        subscription.base_amount = 1000 * seats;
        subscription.amount = 1000 * seats;
    })
}

fn body(seats: i64, behavior: &str) -> Value {
    json!({"seats": seats, "proration_behavior": behavior})
}

#[test]
fn more_seats_are_charged_and_fewer_given_back_until_the_end_of_the_period() {
    for (from, to, amount) in [(4, 6, 1933), (6, 3, -2900)] {
        let decision = changed(&of(from, None), body(to, "prorate")).unwrap();
        assert_eq!(amounts(&decision), [amount]);
        assert_eq!(decision.billing, Billing::Later);
        assert_eq!(
            (decision.subscription.seats, decision.subscription.amount),
            (Some(to), 1000 * to)
        );
        assert!(
            decision.lines[0]
                .label
                .starts_with(&format!("Plan 100: {to} instead of {from} seats"))
        );
    }
    let share = discount(50, json!({"basis_points": 2000, "duration": "forever"}));
    assert_eq!(
        amounts(&changed(&of(4, Some(share)), body(6, "prorate")).unwrap()),
        [1546]
    );
    let mut fixed = discount(50, json!({"duration": "forever"}));
    fixed.kind = DiscountType::Fixed;
    fixed.amounts = Some(Json([(Currency::USD, 300)].into()));
    assert_eq!(
        amounts(&changed(&of(4, Some(fixed)), body(6, "invoice")).unwrap()),
        [1933]
    );
}

#[test]
fn a_reset_charges_all_seats_for_a_new_period() {
    let mut rows = of(4, None);
    assert_eq!(
        refused(&rows, body(6, "reset")),
        "value_error proration_behavior"
    );
    let features = &mut rows
        .billing
        .organization
        .settings
        .0
        .feature_settings
        .features;
    features.reset_proration_behavior_enabled = true;
    let decision = changed(&rows, body(6, "reset")).unwrap();
    assert_eq!(amounts(&decision), [6000]);
    assert_eq!(decision.billing, Billing::Now);
}

#[test]
fn numbers_that_the_price_does_not_allow_are_refused() {
    for few in [1, 0, -3] {
        assert_eq!(
            refused(&of(4, None), body(few, "prorate")),
            "BelowMinimumSeats(2)"
        );
    }
    assert_eq!(
        refused(&of(4, None), body(9, "prorate")),
        "AboveMaximumSeats(8)"
    );
    assert_eq!(
        refused(&rows(plan(100, 1000), None), body(4, "prorate")),
        "NotSeatBased"
    );
    let ended = in_status(of(4, None), SubscriptionStatus::Canceled);
    assert_eq!(refused(&ended, body(5, "prorate")), "AlreadyCanceled");
}

#[test]
fn the_number_that_it_has_changes_nothing_but_withdraws_another_one() {
    let rows = of(4, None);
    let same = changed(&rows, body(4, "prorate")).unwrap();
    assert!(same.events.is_empty() && same.subscription == rows.billing.subscription);
    let waiting = changed(&rows, body(6, "next_period")).unwrap().subscription;
    assert_eq!(waiting.pending_update.as_ref().unwrap().seats, Some(6));
    let rows = with(rows, |s| *s = waiting);
    let same = changed(&rows, body(4, "prorate")).unwrap();
    assert_eq!(
        (same.events.len(), same.subscription.pending_update),
        (1, None)
    );
}

#[test]
fn a_change_of_seats_keeps_the_product_that_waits() {
    let mut rows = of(4, None);
    rows.target = Some(by_seat(200));
    let waiting = changed(
        &rows,
        json!({"product_id": id(200), "proration_behavior": "next_period"}),
    );
    let mut rows = with(rows, |s| *s = waiting.unwrap().subscription);
    let both = changed(&rows, body(6, "next_period")).unwrap().subscription;
    let update = both.pending_update.clone().unwrap().0;
    assert_eq!((update.product_id, update.seats), (Some(id(200)), Some(6)));
    rows = with(rows, |s| *s = both);
    let at_once = changed(&rows, body(5, "prorate")).unwrap().subscription;
    let update = at_once.pending_update.unwrap().0;
    assert_eq!(
        (update.product_id, update.seats, at_once.seats),
        (Some(id(200)), None, Some(5))
    );
}

#[test]
fn a_product_sold_by_the_seat_takes_the_seats_there_are_or_the_least() {
    let mut fixed = rows(plan(100, 1000), None);
    fixed.target = Some(by_seat(200));
    let change = |behavior: &str| json!({"product_id": id(200), "proration_behavior": behavior});
    assert_eq!(
        refused(&fixed, change("next_period")),
        "value_error proration_behavior"
    );
    let decision = changed(&fixed, change("prorate")).unwrap();
    assert_eq!(
        (decision.subscription.seats, amounts(&decision)),
        (Some(2), vec![-967, 1933])
    );
    let mut seats = of(4, None);
    seats.target = Some(by_seat(200));
    assert_eq!(
        changed(&seats, change("prorate"))
            .unwrap()
            .subscription
            .seats,
        Some(4)
    );
    seats.target = Some(plan(200, 2000));
    assert_eq!(refused(&seats, change("prorate")), "value_error product_id");
    let mut many = of(4, None);
    let mut small = by_seat(200);
    small.prices[0].seat_tiers.as_mut().unwrap().0.maximum_seats = Some(3);
    many.target = Some(small);
    assert_eq!(refused(&many, change("prorate")), "AboveMaximumSeats(3)");
}

#[test]
fn seats_cost_nothing_more_while_a_trial_or_a_pause_lasts() {
    for rows in [
        trialing(of(4, None), 14),
        in_status(of(4, None), SubscriptionStatus::Paused),
    ] {
        let decision = changed(&rows, body(6, "invoice")).unwrap();
        assert!(decision.lines.is_empty());
        assert_eq!(
            (decision.billing, decision.subscription.amount),
            (Billing::Later, 6000)
        );
    }
}
