//! Rows that the portal's pages show: those of the viewer's own customer, and of nobody else.

use till_core::{
    catalog::products::ProductWithPrices,
    kernel::records::{CustomerMeter, Order, PaymentMethod, Product, ProductPrice, Subscription},
    orders::payment::OrderRows,
    portal::{BillingViewer, Viewer},
    subscriptions::{
        bill::BillingRows,
        change::{self, ChangeRows},
    },
    usage::due,
};
use till_store::{List, Order as Direction};
use till_wire::{
    orders::OrderStatus,
    subscriptions::{SubscriptionChangePreview, SubscriptionNextCharge, SubscriptionUpdate},
    usage::CustomerCustomerMeter,
};
use uuid::Uuid;

use crate::{
    actions::subscriptions::{counted_rows, current, preview::next_of_each, rows_of},
    app::App,
    error::{ApiError, OrNotFound, Result},
    joined::Joined,
};

/// Rows on one page of a list.
pub const ROWS: u32 = 20;
/// Pages of a list at most.
pub const PAGES: u32 = 500;
/// Cards that are shown: more than anybody has.
const CARDS: u32 = 100;

/// Rows of a list, and whether there are more behind them.
pub type Part<T> = (Vec<T>, bool);

/// Orders of the customer that are no drafts, newest first: page `page`, from 1.
pub async fn orders(app: &App, viewer: &BillingViewer<'_>, page: u32) -> Result<Part<Order>> {
    let list = List::of::<Order>(viewer.organization.id)
        .eq("customer_id", viewer.customer.id)
        .not_in("status", vec![OrderStatus::Draft.into()])
        .order("created_at", Direction::Desc);
    let (rows, total) = app.store.page(list, page, ROWS).await?;
    Ok((rows, total > i64::from(page) * i64::from(ROWS)))
}

/// An order of the customer's with the rows that are told with it.
pub async fn order(app: &App, viewer: &BillingViewer<'_>, id: Uuid) -> Result<OrderRows> {
    let own = &viewer.organization;
    let order = app.store.order(own.id, id).await?;
    let order = order.filter(|order| {
        order.customer_id == viewer.customer.id && order.status != OrderStatus::Draft
    });
    Box::pin(Joined::order_rows(app, own, order.or_not_found()?)).await
}

/// Subscriptions of the customer with their products, newest first: page `page`, from 1.
pub async fn subscriptions(
    app: &App,
    viewer: &Viewer,
    page: u32,
) -> Result<Part<(Subscription, Product)>> {
    let own = viewer.organization.id;
    let list = List::of::<Subscription>(own)
        .eq("customer_id", viewer.customer.id)
        .order("created_at", Direction::Desc);
    let (rows, total) = app.store.page::<Subscription>(list, page, ROWS).await?;
    let more = total > i64::from(page) * i64::from(ROWS);
    Ok((with_products(app, own, rows).await?, more))
}

/// Subscriptions of the customer that have not ended, with their products, newest first.
pub async fn current_subscriptions(
    app: &App,
    viewer: &Viewer,
) -> Result<Vec<(Subscription, Product)>> {
    let own = viewer.organization.id;
    let rows = current(app, own, viewer.customer.id).await?;
    with_products(app, own, rows).await
}

/// Current subscriptions of the customer that have prices by usage, newest first, with their next charges; those without
/// have the customer's balance first where they are due first.
pub async fn metered(
    app: &App,
    viewer: &BillingViewer<'_>,
) -> Result<Vec<(BillingRows, SubscriptionNextCharge)>> {
    let own = &viewer.organization;
    let rows = current(app, own.id, viewer.customer.id).await?;
    let rows = Box::pin(Joined::billing(app, own, &rows)).await?;
    let is_metered = |one: &BillingRows| !due::meters(&one.subscription, &one.offered).is_empty();
    if !rows.iter().any(is_metered) {
        return Ok(Vec::new());
    }
    let next = next_of_each(app, own, &rows).await;
    let charged = rows.into_iter().zip(next);
    let charged = charged.filter(|(rows, _)| is_metered(rows));
    Ok(charged
        .filter_map(|(rows, next)| Some((rows, next?)))
        .collect())
}

/// True where the customer sees usage: the merchant shows it, and there is some.
pub async fn has_usage(app: &App, viewer: &Viewer) -> Result<bool> {
    Ok(shows_usage(viewer) && app.store.has_customer_meters(viewer.customer.id).await?)
}

fn shows_usage(viewer: &Viewer) -> bool {
    let settings = &viewer.organization.settings;
    settings.customer_portal_settings.usage.show
}

/// Meters of the customer, the one that changed last first: page `page`, from 1.
///
/// # Errors
/// 404 where the merchant does not show usage.
pub async fn meters(app: &App, viewer: &Viewer, page: u32) -> Result<Part<CustomerCustomerMeter>> {
    if !shows_usage(viewer) {
        return Err(ApiError::not_found());
    }
    let (rows, more) = usage(app, viewer, page).await?;
    let meters = super::meters::shown(app, viewer.organization.id, &rows).await?;
    Ok((meters, more))
}

async fn usage(app: &App, viewer: &Viewer, page: u32) -> Result<Part<CustomerMeter>> {
    let list = List::of::<CustomerMeter>(viewer.organization.id)
        .eq("customer_id", viewer.customer.id)
        .order("modified_at", Direction::Desc);
    let (rows, total) = app.store.page(list, page, ROWS).await?;
    Ok((rows, total > i64::from(page) * i64::from(ROWS)))
}

async fn with_products(
    app: &App,
    own: Uuid,
    rows: Vec<Subscription>,
) -> Result<Vec<(Subscription, Product)>> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.product_id).collect();
    let offered = app.store.offered(own, &ids).await?;
    let product = |row: &Subscription| {
        let found = offered.iter().find(|one| one.product.id == row.product_id);
        found.map(|one| one.product.clone())
    };
    let pair = |row: Subscription| product(&row).map(|product| (row, product));
    Ok(rows.into_iter().filter_map(pair).collect())
}

/// A subscription of the customer's with all that its next bills depend on.
pub async fn subscription(app: &App, viewer: &Viewer, id: Uuid) -> Result<BillingRows> {
    let rows = [own_subscription(app, viewer, id).await?];
    let mut rows = Box::pin(Joined::billing(app, &viewer.organization, &rows)).await?;
    rows.pop().or_not_found()
}

/// A subscription of the customer's.
pub async fn own_subscription(app: &App, viewer: &Viewer, id: Uuid) -> Result<Subscription> {
    let row = app.store.subscription(viewer.organization.id, id).await?;
    row.filter(|row| row.customer_id == viewer.customer.id)
        .or_not_found()
}

/// Orders of a subscription of the customer's, newest first; drafts are none of theirs.
pub async fn orders_of(
    app: &App,
    viewer: &BillingViewer<'_>,
    subscription: Uuid,
) -> Result<Vec<Order>> {
    let list = List::of::<Order>(viewer.organization.id)
        .eq("customer_id", viewer.customer.id)
        .eq("subscription_id", subscription)
        .not_in("status", vec![OrderStatus::Draft.into()])
        .order("created_at", Direction::Desc);
    let (rows, _) = app.store.page(list, 1, ROWS).await?;
    Ok(rows)
}

/// Plans that a subscription can be changed to: public recurring products in its currency, its own among them.
pub async fn plans(
    app: &App,
    viewer: &Viewer,
    subscription: &Subscription,
) -> Result<Vec<ProductWithPrices>> {
    let own = viewer.organization.id;
    let list = List::of::<Product>(own)
        .is_false("is_archived")
        .not_null("recurring_interval")
        .eq("visibility", "public".to_owned())
        .order("created_at", Direction::Asc);
    let (rows, _) = app.store.page::<Product>(list, 1, 100).await?;
    let mut ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    if !ids.contains(&subscription.product_id) {
        ids.insert(0, subscription.product_id);
    }
    let mut offered = app.store.offered(own, &ids).await?;
    offered.retain(|one| {
        let priced =
            |price: &ProductPrice| !price.is_archived && price.currency == subscription.currency;
        one.product.id == subscription.product_id || one.prices.iter().any(priced)
    });
    offered.sort_by_key(|one| ids.iter().position(|id| *id == one.product.id));
    Ok(offered)
}

/// Charges of a change of a subscription, and the rows that they were worked out for. Nothing of the change is written;
/// usage that came in is counted first (docs/behaviour: metered/settled).
pub async fn preview(
    app: &App,
    viewer: &BillingViewer<'_>,
    id: Uuid,
    update: &SubscriptionUpdate,
) -> Result<(SubscriptionChangePreview, ChangeRows)> {
    let own = &viewer.organization;
    let read = || async {
        let row = own_subscription(app, viewer, id).await?;
        rows_of(app, own, row, update).await
    };
    let ctx = app.context_of(own);
    let rows = counted_rows(app, update, &ctx, read).await?;
    let preview = app.taxed(&own.settings.tax, |taxes| {
        Ok(change::preview(update, &rows, taxes, &ctx))
    });
    let preview = preview.await??;
    Ok((preview, rows))
}

/// The charge that comes next, and when; none where nothing is charged any more.
pub async fn next_charge(
    app: &App,
    viewer: &Viewer,
    billing: &BillingRows,
) -> Result<Option<SubscriptionNextCharge>> {
    let settings = &viewer.organization.settings.tax;
    let next = app.taxed(settings, |taxes| {
        Ok(change::next_charge(billing.clone(), taxes))
    });
    Ok(next.await??)
}

/// Cards of the customer's that the processor in use keeps, newest first.
pub async fn cards(app: &App, viewer: &BillingViewer<'_>) -> Result<Vec<PaymentMethod>> {
    let list = List::of::<PaymentMethod>(viewer.organization.id)
        .eq("customer_id", viewer.customer.id)
        .order("created_at", Direction::Desc);
    let (mut rows, _) = app.store.page::<PaymentMethod>(list, 1, CARDS).await?;
    rows.retain(|row| row.processor == app.processor.name());
    Ok(rows)
}
