//! Previews: what changes to subscriptions would charge. Nothing of a change is written; usage that came in is counted first
//! (docs/behaviour: metered/settled).

use till_core::{
    kernel::records::Organization,
    subscriptions::{
        bill::BillingRows,
        change::{self, Left},
    },
};
use till_wire::subscriptions::{
    SubscriptionCancelPreview, SubscriptionChangePreview, SubscriptionChargePreview,
    SubscriptionNextCharge, SubscriptionUpdate,
};
use uuid::Uuid;

use super::update::{counted_rows, rows};
use crate::{
    app::App,
    error::{ApiError, Result},
    http::extract::{Caller, scope},
};

/// A change that changes nothing.
fn nothing() -> SubscriptionUpdate {
    SubscriptionUpdate::Base(Default::default())
}

/// Next charge.
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

/// Next charges of these subscriptions of one organization, each with its time: those that come first have the customer's
/// balance and credits first (docs/behaviour: subscriptions/next-charges). One that cannot be worked out just now is left
/// out.
pub async fn next_of_each(
    app: &App,
    organization: &Organization,
    all: &[BillingRows],
) -> Vec<Option<SubscriptionNextCharge>> {
    let mut next = vec![None; all.len()];
    let mut left = Left::default();
    for place in change::by_due_date(all) {
        let billing = &all[place];
        let charge = app.taxed(&organization.settings.tax, |taxes| {
            Ok(left.next_charge(billing, taxes))
        });
        let charge = Box::pin(charge).await;
        match charge.and_then(|charge| charge.map_err(ApiError::internal)) {
            Ok((charge, after)) => (next[place], left) = (charge, after),
            Err(error) => {
                let id = billing.subscription.id;
                tracing::warn!(?error, subscription = %id, "the next charge cannot be worked out");
            }
        }
    }
    next
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

/// Amounts that an end at once would leave unpaid.
pub async fn cancel(
    caller: &Caller<scope::SubscriptionsRead>,
    id: Uuid,
) -> Result<SubscriptionCancelPreview> {
    let rows = rows(caller, id, &nothing()).await?;
    Ok(change::cancel_preview(&rows.billing))
}

/// Charge of a change at once, and the next one after it.
pub async fn change(
    caller: &Caller<scope::SubscriptionsWrite>,
    id: Uuid,
    update: &SubscriptionUpdate,
) -> Result<SubscriptionChangePreview> {
    let ctx = caller.context();
    let read = || rows(caller, id, update);
    let rows = counted_rows(&caller.app, update, &ctx, read).await?;
    let settings = &caller.organization.settings.tax;
    let preview = caller.app.taxed(settings, |taxes| {
        Ok(change::preview(update, &rows, taxes, &ctx))
    });
    Ok(preview.await??)
}
