//! Discount of a subscription: another one, or none.

use till_wire::{
    input::{Patch, Problem},
    loc,
};
use uuid::Uuid;

use super::{ChangeRows, Decision, Unchanged};
use crate::kernel::{
    context::DecisionContext,
    records::{Discount, Subscription},
    refusal::Refusal,
};

/// Changes the discount alone: what a period costs changes at once, and the next one is the first that is billed so.
pub(super) fn change(
    draft: &mut Decision,
    rows: &ChangeRows,
    asked: &Patch<Uuid>,
    ctx: &DecisionContext,
) -> Result<(), Unchanged> {
    match asked {
        Patch::Absent => return Ok(()),
        Patch::Null => set(draft, None),
        Patch::Value(id) => {
            let found = usable(rows, *id, draft.subscription.product_id, ctx)?;
            draft.used = Some(found.clone());
            set(draft, Some(found));
        }
    }
    draft.reprice()
}

/// The discount that a change names, where the subscription may have it with this product.
pub(super) fn usable(
    rows: &ChangeRows,
    id: Uuid,
    product_id: Uuid,
    ctx: &DecisionContext,
) -> Result<Discount, Refusal> {
    let subscription: &Subscription = &rows.billing.subscription;
    let refuse = |words: &str| {
        let place = loc!["body", "discount_id"];
        Refusal::field(Problem::value(place, words, id.to_string()))
    };
    if subscription.discount_id == Some(id) {
        return Err(refuse("The subscription has this discount already"));
    }
    let fits = |discount: &&Discount| {
        discount.id == id
            && discount.deleted_at.is_none()
            && discount.fits(product_id, subscription.currency)
            && discount.is_redeemable(ctx.now)
    };
    let found = rows.discount.as_ref().filter(fits).cloned();
    found.ok_or_else(|| {
        refuse("This discount does not exist, or does not apply to this subscription")
    })
}

/// Puts another discount in its place, which no period was billed with yet.
pub(super) fn set(draft: &mut Decision, discount: Option<Discount>) {
    draft.subscription.discount_id = discount.as_ref().map(|discount| discount.id);
    draft.subscription.discount_applied_at = None;
    draft.discount = discount;
}
