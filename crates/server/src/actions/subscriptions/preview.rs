//! Previews: what changes to subscriptions would charge. Nothing is written.

use till_core::subscriptions::{bill::BillingRows, change};
use till_wire::subscriptions::{
    SubscriptionCancelPreview, SubscriptionChangePreview, SubscriptionChargePreview,
    SubscriptionNextCharge, SubscriptionUpdate,
};
use uuid::Uuid;

use super::update::{count_settled, rows};
use crate::{
    error::Result,
    http::extract::{Caller, scope},
};

/// A change that changes nothing.
fn nothing() -> SubscriptionUpdate {
    SubscriptionUpdate::Base(Default::default())
}

/// What comes next.
pub async fn charge(
    caller: &Caller<scope::SubscriptionsRead>,
    id: Uuid,
) -> Result<SubscriptionChargePreview> {
    let rows = rows(caller, id, &nothing()).await?;
    let settings = &caller.organization.settings.tax;
    let preview = caller.app.taxed(settings, |taxes| {
        Ok(change::charge_preview(rows.billing.clone(), taxes))
    });
    Ok(preview.await??)
}

/// The charge that comes next, and when; `billing` is what it depends on.
pub async fn next(
    caller: &Caller<scope::SubscriptionsRead>,
    billing: &BillingRows,
) -> Result<Option<SubscriptionNextCharge>> {
    let settings = &caller.organization.settings.tax;
    let next = caller.app.taxed(settings, |taxes| {
        Ok(change::next_charge(billing.clone(), taxes))
    });
    Ok(next.await??)
}

/// What an end at once would leave unpaid.
pub async fn cancel(
    caller: &Caller<scope::SubscriptionsRead>,
    id: Uuid,
) -> Result<SubscriptionCancelPreview> {
    let rows = rows(caller, id, &nothing()).await?;
    Ok(change::cancel_preview(&rows.billing))
}

/// What a change would charge at once, and what would come next.
pub async fn change(
    caller: &Caller<scope::SubscriptionsWrite>,
    id: Uuid,
    update: &SubscriptionUpdate,
) -> Result<SubscriptionChangePreview> {
    let mut rows = rows(caller, id, update).await?;
    let ctx = caller.context();
    if count_settled(&caller.app, &rows, update, &ctx).await? {
        // They were read before that was counted.
        rows = self::rows(caller, id, update).await?;
    }
    let settings = &caller.organization.settings.tax;
    let preview = caller.app.taxed(settings, |taxes| {
        Ok(change::preview(update, &rows, taxes, &ctx))
    });
    Ok(preview.await??)
}
