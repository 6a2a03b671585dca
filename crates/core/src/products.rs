//! Products and prices: composition, creation, update (checkout.md 1).

use std::collections::BTreeMap;

use till_wire::{
    events::EventType,
    input::{Patch, Problem},
    loc,
    money::Currency,
    products::{
        Price, PriceAmount, PriceCreate, PriceEntry, PriceSource, PriceType, Product as View,
        ProductBase, ProductCreate, ProductUpdate,
    },
};
use uuid::Uuid;

use crate::{
    at::At,
    change::{Changes, Json},
    event::Audience,
    records::{Organization, Product, ProductPrice},
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
            source: PriceSource::Catalog,
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
            meter_interval: None,
            meter_interval_count: None,
            trial_interval: None,
            trial_interval_count: None,
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
    /// Its prices in the order they are shown.
    pub prices: Vec<ProductPrice>,
}

impl Offered {
    /// Brings the prices into the order they are shown in.
    pub fn new(product: Product, mut prices: Vec<ProductPrice>) -> Self {
        prices.sort_by_key(|p| (p.created_at, p.position, p.id));
        Self { product, prices }
    }

    /// The prices in use.
    pub fn active(&self) -> impl Iterator<Item = &ProductPrice> {
        self.prices.iter().filter(|p| !p.is_archived)
    }

    /// The prices in use in one currency.
    pub fn active_in(&self, currency: Currency) -> impl Iterator<Item = &ProductPrice> {
        self.active().filter(move |p| p.currency == currency)
    }

    /// The prices in use as the API shows them.
    pub fn price_views(&self) -> Vec<Price> {
        self.active().map(|p| p.view(&self.product)).collect()
    }

    /// Whether nothing is ever due, in any currency.
    pub fn is_free(&self) -> bool {
        self.active().all(|p| p.cost().is_free())
    }

    /// The product as the API shows it.
    pub fn view(&self) -> View {
        View {
            base: self.product.base(),
            metadata: self.product.metadata.0.clone(),
            prices: self.price_views(),
            benefits: Vec::new(),
            medias: Vec::new(),
            attached_custom_fields: Vec::new(),
        }
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

/// The composition rules PR-20 to PR-31, evaluated per currency; every broken one is reported.
fn compose(prices: &[PriceCreate], default_currency: Currency, problems: &mut Vec<Problem>) {
    let mut broken = |kind: &'static str, words: String| {
        problems.push(Problem::new(
            kind,
            loc!["body", "prices"],
            words,
            serde_json::Value::Null,
        ));
    };
    if prices.is_empty() {
        broken("too_short", "At least one price is needed".into());
    }
    let mut by_currency: BTreeMap<Currency, Vec<&PriceCreate>> = BTreeMap::new();
    for price in prices {
        by_currency.entry(price.currency).or_default().push(price);
    }
    let mut shapes = Vec::new();
    for (currency, prices) in &by_currency {
        let fixed = prices
            .iter()
            .filter(|p| matches!(p.amount, PriceAmount::Fixed { .. }))
            .count();
        let custom = prices.len() - fixed;
        if fixed > 1 {
            broken(
                "value_error",
                format!("Only one fixed price is allowed in {currency}"),
            );
        }
        if custom > 1 {
            broken(
                "value_error",
                format!("Only one custom price is allowed in {currency}"),
            );
        }
        if fixed > 0 && custom > 0 {
            broken(
                "value_error",
                format!("A custom price stands alone in {currency}"),
            );
        }
        if prices
            .iter()
            .any(|p| p.tax_behavior != prices[0].tax_behavior)
        {
            broken(
                "value_error",
                format!("All prices in {currency} need the same tax behavior"),
            );
        }
        shapes.push((fixed > 0, custom > 0));
    }
    if shapes.windows(2).any(|pair| pair[0] != pair[1]) {
        broken(
            "value_error",
            "Every currency needs the same kinds of prices".into(),
        );
    }
    if !by_currency.is_empty() && !by_currency.contains_key(&default_currency) {
        broken(
            "value_error",
            format!(
                "A price in the organization's default currency ({default_currency}) is needed"
            ),
        );
    }
}

fn price_row(product: &Product, position: usize, price: &PriceCreate, at: &At) -> ProductPrice {
    let (amount_type, price_amount, minimum_amount, maximum_amount, preset_amount) =
        match price.amount {
            PriceAmount::Fixed { price_amount } => ("fixed", Some(price_amount), None, None, None),
            PriceAmount::Custom {
                minimum_amount,
                maximum_amount,
                preset_amount,
            } => (
                "custom",
                None,
                Some(minimum_amount),
                maximum_amount,
                preset_amount,
            ),
        };
    ProductPrice {
        id: at.id(),
        created_at: at.now,
        modified_at: None,
        organization_id: product.organization_id,
        product_id: product.id,
        position: position as i64,
        currency: price.currency,
        amount_type: amount_type.to_owned(),
        price_amount,
        minimum_amount,
        maximum_amount,
        preset_amount,
        tax_behavior: price.tax_behavior,
        is_archived: false,
    }
}

fn unsupported(i: usize, kind: &str) -> Problem {
    Problem::value(
        loc!["body", "prices", i],
        format!("Prices of type {kind} are not supported by this version of Till"),
        kind,
    )
}

/// A new product (PR-1: rule failures are collected; nothing persists on failure).
pub fn create(
    input: ProductCreate,
    organization: &Organization,
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
    let mut prices = Vec::new();
    for (i, entry) in input.prices.into_iter().enumerate() {
        match entry {
            PriceEntry::New(price) => prices.push(price),
            PriceEntry::Unsupported(kind) => problems.push(unsupported(i, &kind)),
            PriceEntry::Keep(id) => problems.push(Problem::value(
                loc!["body", "prices", i],
                "A new product has no prices to keep",
                id.to_string(),
            )),
        }
    }
    compose(&prices, organization.default_currency, &mut problems);
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
    };
    let rows: Vec<_> = prices
        .iter()
        .enumerate()
        .map(|(i, p)| price_row(&product, i, p, at))
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
            organization.default_currency,
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
    default_currency: Currency,
    problems: &mut Vec<Problem>,
    at: &At,
) -> Vec<ProductPrice> {
    let mut kept = Vec::new();
    let mut composed = Vec::new();
    let mut added = Vec::new();
    for (i, entry) in entries.into_iter().enumerate() {
        match entry {
            PriceEntry::Keep(id) => match offered.active().find(|p| p.id == id) {
                Some(price) => {
                    if !kept.contains(&id) {
                        kept.push(id);
                        composed.push(PriceCreate {
                            amount: price.cost(),
                            currency: price.currency,
                            tax_behavior: price.tax_behavior,
                        });
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
                composed.push(price);
            }
            PriceEntry::Unsupported(kind) => problems.push(unsupported(i, &kind)),
        }
    }
    compose(&composed, default_currency, problems);
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
