//! Products and prices: composition, creation, update (checkout.md 1).

use std::collections::BTreeMap;

use till_wire::{
    events::EventType,
    input::{Loc, Patch, Problem, Step},
    loc,
    money::Currency,
    products::{
        Price, PriceAmount, PriceCreate, PriceEntry, PriceMeter, PriceSource, PriceType,
        Product as View, ProductBase, ProductCreate, ProductUpdate,
    },
};
use uuid::Uuid;

use crate::{
    at::At,
    change::{Changes, Json},
    custom_fields::Asked,
    event::Audience,
    records::{Benefit, CustomField, File, Meter, Organization, Product, ProductPrice},
    refusal::{Refusal, collected},
};

impl ProductPrice {
    /// What it costs.
    pub fn cost(&self) -> PriceAmount {
        match self.amount_type.as_str() {
            "custom" => PriceAmount::Custom {
                minimum_amount: self.minimum_amount.unwrap_or(0),
                maximum_amount: self.maximum_amount,
                preset_amount: self.preset_amount,
            },
            "seat_based" => PriceAmount::seats(
                self.seat_tiers
                    .as_ref()
                    .map(|tiers| tiers.0.clone())
                    .expect("a seat price has tiers"),
            ),
            "metered_unit" => PriceAmount::MeteredUnit {
                unit_amount: self.unit_amount.clone().unwrap_or_default(),
                cap_amount: self.cap_amount,
                meter_id: self.meter_id.unwrap_or_default(),
                meter: None,
            },
            _ => PriceAmount::Fixed {
                price_amount: self.price_amount.unwrap_or(0),
            },
        }
    }

    /// The price as the API shows it.
    pub fn view(&self, product: &Product) -> Price {
        Price {
            id: self.id,
            created_at: self.created_at,
            modified_at: self.modified_at,
            source: if self.checkout_id.is_some() {
                PriceSource::AdHoc
            } else {
                PriceSource::Catalog
            },
            amount: self.cost(),
            price_currency: self.currency,
            tax_behavior: self.tax_behavior,
            is_archived: self.is_archived,
            product_id: self.product_id,
            kind: if product.is_recurring() {
                PriceType::Recurring
            } else {
                PriceType::OneTime
            },
            recurring_interval: product.recurring_interval,
        }
    }
}

impl Product {
    /// Whether it is a subscription.
    pub fn is_recurring(&self) -> bool {
        self.recurring_interval.is_some()
    }

    /// What every view of it shows.
    pub fn base(&self) -> ProductBase {
        ProductBase {
            id: self.id,
            created_at: self.created_at,
            modified_at: self.modified_at,
            name: self.name.clone(),
            description: self.description.clone(),
            visibility: self.visibility,
            recurring_interval: self.recurring_interval,
            recurring_interval_count: self.recurring_interval_count,
            meter_interval: self.meter_interval,
            meter_interval_count: self.meter_interval_count,
            trial_interval: self.trial_interval,
            trial_interval_count: self.trial_interval_count,
            is_recurring: self.is_recurring(),
            is_archived: self.is_archived,
            is_deletable: false,
            organization_id: self.organization_id,
        }
    }
}

/// A product with its prices, archived ones included.
#[derive(Debug, Clone, PartialEq)]
pub struct Offered {
    /// The product.
    pub product: Product,
    /// Its prices in the order they are shown; a session's own ones, where they matter, come last.
    pub prices: Vec<ProductPrice>,
    /// What else is shown with it.
    pub parts: Parts,
}

/// What a product is made of besides its prices, each in the product's order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Parts {
    /// What the purchase includes.
    pub benefits: Vec<Benefit>,
    /// Pictures.
    pub medias: Vec<File>,
    /// What the checkout asks.
    pub fields: Vec<CustomField>,
    /// The meters of its metered prices.
    pub meters: Vec<Meter>,
}

impl Offered {
    /// Brings the prices into the order they are shown in.
    pub fn new(product: Product, mut prices: Vec<ProductPrice>) -> Self {
        prices.sort_by_key(|p| (rank(&p.amount_type), p.created_at, p.position, p.id));
        Self {
            product,
            prices,
            parts: Parts::default(),
        }
    }

    /// The catalog's prices in use; those of single sessions are not among them.
    pub fn active(&self) -> impl Iterator<Item = &ProductPrice> {
        self.prices
            .iter()
            .filter(|p| !p.is_archived && p.checkout_id.is_none())
    }

    /// The prices in use in one currency.
    pub fn active_in(&self, currency: Currency) -> impl Iterator<Item = &ProductPrice> {
        self.active().filter(move |p| p.currency == currency)
    }

    /// The prices in use as the API shows them.
    pub fn price_views(&self) -> Vec<Price> {
        self.active().map(|p| self.price_view(p)).collect()
    }

    /// A price of the product as the API shows it, a metered one with its meter.
    pub fn price_view(&self, price: &ProductPrice) -> Price {
        let mut view = price.view(&self.product);
        if let PriceAmount::MeteredUnit { meter, .. } = &mut view.amount {
            let found = self
                .parts
                .meters
                .iter()
                .find(|m| Some(m.id) == price.meter_id);
            *meter = found.map(|m| PriceMeter {
                id: m.id,
                name: m.name.clone(),
                unit: m.unit,
                custom_label: m.custom_label.clone(),
                custom_multiplier: m.custom_multiplier,
            });
        }
        view
    }

    /// The custom fields as the API shows them, with their place and whether they must be filled in.
    pub fn attached_views(&self) -> Vec<serde_json::Value> {
        Vec::new()
    }

    /// Whether nothing is ever due, in any currency.
    pub fn is_free(&self) -> bool {
        self.active().all(|p| p.cost().is_free())
    }

    /// The custom fields that the checkout asks, in their order, and whether each must be filled in.
    pub fn asked(&self) -> Vec<Asked<'_>> {
        let attached = &self.product.custom_fields.0;
        attached
            .iter()
            .filter_map(|a| {
                let field = self
                    .parts
                    .fields
                    .iter()
                    .find(|f| f.id == a.custom_field_id)?;
                Some(Asked {
                    field,
                    required: a.required,
                })
            })
            .collect()
    }

    /// The product as the API shows it.
    pub fn view(&self) -> View {
        View {
            base: self.product.base(),
            metadata: self.product.metadata.0.clone(),
            prices: self.price_views(),
            benefits: Vec::new(),
            medias: Vec::new(),
            attached_custom_fields: self.attached_views(),
        }
    }
}

/// Fixed and custom prices come first, then metered ones, then the rest (checkout.md 1.1).
fn rank(amount_type: &str) -> u8 {
    match amount_type {
        "fixed" | "custom" => 0,
        "metered_unit" => 1,
        _ => 2,
    }
}

/// What the merchant asks for and this version of Till does not have, told at its place.
fn not_yet(problems: &mut Vec<Problem>, medias: &[Uuid], fields: &[Uuid]) {
    for (i, id) in medias.iter().enumerate() {
        problems.push(Problem::value(
            loc!["body", "medias", i],
            "This file does not exist",
            id.to_string(),
        ));
    }
    for (i, id) in fields.iter().enumerate() {
        problems.push(Problem::value(
            loc!["body", "attached_custom_fields", i],
            "This custom field does not exist",
            id.to_string(),
        ));
    }
}

fn no_trial_yet(key: &'static str, problems: &mut Vec<Problem>) {
    problems.push(Problem::value(
        loc!["body", key],
        "Trials are not supported by this version of Till",
        serde_json::Value::Null,
    ));
}

/// What the composition of prices is judged by.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'a> {
    /// The merchant.
    pub organization: &'a Organization,
    /// Whether the product is a subscription.
    pub recurring: bool,
    /// Those of the meters named that exist.
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
                "There are no prices to keep here",
                id.to_string(),
            )),
        }
    }
    prices
}

fn below(place: &Loc, step: impl Into<Step>) -> Loc {
    let mut place = place.clone();
    place.push(step.into());
    place
}

/// The composition rules PR-20 to PR-31, evaluated per currency; every broken one is reported. Each price comes
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
            "At least one price is needed".into(),
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
                format!("A custom price stands alone in {currency}"),
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
                    format!("This meter is priced already in {currency}"),
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
                format!("All prices in {currency} need the same tax behavior"),
            );
        }
        shapes.push((fixed > 0, custom > 0, seat > 0, meters.len()));
    }
    if shapes.windows(2).any(|pair| pair[0] != pair[1]) {
        broken(
            "value_error",
            place.clone(),
            "Every currency needs the same kinds of prices".into(),
        );
    }
    let default = rules.organization.default_currency;
    if !by_currency.is_empty() && !by_currency.contains_key(&default) {
        broken(
            "value_error",
            place.clone(),
            format!("A price in the organization's default currency ({default}) is needed"),
        );
    }
}

/// What is wrong with a price whatever stands beside it (PR-26 to PR-28).
fn alone(price: &PriceCreate, rules: &Rules<'_>, place: &Loc) -> Option<Problem> {
    let null = serde_json::Value::Null;
    match &price.amount {
        PriceAmount::MeteredUnit { .. } if !rules.recurring => Some(Problem::value(
            place.clone(),
            "Metered prices need a subscription product",
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
                .feature("seat_based_pricing_enabled") =>
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
pub fn price_row(product: &Product, position: usize, price: &PriceCreate, at: &At) -> ProductPrice {
    let mut row = ProductPrice {
        id: at.id(),
        created_at: at.now,
        modified_at: None,
        organization_id: product.organization_id,
        product_id: product.id,
        position: position as i64,
        currency: price.currency,
        amount_type: "fixed".to_owned(),
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
            row.amount_type = "custom".to_owned();
            row.minimum_amount = Some(minimum_amount);
            row.maximum_amount = maximum_amount;
            row.preset_amount = preset_amount;
        }
        PriceAmount::SeatBased { seat_tiers, .. } => {
            row.amount_type = "seat_based".to_owned();
            row.seat_tiers = Some(Json(seat_tiers));
        }
        PriceAmount::MeteredUnit {
            unit_amount,
            cap_amount,
            meter_id,
            ..
        } => {
            row.amount_type = "metered_unit".to_owned();
            row.unit_amount = Some(unit_amount);
            row.cap_amount = cap_amount;
            row.meter_id = Some(meter_id);
        }
    }
    row
}

fn unsupported(place: Loc, kind: &str) -> Problem {
    Problem::value(
        place,
        format!("Prices of type {kind} are not supported by this version of Till"),
        kind,
    )
}

/// A new product (PR-1: rule failures are collected; nothing persists on failure).
pub fn create(
    input: ProductCreate,
    organization: &Organization,
    meters: &[Meter],
    audience: &Audience,
    at: &At,
) -> Result<(Offered, Changes), Refusal> {
    let mut problems = Vec::new();
    no_organization_id(input.organization_id, &mut problems);
    not_yet(&mut problems, &input.medias, &input.attached_custom_fields);
    if let Some(interval) = input.meter_interval {
        problems.push(Problem::value(
            loc!["body", "meter_interval"],
            "Separate meter intervals are not enabled for this organization",
            interval.as_str(),
        ));
    }
    if input.trial.is_some() {
        no_trial_yet("trial_interval", &mut problems);
    }
    let place = loc!["body", "prices"];
    let prices = new_prices(input.prices, &place, &mut problems);
    let rules = Rules {
        organization,
        recurring: input.recurring.is_some(),
        meters,
    };
    compose(&prices, &rules, &place, &mut problems);
    collected(problems)?;
    let product = Product {
        id: at.id(),
        created_at: at.now,
        modified_at: None,
        version: 1,
        organization_id: organization.id,
        name: input.name,
        description: input.description,
        visibility: input.visibility,
        recurring_interval: input.recurring.map(|(interval, _)| interval),
        recurring_interval_count: input.recurring.map(|(_, count)| count),
        is_archived: false,
        metadata: Json(input.metadata),
        trial_interval: None,
        trial_interval_count: None,
        meter_interval: None,
        meter_interval_count: None,
        benefit_ids: Json::default(),
        media_ids: Json::default(),
        custom_fields: Json::default(),
    };
    let rows: Vec<_> = prices
        .iter()
        .map(|(i, p)| price_row(&product, *i, p, at))
        .collect();
    let mut changes = Changes::new();
    changes.insert(&product);
    for row in &rows {
        changes.insert(row);
    }
    let offered = Offered::new(product, rows);
    changes.emit(
        audience,
        at,
        EventType::ProductCreated,
        offered.product.id,
        &offered.view(),
    );
    Ok((offered, changes))
}

/// An organization's token already says which organization (checkout.md 0.2).
pub fn no_organization_id(id: Option<Uuid>, problems: &mut Vec<Problem>) {
    if let Some(id) = id {
        problems.push(Problem::new(
            "organization_token",
            loc!["body", "organization_id"],
            "Setting organization_id is disallowed when using an organization token",
            id.to_string(),
        ));
    }
}

/// Changes a product (checkout.md 1.5). Prices are kept by id, archived when not listed, added when new.
pub fn update(
    offered: &Offered,
    input: ProductUpdate,
    organization: &Organization,
    meters: &[Meter],
    audience: &Audience,
    at: &At,
) -> Result<(Offered, Changes), Refusal> {
    let old = &offered.product;
    let mut problems = Vec::new();
    not_yet(
        &mut problems,
        input.medias.as_deref().unwrap_or_default(),
        input.attached_custom_fields.as_deref().unwrap_or_default(),
    );
    guard_interval(old, &input, &mut problems);
    if matches!(input.trial_interval, Patch::Value(_)) {
        no_trial_yet("trial_interval", &mut problems);
        if !old.is_recurring() {
            no_trial_yet("trial_interval_count", &mut problems);
        }
    }
    let mut new = old.clone();
    if let Some(name) = input.name {
        new.name = name;
    }
    input.description.apply(&mut new.description);
    if let Some(visibility) = input.visibility {
        new.visibility = visibility;
    }
    if let Some(archived) = input.is_archived {
        new.is_archived = archived;
    }
    if let Some(metadata) = input.metadata {
        new.metadata = Json(metadata);
    }
    new.modified_at = Some(at.now);
    let prices = match input.prices {
        None => offered.prices.clone(),
        Some(entries) => reprice(
            offered,
            entries,
            &Rules {
                organization,
                recurring: old.is_recurring(),
                meters,
            },
            &mut problems,
            at,
        ),
    };
    collected(problems)?;
    let mut changes = Changes::new();
    changes.update(old, &new);
    for price in &prices {
        match offered.prices.iter().find(|p| p.id == price.id) {
            Some(before) if before != price => {
                changes.update(before, price);
            }
            Some(_) => {}
            None => {
                changes.insert(price);
            }
        }
    }
    new.version += 1;
    let updated = Offered::new(new, prices);
    changes.emit(
        audience,
        at,
        EventType::ProductUpdated,
        old.id,
        &updated.view(),
    );
    Ok((updated, changes))
}

/// The billing interval is fixed once a product exists; naming the same one again is no change.
fn guard_interval(old: &Product, input: &ProductUpdate, problems: &mut Vec<Problem>) {
    let (interval, count) = (input.recurring_interval, input.recurring_interval_count);
    let same = (interval, count) == (old.recurring_interval, old.recurring_interval_count);
    if same {
        return;
    }
    if let Some(interval) = interval {
        problems.push(Problem::value(
            loc!["body", "recurring_interval"],
            "The billing interval of a product cannot change",
            interval.as_str(),
        ));
    } else if let Some(count) = count
        && Some(count) != old.recurring_interval_count
    {
        problems.push(Problem::value(
            loc!["body", "recurring_interval_count"],
            "The billing interval of a product cannot change",
            count,
        ));
    }
}

fn reprice(
    offered: &Offered,
    entries: Vec<PriceEntry>,
    rules: &Rules<'_>,
    problems: &mut Vec<Problem>,
    at: &At,
) -> Vec<ProductPrice> {
    let place = loc!["body", "prices"];
    let mut kept = Vec::new();
    let mut composed = Vec::new();
    let mut added = Vec::new();
    for (i, entry) in entries.into_iter().enumerate() {
        match entry {
            PriceEntry::Keep(id) => match offered.active().find(|p| p.id == id) {
                Some(price) => {
                    if !kept.contains(&id) {
                        kept.push(id);
                        let kept = PriceCreate {
                            amount: price.cost(),
                            currency: price.currency,
                            tax_behavior: price.tax_behavior,
                        };
                        composed.push((i, kept));
                    }
                }
                None => problems.push(Problem::value(
                    loc!["body", "prices", i],
                    "This price does not exist",
                    id.to_string(),
                )),
            },
            PriceEntry::New(price) => {
                added.push(price_row(&offered.product, i, &price, at));
                composed.push((i, price));
            }
            PriceEntry::Unsupported(kind) => problems.push(unsupported(below(&place, i), &kind)),
        }
    }
    compose(&composed, rules, &place, problems);
    let mut prices: Vec<_> = offered
        .prices
        .iter()
        .map(|price| {
            let mut price = price.clone();
            if !price.is_archived && !kept.contains(&price.id) {
                price.is_archived = true;
                price.modified_at = Some(at.now);
            }
            price
        })
        .collect();
    prices.extend(added);
    prices
}

#[cfg(test)]
mod tests;
