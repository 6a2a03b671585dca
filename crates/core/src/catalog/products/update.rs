//! Changing a product.

use till_wire::{
    events::EventType,
    input::{Patch, Problem},
    loc,
    products::{PriceEntry, ProductUpdate},
    values::Interval,
};
use uuid::Uuid;

use super::{
    ProductWithPrices,
    compose::{Rules, below, compose, price_row, unsupported},
    create::{ProductReferences, hold_meters, kept},
};
use crate::kernel::{
    changes::Changes,
    context::DecisionContext,
    events::Subscribers,
    records::{CheckoutLink, Meter, Organization, Product, ProductPrice},
    refusal::{Refusal, collected},
    values::Json,
};

/// Changes a product. Prices are kept by id, archived when not listed, added when new. `links`
/// are the checkout links that lead to it: an archived product leaves them.
pub fn update(
    offered: &ProductWithPrices,
    input: ProductUpdate,
    organization: &Organization,
    named: &ProductReferences,
    links: &[CheckoutLink],
    subscribers: &Subscribers,
    ctx: &DecisionContext,
) -> Result<(ProductWithPrices, Changes), Refusal> {
    let old = &offered.product;
    let mut problems = Vec::new();
    guard_interval(old, &input, &mut problems);
    let mut new = old.clone();
    let mut parts = offered.parts.clone();
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
    change_trial(
        &mut new,
        input.trial_interval,
        input.trial_interval_count,
        &mut problems,
    );
    if let Some(ids) = input.medias {
        parts.medias = named.medias(&ids, &mut problems);
        new.media_ids = Json(ids);
    }
    if let Some(asked) = input.attached_custom_fields {
        let (attached, fields) = named.fields(&asked, &mut problems);
        parts.fields = fields;
        new.custom_fields = Json(attached);
    }
    let usable = named.usable_meters();
    let in_use = |m: &&Meter| offered.active().any(|p| p.meter_id == Some(m.id));
    let mut meters: Vec<_> = parts.meters.iter().filter(in_use).cloned().collect();
    meters.extend(usable.iter().cloned());
    let known = |m: &&Meter| !parts.meters.iter().any(|one| one.id == m.id);
    let more: Vec<_> = usable.iter().filter(known).cloned().collect();
    parts.meters.extend(more);
    let rules = Rules {
        organization,
        recurring: old.is_recurring(),
        meters: &meters,
    };
    let prices = match input.prices {
        None => offered.prices.clone(),
        Some(entries) => reprice(offered, entries, &rules, &mut problems, ctx),
    };
    collected(problems)?;
    let mut changes = Changes::new();
    if prices != offered.prices {
        new.modified_at = Some(ctx.now);
    }
    changes.revise(old, &mut new, ctx);
    let mut added = Vec::new();
    for price in &prices {
        match offered.prices.iter().find(|p| p.id == price.id) {
            Some(before) if before != price => {
                changes.update(before, price);
            }
            Some(_) => {}
            None => {
                changes.insert(price);
                added.push(price.clone());
            }
        }
    }
    hold_meters(&added, &usable, &mut changes);
    if new.is_archived && !old.is_archived {
        for link in links {
            changes.update(link, &without(link, old.id, ctx));
        }
    }
    let mut updated = ProductWithPrices::new(new, prices);
    updated.parts = parts;
    changes.emit(subscribers, ctx, EventType::ProductUpdated, old.id, || {
        updated.view()
    });
    Ok((updated, changes))
}

/// A link without a product; one that leads nowhere any more is deleted.
fn without(link: &CheckoutLink, product: Uuid, ctx: &DecisionContext) -> CheckoutLink {
    let mut left = link.clone();
    left.product_ids.0.retain(|id| *id != product);
    left.modified_at = Some(ctx.now);
    if left.product_ids.0.is_empty() {
        left.deleted_at = Some(ctx.now);
    }
    left
}

/// The product's trial: set as a pair, ended by null; only subscriptions have one.
fn change_trial(
    product: &mut Product,
    interval: Patch<Interval>,
    count: Patch<i64>,
    problems: &mut Vec<Problem>,
) {
    match (interval, count) {
        (Patch::Value(interval), Patch::Value(count)) if product.is_recurring() => {
            product.trial_interval = Some(interval);
            product.trial_interval_count = Some(count);
        }
        (Patch::Value(interval), Patch::Value(count)) => {
            let words = "Only subscription products can have a trial";
            problems.push(Problem::value(
                loc!["body", "trial_interval"],
                words,
                interval.as_str(),
            ));
            problems.push(Problem::value(
                loc!["body", "trial_interval_count"],
                words,
                count,
            ));
        }
        (Patch::Absent, Patch::Absent) => {}
        _ => {
            product.trial_interval = None;
            product.trial_interval_count = None;
        }
    }
}

/// The billing interval is fixed once a product exists; naming the same one again is no change
/// (docs/behaviour: products/interval-is-fixed).
fn guard_interval(old: &Product, input: &ProductUpdate, problems: &mut Vec<Problem>) {
    let (interval, count) = (input.recurring_interval, input.recurring_interval_count);
    let same = (interval, count) == (old.recurring_interval, old.recurring_interval_count);
    if same {
        return;
    }
    if let Some(interval) = interval {
        problems.push(Problem::value(
            loc!["body", "recurring_interval"],
            "The billing interval of a product cannot be changed",
            interval.as_str(),
        ));
    } else if let Some(count) = count
        && Some(count) != old.recurring_interval_count
    {
        problems.push(Problem::value(
            loc!["body", "recurring_interval_count"],
            "The billing interval of a product cannot be changed",
            count,
        ));
    }
}

fn reprice(
    offered: &ProductWithPrices,
    entries: Vec<PriceEntry>,
    rules: &Rules<'_>,
    problems: &mut Vec<Problem>,
    ctx: &DecisionContext,
) -> Vec<ProductPrice> {
    let place = loc!["body", "prices"];
    let mut staying = Vec::new();
    let mut composed = Vec::new();
    let mut added = Vec::new();
    for (i, entry) in entries.into_iter().enumerate() {
        match entry {
            PriceEntry::Keep(id) => match offered.active().find(|p| p.id == id) {
                Some(price) => {
                    if !staying.contains(&id) {
                        staying.push(id);
                        composed.push((i, kept(price)));
                    }
                }
                None => problems.push(Problem::value(
                    loc!["body", "prices", i],
                    "This price does not exist",
                    id.to_string(),
                )),
            },
            PriceEntry::New(price) => {
                added.push(price_row(&offered.product, i, &price, ctx));
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
            if !price.is_archived && !staying.contains(&price.id) {
                price.is_archived = true;
                price.modified_at = Some(ctx.now);
            }
            price
        })
        .collect();
    prices.extend(added);
    prices
}
