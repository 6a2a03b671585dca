//! Bounds of amounts, seat tiers, metered unit amounts.

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn read(body: Value) -> Result<PriceAmount, Vec<(String, String)>> {
    let mut cx = Context::new("body");
    match price(&body, &mut cx) {
        Some(PriceEntry::New(new)) => Ok(new.amount),
        Some(other) => panic!("{other:?}"),
        None => Err(cx
            .problems
            .iter()
            .map(|p| (p.kind.to_string(), serde_json::to_string(&p.loc).unwrap()))
            .collect()),
    }
}

fn seats(tiers: Value) -> Result<PriceAmount, Vec<(String, String)>> {
    read(json!({"amount_type": "seat_based", "seat_tiers": {"tiers": tiers}}))
}

fn tier(min: i64, max: Option<i64>, price: i64) -> Value {
    json!({"min_seats": min, "max_seats": max, "price_per_seat": price})
}

#[test]
fn prices_can_be_charged_in_their_currency() {
    let fixed = |currency: &str, amount: i64| {
        read(json!({"amount_type": "fixed", "price_currency": currency, "price_amount": amount}))
    };
    assert!(fixed("isk", 12_300).is_ok() && fixed("usd", 12_345).is_ok());
    let refused = fixed("isk", 12_345).unwrap_err();
    assert_eq!(refused.len(), 1);
    assert_eq!(refused[0].0, "multiple_of");
    let seats = |price: i64| {
        let tiers = json!({"tiers": [tier(1, None, price)]});
        read(json!({"amount_type": "seat_based", "price_currency": "ugx", "seat_tiers": tiers}))
    };
    assert!(seats(500_000).is_ok());
    assert_eq!(seats(500_050).unwrap_err()[0].0, "multiple_of");
}

#[test]
fn seat_tiers_are_sorted_and_every_generation_reads_them() {
    let amount = seats(json!([tier(11, None, 800), tier(2, Some(10), 1000)])).unwrap();
    assert_eq!(
        serde_json::to_value(&amount).unwrap(),
        json!({
            "amount_type": "seat_based",
            "seat_tiers": {"seat_tier_type": "volume", "minimum_seats": 2, "maximum_seats": null,
                "tiers": [tier(2, Some(10), 1000), tier(11, None, 800)]},
            "tiers": {"type": "volume", "tiers": [{"bound": 10, "unit_amount": "1000"}, {"bound": null, "unit_amount": "800"}]},
            "minimum_units": 2, "maximum_units": null, "price_per_seat": 1000,
        })
    );
}

#[test]
fn gaps_overlaps_open_middles_and_doubles_are_refused() {
    for tiers in [
        json!([tier(1, Some(5), 1), tier(7, None, 1)]),
        json!([tier(1, Some(5), 1), tier(5, None, 1)]),
        json!([tier(1, None, 1), tier(6, None, 1)]),
        json!([tier(1, Some(5), 1), tier(2, Some(5), 1)]),
        json!([tier(5, Some(4), 1)]),
    ] {
        let wrong = seats(tiers.clone()).unwrap_err();
        let place = r#"["body","seat_based","seat_tiers"]"#.to_owned();
        assert_eq!(wrong, [("value_error".to_owned(), place)], "{tiers}");
    }
    assert_eq!(seats(json!([])).unwrap_err()[0].0, "too_short");
    assert_eq!(seats(json!([tier(0, None, -1)])).unwrap_err().len(), 2);
}

fn unit(amount: Value) -> Result<String, String> {
    let body = json!({"amount_type": "metered_unit", "unit_amount": amount,
        "meter_id": "1dbfc517-0bbf-4301-9ba8-555ca42b9737"});
    match read(body) {
        Ok(PriceAmount::MeteredUnit { unit_amount, .. }) => Ok(unit_amount),
        Ok(other) => panic!("{other:?}"),
        Err(wrong) => Err(wrong[0].0.clone()),
    }
}

#[test]
fn unit_amounts_are_kept_as_plain_decimals() {
    for (given, kept) in [
        (json!(0.5), "0.5"),
        (json!(10), "10"),
        (json!("0010.500"), "10.5"),
        (json!("+.000000000001"), "0.000000000001"),
        (json!(1e-12), "0.000000000001"),
        (json!("1.5e3"), "1500"),
        (json!("12345.678901234567"), "12345.678901234567"),
    ] {
        assert_eq!(unit(given.clone()), Ok(kept.to_owned()), "{given}");
    }
    for (given, kind) in [
        (json!(0), "greater_than"),
        (json!("-0.0"), "greater_than"),
        (json!(-1.5), "greater_than"),
        (json!("0.0000000000001"), "decimal_max_places"),
        (json!("123456"), "decimal_whole_digits"),
        (json!("a"), "decimal_parsing"),
        (json!("."), "decimal_parsing"),
        (json!("NaN"), "decimal_parsing"),
        (json!("1e999999999"), "decimal_parsing"),
        (json!(true), "decimal_type"),
        (json!(null), "decimal_type"),
    ] {
        assert_eq!(unit(given.clone()), Err(kind.to_owned()), "{given}");
    }
}

proptest! {
    #[test]
    fn a_unit_amount_means_what_was_written(whole in 0u64..100_000, fraction in 0u64..1_000_000, shift in -6i32..3) {
        prop_assume!(whole + fraction > 0);
        let written = format!("{whole}.{fraction:06}");
        let kept = unit(json!(written.clone())).unwrap();
        prop_assert_eq!(kept.parse::<f64>().unwrap(), written.parse::<f64>().unwrap());
        prop_assert_eq!(unit(json!(kept.clone())).unwrap(), kept.clone(), "kept as it was kept");
        let moved = unit(json!(format!("{written}e{shift}")));
        if let Ok(moved) = moved {
            let (a, b) = (moved.parse::<f64>().unwrap(), format!("{written}e{shift}").parse::<f64>().unwrap());
            prop_assert!((a - b).abs() <= b.abs() * 1e-12);
        }
    }

    #[test]
    fn tiers_made_without_gaps_are_taken_and_any_one_moved_is_refused(
        widths in prop::collection::vec(1i64..50, 1..6), first in 1i64..20, open: bool, moved in 0usize..6, by in 1i64..3,
    ) {
        let mut from = first;
        let mut tiers = Vec::new();
        for (i, width) in widths.iter().enumerate() {
            let last = i + 1 == widths.len();
            let end = (!(last && open)).then_some(from + width - 1);
            tiers.push((from, end, 100));
            from += width;
        }
        let json_of = |tiers: &[(i64, Option<i64>, i64)]| {
            Value::Array(tiers.iter().rev().map(|t| tier(t.0, t.1, t.2)).collect())
        };
        let Ok(PriceAmount::SeatBased { seat_tiers, .. }) = seats(json_of(&tiers)) else {
            return Err(TestCaseError::fail("refused"));
        };
        prop_assert_eq!(seat_tiers.minimum_seats, first);
        prop_assert_eq!(seat_tiers.maximum_seats, tiers.last().unwrap().1);
        prop_assert!(seat_tiers.tiers.windows(2).all(|p| p[0].max_seats == Some(p[1].min_seats - 1)));
        if moved > 0 && moved < tiers.len() {
            tiers[moved].0 += by;
            prop_assert!(seats(json_of(&tiers)).is_err());
        }
    }
}
