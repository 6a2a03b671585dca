//! Benefits of a product: what its purchase includes.

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
/// that exist in the organization.
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
    updated.product.benefit_ids = Json(input.benefits);
    updated.product.modified_at = Some(ctx.now);
    updated.parts.benefits = rows;
    let mut changes = Changes::new();
    changes.update(&offered.product, &updated.product);
    updated.product.version += 1;
    changes.emit(
        subscribers,
        ctx,
        EventType::ProductUpdated,
        updated.product.id,
        || updated.view(),
    );
    Ok((updated, changes))
}
