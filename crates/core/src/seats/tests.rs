use proptest::prelude::*;
use till_wire::products::SeatTier;

use super::*;

fn tiers(kind: SeatTierType, tiers: &[(i64, Option<i64>, i64)]) -> SeatTiers {
    SeatTiers {
        seat_tier_type: kind,
        minimum_seats: tiers[0].0,
        maximum_seats: tiers[tiers.len() - 1].1,
        tiers: tiers
            .iter()
            .map(|(min_seats, max_seats, price_per_seat)| SeatTier {
                min_seats: *min_seats,
                max_seats: *max_seats,
                price_per_seat: *price_per_seat,
            })
            .collect(),
    }
}

#[test]
fn fourteen_seats_by_volume_and_graduated() {
    let steps = [(1, Some(10), 1000), (11, None, 800)];
    assert_eq!(
        cost(&tiers(SeatTierType::Graduated, &steps), 14),
        Ok(13_200)
    );
    assert_eq!(cost(&tiers(SeatTierType::Volume, &steps), 14), Ok(11_200));
}

#[test]
fn past_a_last_tier_that_ends() {
    let steps = [(1, Some(10), 1000)];
    let volume = cost(&tiers(SeatTierType::Volume, &steps), 11);
    assert_eq!(volume, Err(Refusal::InvalidQuantity));
    assert_eq!(
        cost(&tiers(SeatTierType::Graduated, &steps), 11),
        Ok(10_000)
    );
    assert_eq!(
        cost(&tiers(SeatTierType::Volume, &steps), -1),
        Err(Refusal::InvalidQuantity)
    );
}

#[test]
fn the_first_graduated_tier_starts_at_one_even_where_more_must_be_bought() {
    let steps = [(5, Some(10), 100), (11, None, 50)];
    assert_eq!(cost(&tiers(SeatTierType::Graduated, &steps), 12), Ok(1100));
}

fn any_tiers() -> impl Strategy<Value = SeatTiers> {
    (
        prop::bool::ANY,
        prop::collection::vec((1i64..50, 0i64..100_000), 1..6),
        prop::bool::ANY,
    )
        .prop_map(|(graduated, steps, open)| {
            let kind = if graduated {
                SeatTierType::Graduated
            } else {
                SeatTierType::Volume
            };
            let mut from = 1;
            let last = steps.len() - 1;
            let steps: Vec<_> = steps
                .iter()
                .enumerate()
                .map(|(i, (size, rate))| {
                    let to = from + size - 1;
                    let tier = (from, (i < last || !open).then_some(to), *rate);
                    from = to + 1;
                    tier
                })
                .collect();
            tiers(kind, &steps)
        })
}

proptest! {
    #[test]
    fn a_cost_is_between_the_cheapest_and_the_dearest_tier(tiers in any_tiers(), seats in 1i64..300) {
        let Ok(sum) = cost(&tiers, seats) else {
            prop_assert!(tiers.maximum_seats.is_some_and(|max| seats > max));
            return Ok(());
        };
        let rates = tiers.tiers.iter().map(|t| t.price_per_seat);
        prop_assert!(sum >= 0 && sum <= rates.clone().max().unwrap_or(0) * seats);
        if tiers.maximum_seats.is_none_or(|max| seats <= max) {
            prop_assert!(sum >= rates.min().unwrap_or(0) * seats);
        }
    }

    #[test]
    fn graduated_tiers_never_fall_and_add_one_seat_at_its_own_rate(tiers in any_tiers(), seats in 0i64..300) {
        let graduated = SeatTiers { seat_tier_type: SeatTierType::Graduated, ..tiers };
        let (a, b) = (cost(&graduated, seats).unwrap(), cost(&graduated, seats + 1).unwrap());
        let rate = graduated.tiers.iter().find(|t| t.max_seats.is_none_or(|max| seats < max)).map_or(0, |t| t.price_per_seat);
        prop_assert_eq!(b - a, rate);
    }

    #[test]
    fn a_clamped_number_may_be_bought(min in 1i64..100, more in prop::option::of(0i64..100), asked in 0i64..500) {
        let range = Range { min, max: more.map(|n| min + n) };
        prop_assert!(range.contains(range.clamp(asked)));
        prop_assert_eq!(range.clamp(asked) == asked, range.contains(asked));
    }
}

#[test]
fn bounds_that_leave_nothing_are_refused_though_no_seats_were_asked_for() {
    let product = Range {
        min: 2,
        max: Some(9),
    };
    for (min, max) in [(None, Some(1)), (Some(10), None)] {
        let range = product.within(min, max);
        assert!(judge(Some(range), None).is_err(), "{range:?}");
    }
    assert_eq!(
        judge(Some(product.within(Some(4), Some(4))), None),
        Ok(Some(4))
    );
}
