//! Subscriptions of a customer.

use till_core::{
    kernel::records::Subscription as Row,
    portal::{
        BillingViewer, Viewer,
        subscriptions::{may_change, may_revoke},
        view,
    },
    subscriptions::change::{self, ChangeRows},
};
use till_store::List;
use till_wire::{
    page::Page,
    portal::{CustomerSubscription, CustomerSubscriptionUpdate},
    subscriptions::{
        Cancellation, SubscriptionCancel, SubscriptionCancelPreview, SubscriptionChangePreview,
        SubscriptionChargePreview, SubscriptionStatus, SubscriptionUpdate,
    },
};
use uuid::Uuid;

use super::pages::own_subscription;
use crate::{
    actions::subscriptions::{Changing, counted_rows, rows_of},
    app::App,
    error::Result,
    http::{
        extract::{
            Params,
            query::{Sorted, flag, ids, query, sorting, text},
        },
        idempotency::IdempotencyGuard,
    },
    joined::Joined,
};

const SORT_KEYS: [(&str, &str); 5] = [
    ("started_at", "started_at"),
    ("amount", "amount"),
    ("status", "status"),
    ("organization", "organization_id"),
    ("product", "product"),
];

query! {
    /// The query of a list of a customer's subscriptions.
    pub(crate) struct ListQuery {
        /// Search for a part of the product's name, in any case.
        query: Option<String> = text(),
        /// Filter by product ID.
        product_id: Vec<Uuid> = ids(),
        /// Filter by status: true for subscriptions that are trialing, active or past due, false for the others.
        active: Option<bool> = flag(),
        sorting: Sorted = sorting(&SORT_KEYS, "-started_at"),
    }
}

/// Lists the customer's subscriptions.
pub async fn list(
    app: &App,
    viewer: &Viewer,
    mut params: Params,
) -> Result<Page<CustomerSubscription>> {
    let sent = ListQuery::read(&mut params);
    let own = viewer.organization.id;
    let list = List::of::<Row>(own)
        .eq("customer_id", viewer.customer.id)
        .any_of("product_id", sent.product_id)
        .any_of("status", statuses(sent.active))
        .search_products(own, sent.query.as_deref())
        .sorted(sent.sorting);
    let (rows, page) = params.page::<Row>(app, list).await?;
    let listed = Joined::customer_subscriptions(app, &viewer.organization, &rows).await?;
    Ok(page.of(listed))
}

/// The statuses that `active` asks for.
fn statuses(active: Option<bool>) -> Vec<SubscriptionStatus> {
    use SubscriptionStatus::{Active, PastDue, Trialing};
    let is_active = |status: &SubscriptionStatus| [Trialing, Active, PastDue].contains(status);
    let all = SubscriptionStatus::ALL.iter().copied();
    match active {
        None => Vec::new(),
        Some(active) => all.filter(|one| is_active(one) == active).collect(),
    }
}

/// Change of a customer's subscription, as it is made for them.
fn changing<'a>(app: &'a App, viewer: &'a Viewer) -> Changing<'a, CustomerSubscription> {
    Changing {
        app,
        organization: &viewer.organization,
        customer_id: Some(viewer.customer.id),
        judge: may_change,
        view: |now| {
            view::subscription(
                now.subscription,
                now.customer,
                now.offered,
                now.organization,
            )
        },
    }
}

/// Shows a subscription.
pub async fn get(app: &App, viewer: &Viewer, id: Uuid) -> Result<CustomerSubscription> {
    changing(app, viewer).shown(id).await
}

/// Changes a subscription, as far as the merchant lets customers.
pub async fn update(
    app: &App,
    viewer: BillingViewer<'_>,
    id: Uuid,
    guard: &IdempotencyGuard,
    asked: &CustomerSubscriptionUpdate,
) -> Result<CustomerSubscription> {
    let changing = changing(app, &viewer);
    match &asked.0 {
        Some(update) => Box::pin(changing.change(id, guard, update)).await,
        None => changing.shown(id).await,
    }
}

/// Cancels a subscription at the end of its period.
pub async fn cancel(
    app: &App,
    viewer: BillingViewer<'_>,
    id: Uuid,
) -> Result<CustomerSubscription> {
    let update = SubscriptionUpdate::Cancel(SubscriptionCancel {
        cancel_at_period_end: true,
        cancellation: Cancellation::default(),
    });
    let changing = changing(app, &viewer);
    Box::pin(changing.change(id, &IdempotencyGuard::default(), &update)).await
}

/// Ends a subscription at once whose renewal was not paid.
pub async fn revoke(
    app: &App,
    viewer: BillingViewer<'_>,
    id: Uuid,
    guard: &IdempotencyGuard,
    why: Cancellation,
) -> Result<CustomerSubscription> {
    let changing = Changing {
        judge: |rows: &ChangeRows, _: &SubscriptionUpdate| {
            let billing = &rows.billing;
            Ok(may_revoke(&billing.subscription, &billing.organization)?)
        },
        ..changing(app, &viewer)
    };
    let update = SubscriptionUpdate::Revoke(why);
    Box::pin(changing.change(id, guard, &update)).await
}

/// The rows that a change of one of the customer's subscriptions depends on.
async fn rows(
    app: &App,
    viewer: &Viewer,
    id: Uuid,
    update: &SubscriptionUpdate,
) -> Result<ChangeRows> {
    let row = own_subscription(app, viewer, id).await?;
    rows_of(app, &viewer.organization, row, update).await
}

/// A change that changes nothing.
fn nothing() -> SubscriptionUpdate {
    SubscriptionUpdate::Base(Default::default())
}

/// The next charge.
pub async fn charge_preview(
    app: &App,
    viewer: BillingViewer<'_>,
    id: Uuid,
) -> Result<SubscriptionChargePreview> {
    let rows = rows(app, &viewer, id, &nothing()).await?;
    let preview = app.taxed(&viewer.organization.settings.tax, |taxes| {
        Ok(change::charge_preview(rows.billing.clone(), taxes))
    });
    Ok(preview.await??)
}

/// Amounts that an end at once would leave unpaid.
pub async fn cancel_preview(
    app: &App,
    viewer: BillingViewer<'_>,
    id: Uuid,
) -> Result<SubscriptionCancelPreview> {
    let rows = rows(app, &viewer, id, &nothing()).await?;
    Ok(change::cancel_preview(&rows.billing))
}

/// Charge that a change would make at once, and the next one after it.
///
/// # Errors
/// Errors of the change.
pub async fn change_preview(
    app: &App,
    viewer: BillingViewer<'_>,
    id: Uuid,
    asked: &CustomerSubscriptionUpdate,
) -> Result<SubscriptionChangePreview> {
    let nothing = nothing();
    let update = asked.0.as_ref().unwrap_or(&nothing);
    let ctx = app.context_of(&viewer.organization);
    let read = || async {
        let rows = rows(app, &viewer, id, update).await?;
        if asked.0.is_some() {
            may_change(&rows, update)?;
        }
        Ok(rows)
    };
    let rows = counted_rows(app, update, &ctx, read).await?;
    let preview = app.taxed(&viewer.organization.settings.tax, |taxes| {
        Ok(change::preview(update, &rows, taxes, &ctx))
    });
    Ok(preview.await??)
}
