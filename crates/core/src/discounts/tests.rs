use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::{
    kernel::{context::DecisionContext, values::Json},
    subscriptions::trials,
};

fn discount(kind: DiscountType) -> Discount {
    let ctx = DecisionContext::new(Timestamp::UNIX_EPOCH, [1; 32]);
    Discount {
        kind,
        basis_points: None,
        ..samples::discount(json!({}), Uuid::from_u128(2), &ctx)
    }
}

fn share(basis_points: i64) -> Discount {
    Discount {
        basis_points: Some(basis_points),
        ..discount(DiscountType::Percentage)
    }
}

fn fixed(amount: i64) -> Discount {
    Discount {
        amounts: Some(Json([(Currency::USD, amount)].into())),
        ..discount(DiscountType::Fixed)
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn a_share_is_worked_out_as_the_clients_do() {
    assert_eq!(share(1450).off(100, Currency::USD), 14);
    assert_eq!(share(58).off(2500, Currency::USD), 14);
    assert_eq!(share(5000).off(1, Currency::USD), 1);
    assert_eq!(share(10_000).off(2500, Currency::USD), 2500);
}

#[test]
fn what_is_left_can_be_charged() {
    let kronur: Currency = "isk".parse().unwrap();
    assert_eq!(share(1_000).off(12_300, kronur), 1_200);
    assert_eq!(share(10_000).off(12_300, kronur), 12_300);
}

#[test]
fn a_fixed_amount_takes_off_no_more_than_there_is() {
    assert_eq!(fixed(500).off(2500, Currency::USD), 500);
    assert_eq!(fixed(5000).off(2500, Currency::USD), 2500);
    let euro: Currency = "eur".parse().unwrap();
    assert_eq!(fixed(500).off(2500, euro), 0);
    assert!(!fixed(500).fits(Uuid::from_u128(9), euro));
}

#[test]
fn a_fixed_amount_is_shared_out_by_the_largest_remainders() {
    assert_eq!(fixed(100).split(&[100, 200], Currency::USD), [33, 67]);
}

#[test]
fn used_up_not_begun_and_over_discounts_are_refused() {
    let now = at("2026-06-01T12:00:00Z");
    let mut used = share(1000);
    (used.max_redemptions, used.redemptions_count) = (Some(10), 10);
    assert!(!used.is_redeemable(now));
    used.redemptions_count = 9;
    assert!(used.is_redeemable(now));
    let mut later = share(1000);
    later.starts_at = Some(at("2026-06-02T12:00:00Z"));
    assert!(!later.is_redeemable(now));
    let mut over = share(1000);
    over.ends_at = Some(at("2026-05-31T12:00:00Z"));
    assert!(!over.is_redeemable(now));
}

#[test]
fn months_of_a_repeating_discount_are_calendar_months() {
    let applied = at("2026-01-31T10:00:00Z");
    let three = Discount {
        duration: DiscountDuration::Repeating,
        duration_in_months: Some(3),
        ..share(1000)
    };
    assert!(!three.is_over(applied, at("2026-02-28T10:00:00Z"), 31));
    assert!(!three.is_over(applied, at("2026-03-31T10:00:00Z"), 31));
    assert!(three.is_over(applied, at("2026-04-30T10:00:00Z"), 31));
    assert!(three.is_over(applied, at("2027-01-31T10:00:00Z"), 31));
    assert!(share(1000).is_over(applied, at("2026-02-28T10:00:00Z"), 31));
    assert!(!share(1000).is_over(applied, applied, 31));
}

#[test]
fn a_discount_that_begins_on_a_clipped_day_covers_all_its_months() {
    let applied = at("2026-02-28T10:00:00Z");
    let two = Discount {
        duration: DiscountDuration::Repeating,
        duration_in_months: Some(2),
        ..share(1000)
    };
    assert!(!two.is_over(applied, at("2026-03-31T10:00:00Z"), 31));
    assert!(two.is_over(applied, at("2026-04-30T10:00:00Z"), 31));
    // The 28th is its own anchor where the subscription's comes before it.
    assert!(!two.is_over(applied, at("2026-03-28T10:00:00Z"), 5));
    assert!(two.is_over(applied, at("2026-03-29T10:00:00Z"), 5));
}

proptest! {
    #[test]
    fn the_periods_of_a_discount_are_those_in_which_it_is_not_over(
        day in 0i64..1_500, months in 1i64..=36, count in 1i64..=13, which in 0usize..4,
    ) {
        let applied = at("2026-01-01T10:00:00Z") + jiff::SignedDuration::from_hours(24 * day);
        let unit = Interval::ALL[which];
        let discount = Discount {
            duration: DiscountDuration::Repeating,
            duration_in_months: Some(months),
            ..share(1000)
        };
        let start = |period: i64| match period {
            0 => applied,
            later => trials::end(applied, (unit, later * count)),
        };
        let periods = discount.periods(applied, (unit, count)).expect("it ends");
        let anchor = crate::kernel::period::anchor(applied);
        prop_assert!(!discount.is_over(applied, start(periods - 1), anchor), "the last of {periods}");
        prop_assert!(discount.is_over(applied, start(periods), anchor), "after {periods}");
    }

    #[test]
    fn a_discount_never_makes_an_amount_negative(bp in 1i64..=10_000, off in 0i64..1_000_000, amount in 0i64..100_000_000) {
        for discount in [share(bp), fixed(off)] {
            let off = discount.off(amount, Currency::USD);
            prop_assert!((0..=amount).contains(&off));
        }
    }

    #[test]
    fn the_parts_of_a_fixed_amount_sum_to_the_whole(off in 0i64..1_000_000, amounts in prop::collection::vec(0i64..1_000_000, 1..8)) {
        let discount = fixed(off);
        let parts = discount.split(&amounts, Currency::USD);
        let whole: i64 = amounts.iter().sum();
        prop_assert_eq!(parts.iter().sum::<i64>(), discount.off(whole, Currency::USD));
        for (part, amount) in parts.iter().zip(&amounts) {
            prop_assert!(*part >= 0 && part <= amount);
        }
    }
}
