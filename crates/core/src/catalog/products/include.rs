//! Benefits of a product: what its purchase includes.

use std::collections::BTreeSet;

use till_wire::{events::EventType, products::ProductBenefitsUpdate};

use super::{ProductWithPrices, create::resolve};
use crate::kernel::{
    changes::Changes,
    context::DecisionContext,
    events::Subscribers,
    records::Benefit,
    refusal::{Refusal, collected},
    values::Json,
};

/// Replaces the product's benefits; the list's order is the order of display. `benefits` are those of the ids
/// that exist in the organization. Whoever bought the product gets what is new, and loses what is not there any more
/// (docs/behaviour: benefits/replaced).
pub fn include(
    offered: &ProductWithPrices,
    input: ProductBenefitsUpdate,
    benefits: &[Benefit],
    subscribers: &Subscribers,
    ctx: &DecisionContext,
) -> Result<(ProductWithPrices, Changes), Refusal> {
    let mut problems = Vec::new();
    let live = |benefit: &&Benefit| benefit.deleted_at.is_none();
    let rows = resolve(
        "benefits",
        "benefit",
        &input.benefits,
        |id| benefits.iter().filter(live).find(|b| b.id == *id),
        &mut problems,
    );
    collected(problems)?;
    let mut updated = offered.clone();
    let is_same_set = {
        let before: BTreeSet<_> = offered.product.benefit_ids.iter().collect();
        before == input.benefits.iter().collect()
    };
    updated.product.benefit_ids = Json(input.benefits);
    updated.product.modified_at = Some(ctx.now);
    updated.parts.benefits = rows;
    let mut changes = Changes::new();
    changes.update(&offered.product, &updated.product);
    updated.product.version += 1;
    // Another order alone gives nobody anything else.
    if !is_same_set {
        let product = &updated.product;
        changes.sync_buyers(ctx, product.organization_id, product.id);
    }
    changes.emit(
        subscribers,
        ctx,
        EventType::ProductUpdated,
        updated.product.id,
        || updated.view(),
    );
    Ok((updated, changes))
}
