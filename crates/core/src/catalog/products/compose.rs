//! Composition: the prices that go together (docs/behaviour: products/composition), and the rows they become.

use std::collections::BTreeMap;

use till_wire::{
    input::{Loc, Problem, Step},
    money::Currency,
    products::{PriceAmount, PriceCreate, PriceEntry},
};

use crate::kernel::{
    context::DecisionContext,
    records::{Meter, Organization, PriceKind, Product, ProductPrice},
    values::Json,
};

/// The rules by which the composition of prices is judged.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'a> {
    /// The merchant.
    pub organization: &'a Organization,
    /// True where the product is a subscription.
    pub recurring: bool,
    /// The meters named that exist.
    pub meters: &'a [Meter],
}

/// The new prices of a list with their places in it; what cannot be sold is a problem.
pub fn new_prices(
    entries: Vec<PriceEntry>,
    place: &Loc,
    problems: &mut Vec<Problem>,
) -> Vec<(usize, PriceCreate)> {
    let mut prices = Vec::new();
    for (i, entry) in entries.into_iter().enumerate() {
        match entry {
            PriceEntry::New(price) => prices.push((i, price)),
            PriceEntry::Unsupported(kind) => problems.push(unsupported(below(place, i), &kind)),
            PriceEntry::Keep(id) => problems.push(Problem::value(
                below(place, i),
                "A new product has no prices to keep",
                id.to_string(),
            )),
        }
    }
    prices
}

pub(super) fn below(place: &Loc, step: impl Into<Step>) -> Loc {
    let mut place = place.clone();
    place.push(step.into());
    place
}

/// The composition rules, evaluated per currency; every broken one is reported. Each price comes
/// with its position in the list at `place`.
pub fn compose(
    prices: &[(usize, PriceCreate)],
    rules: &Rules<'_>,
    place: &Loc,
    problems: &mut Vec<Problem>,
) {
    let usable: Vec<_> = prices
        .iter()
        .filter(|(i, price)| match alone(price, rules, &below(place, *i)) {
            Some(problem) => {
                problems.push(problem);
                false
            }
            None => true,
        })
        .collect();
    let mut broken = |kind: &'static str, place: Loc, words: String| {
        problems.push(Problem::new(kind, place, words, serde_json::Value::Null));
    };
    if usable.is_empty() {
        broken(
            "too_short",
            place.clone(),
            "At least one price is required".into(),
        );
    }
    let mut by_currency: BTreeMap<Currency, Vec<&(usize, PriceCreate)>> = BTreeMap::new();
    for entry in usable {
        by_currency.entry(entry.1.currency).or_default().push(entry);
    }
    let mut shapes = Vec::new();
    for (currency, prices) in &by_currency {
        let count =
            |of: fn(&PriceAmount) -> bool| prices.iter().filter(|p| of(&p.1.amount)).count();
        let fixed = count(|a| matches!(a, PriceAmount::Fixed { .. }));
        let custom = count(|a| matches!(a, PriceAmount::Custom { .. }));
        let seat = count(|a| matches!(a, PriceAmount::SeatBased { .. }));
        for (number, word) in [(fixed, "fixed"), (custom, "custom"), (seat, "seat-based")] {
            if number > 1 {
                broken(
                    "value_error",
                    place.clone(),
                    format!("Only one {word} price is allowed in {currency}"),
                );
            }
        }
        if custom > 0 && fixed + seat > 0 {
            broken(
                "value_error",
                place.clone(),
                format!("A custom price cannot be combined with other prices in {currency}"),
            );
        }
        let mut meters = Vec::new();
        for (i, price) in prices {
            let PriceAmount::MeteredUnit { meter_id, .. } = &price.amount else {
                continue;
            };
            if meters.contains(meter_id) {
                broken(
                    "value_error",
                    below(&below(place, *i), "meter_id"),
                    format!("This meter already has a price in {currency}"),
                );
            } else {
                meters.push(*meter_id);
            }
        }
        if prices
            .iter()
            .any(|p| p.1.tax_behavior != prices[0].1.tax_behavior)
        {
            broken(
                "value_error",
                place.clone(),
                format!("All prices in {currency} must have the same tax behavior"),
            );
        }
        shapes.push((fixed > 0, custom > 0, seat > 0, meters.len()));
    }
    if shapes.windows(2).any(|pair| pair[0] != pair[1]) {
        broken(
            "value_error",
            place.clone(),
            "Every currency must have the same kinds of prices".into(),
        );
    }
    let default = rules.organization.default_currency;
    if !by_currency.is_empty() && !by_currency.contains_key(&default) {
        broken(
            "value_error",
            place.clone(),
            format!("A price in the organization's default currency ({default}) is required"),
        );
    }
}

/// The problem of one price, judged without the others.
fn alone(price: &PriceCreate, rules: &Rules<'_>, place: &Loc) -> Option<Problem> {
    let null = serde_json::Value::Null;
    match &price.amount {
        PriceAmount::MeteredUnit { .. } if !rules.recurring => Some(Problem::value(
            place.clone(),
            "Metered prices require a subscription product",
            null,
        )),
        PriceAmount::MeteredUnit { meter_id, .. }
            if !rules.meters.iter().any(|m| m.id == *meter_id) =>
        {
            Some(Problem::value(
                below(place, "meter_id"),
                "This meter does not exist",
                meter_id.to_string(),
            ))
        }
        PriceAmount::SeatBased { .. }
            if !rules
                .organization
                .settings
                .features()
                .seat_based_pricing_enabled =>
        {
            Some(Problem::value(
                place.clone(),
                "Seat-based prices are not enabled for this organization",
                null,
            ))
        }
        _ => None,
    }
}

/// The row of a new catalog price at `position`.
pub fn price_row(
    product: &Product,
    position: usize,
    price: &PriceCreate,
    ctx: &DecisionContext,
) -> ProductPrice {
    let mut row = ProductPrice {
        id: ctx.id(),
        created_at: ctx.now,
        modified_at: None,
        organization_id: product.organization_id,
        product_id: product.id,
        position: position as i64,
        currency: price.currency,
        amount_type: PriceKind::Fixed,
        price_amount: None,
        minimum_amount: None,
        maximum_amount: None,
        preset_amount: None,
        tax_behavior: price.tax_behavior,
        is_archived: false,
        seat_tiers: None,
        meter_id: None,
        unit_amount: None,
        cap_amount: None,
        checkout_id: None,
    };
    match price.amount.clone() {
        PriceAmount::Fixed { price_amount } => row.price_amount = Some(price_amount),
        PriceAmount::Custom {
            minimum_amount,
            maximum_amount,
            preset_amount,
        } => {
            row.amount_type = PriceKind::Custom;
            row.minimum_amount = Some(minimum_amount);
            row.maximum_amount = maximum_amount;
            row.preset_amount = preset_amount;
        }
        PriceAmount::SeatBased { seat_tiers, .. } => {
            row.amount_type = PriceKind::SeatBased;
            row.seat_tiers = Some(Json(seat_tiers));
        }
        PriceAmount::MeteredUnit {
            unit_amount,
            cap_amount,
            meter_id,
            ..
        } => {
            row.amount_type = PriceKind::MeteredUnit;
            row.unit_amount = Some(unit_amount);
            row.cap_amount = cap_amount;
            row.meter_id = Some(meter_id);
        }
    }
    row
}

pub(super) fn unsupported(place: Loc, kind: &str) -> Problem {
    Problem::value(
        place,
        format!("Prices of type {kind} are not supported by this version of Till"),
        kind,
    )
}
