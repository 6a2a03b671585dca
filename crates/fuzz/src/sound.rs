//! Invariants that hold whatever was sent.

use serde_json::Value as Json;
use till_core::{
    checkout::{Session, totals::form},
    kernel::{
        changes::{Changes, Write},
        refusal::Refusal,
        values::Value,
    },
    terms::Totals,
};
use till_wire::{
    input::{Problem, Step},
    organizations::TaxBehaviorOption,
};

use crate::shop::SHOP;

/// Problems are told in full, at places of the body (or of another root).
pub fn problems(problems: &[Problem], root: &'static str) {
    assert!(!problems.is_empty(), "a refusal without a reason");
    for problem in problems {
        assert_eq!(problem.loc.first(), Some(&Step::from(root)), "{problem:?}");
        assert!(
            !problem.msg.is_empty() && !problem.kind.is_empty(),
            "{problem:?}"
        );
        serde_json::to_string(problem).expect("a problem can be told");
    }
}

/// A refusal that names fields names those of the body.
pub fn refusal(refusal: &Refusal) {
    if let Refusal::Invalid(found) = refusal {
        problems(found, "body");
    }
}

/// Changes that both databases take, with events that say what they mean.
pub fn changes(changes: &Changes) {
    for write in &changes.writes {
        let values: Vec<&Value> = match write {
            Write::Insert {
                columns, values, ..
            } => {
                assert_eq!(columns.len(), values.len());
                values.iter().collect()
            }
            Write::Update { set, .. } => set.iter().map(|(_, value)| value).collect(),
            Write::Guard { .. } => Vec::new(),
            Write::Named(named) => {
                let text = format!("{named:?}");
                assert!(
                    !text.contains(r"\0") && !text.contains(r"\u0000"),
                    "NUL in {text}"
                );
                Vec::new()
            }
        };
        for value in values {
            match value {
                Value::Text(text) => assert!(!text.contains('\0'), "NUL in {write:?}"),
                Value::Json(text) => {
                    let json: Json = serde_json::from_str(text).expect("JSON columns hold JSON");
                    assert!(!till_wire::input::has_nul(&json), "NUL in {write:?}");
                }
                _ => {}
            }
        }
    }
}

/// A session whose sums add up, with views that can be shown.
pub fn session(session: &Session) -> Totals {
    let row = &session.checkout;
    let sum = row.terms.totals();
    let taxable = row.terms.amount - row.terms.discount_amount;
    assert!(
        row.terms.amount >= 0 && (0..=row.terms.amount).contains(&row.terms.discount_amount),
        "{sum:?}"
    );
    let tax = row.terms.tax_amount.unwrap_or(0);
    assert!(tax >= 0 && sum.net >= 0 && sum.total >= 0, "{sum:?}");
    assert_eq!(sum.net + tax, sum.total);
    match row.terms.tax_behavior {
        Some(TaxBehaviorOption::Inclusive) => {
            assert_eq!(sum.total, taxable, "the tax is in the price")
        }
        _ => assert_eq!(sum.net, taxable, "the tax comes on top"),
    }
    if let Some(lines) = &row.terms.tax_breakdown {
        let parts: i64 = lines.iter().map(|line| line.amount).sum();
        assert_eq!(parts, tax, "the lines make up the tax");
    }
    match &session.discount {
        Some(discount) => {
            assert_eq!(row.terms.discount_id, Some(discount.id));
            assert_eq!(
                row.terms.discount_amount,
                discount.off(row.terms.amount, row.terms.currency)
            );
            assert!(
                discount.fits(row.terms.product_id, row.terms.currency),
                "{discount:?}"
            );
        }
        None => assert_eq!(
            (row.terms.discount_id, row.terms.discount_amount),
            (None, 0)
        ),
    }
    assert!(row.product_ids.contains(&row.terms.product_id), "{row:?}");
    for price in session.prices() {
        assert_eq!(
            (price.product_id, price.currency),
            (row.terms.product_id, row.terms.currency)
        );
    }
    match (session.seat_range(), row.terms.seats) {
        // A session's own bounds may leave nothing of a product that it is switched to.
        (Some(range), Some(seats)) => assert_eq!(range.clamp(seats), seats, "{range:?}"),
        (range, seats) => assert_eq!(range.is_some(), seats.is_some(), "{range:?} {seats:?}"),
    }
    let asked = form(session);
    assert!(
        row.terms.trial_end.is_none() || !asked.payment,
        "a trial is paid later"
    );
    let merchant = session.merchant_view(&SHOP.urls);
    let public = session.public_view(&SHOP.urls);
    serde_json::to_writer(std::io::sink(), &public).expect("a view can be shown");
    for base in [&merchant.base, &public.base] {
        assert_eq!(
            (base.amount, base.total_amount),
            (row.terms.amount, sum.total)
        );
        assert_eq!((base.net_amount, base.tax_amount), (sum.net, sum.tax));
        assert_eq!(base.is_payment_form_required, asked.required());
    }
    sum
}
