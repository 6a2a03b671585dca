//! The `orders` routes.

use std::sync::Arc;

use axum::{Json, extract::State};
use till_core::kernel::records::Order as Row;
use till_store::List;
use till_wire::{
    orders::{Order, OrderStatus, ProductBillingType},
    page::Page,
};

use super::operation::{Operation, operations};
use super::{joined::Joined, query};
use crate::{
    app::App,
    http::{
        error::{ApiError, Found},
        extract::{Caller, Filtered, Params, PathId, scope},
    },
};

/// The routes.
pub(super) const OPERATIONS: &[Operation] = operations![list, get];

const DISCOUNT: &str = "(select lower(d.name) from discounts d where d.id = orders.discount_id)";

const SORT_KEYS: [(&str, &str); 9] = [
    ("created_at", "created_at"),
    ("status", "status"),
    ("invoice_number", "invoice_number"),
    ("amount", "net_amount"),
    ("net_amount", "net_amount"),
    (
        "customer",
        "(select lower(c.email) from customers c where c.id = orders.customer_id)",
    ),
    (
        "product",
        "(select lower(p.name) from products p where p.id = orders.product_id)",
    ),
    ("discount", DISCOUNT),
    ("subscription", "orders.subscription_id"),
];

/// Lists orders.
#[utoipa::path(
    get, path = "/v1/orders/", operation_id = "orders:list", tag = "orders",
    params(query::Paging, query::OfOrganization, query::Orders, query::MetadataFilter),
    responses((status = 200, description = "A page.", body = Page<Order>)),
    security(("access_token" = []))
)]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller<scope::OrdersRead>,
    mut params: Params,
) -> Result<Json<Page<Order>>, ApiError> {
    let own = caller.organization.id;
    let list = List::of::<Row>(own)
        .ids("organization_id", params.ids("organization_id"))
        .ids("product_id", params.ids("product_id"))
        .ids("customer_id", params.ids("customer_id"))
        .external_customers("orders", params.texts("external_customer_id"))
        .ids("checkout_id", params.ids("checkout_id"))
        .ids("subscription_id", params.ids("subscription_id"))
        .ids("discount_id", params.ids("discount_id"))
        .words("status", params.words::<OrderStatus>("status"))
        .later("created_at", params.instant("created_after"))
        .earlier("created_at", params.instant("created_before"))
        .of_buyers(own, &["invoice_number"], params.text("query"))
        .all_metadata(&params)
        .sorted(params.sorting(&SORT_KEYS, &["-created_at"]));
    let list = billed(list, &params.words("product_billing_type"));
    let (rows, page) = params.page::<Row>(&app, list).await?;
    let orders = Joined::orders(&app, &caller.organization, &rows).await?;
    Ok(page.of(orders))
}

/// Only of products that are paid so; both kinds, or none named: all.
fn billed(list: List, kinds: &[ProductBillingType]) -> List {
    use ProductBillingType::{OneTime, Recurring};
    let not = match (kinds.contains(&OneTime), kinds.contains(&Recurring)) {
        (true, false) => "",
        (false, true) => "not ",
        _ => return list,
    };
    let sql = format!(
        "exists (select 1 from products p where p.id = orders.product_id and p.recurring_interval is {not}null)"
    );
    list.filter_sql(&sql, vec![])
}

/// Shows an order.
#[utoipa::path(
    get, path = "/v1/orders/{id}", operation_id = "orders:get", tag = "orders",
    params(("id" = Uuid, Path, description = "The order.")),
    responses((status = 200, description = "The order.", body = Order)),
    security(("access_token" = []))
)]
pub(crate) async fn get(
    State(app): State<Arc<App>>,
    caller: Caller<scope::OrdersRead>,
    PathId(id): PathId,
) -> Result<Json<Order>, ApiError> {
    let own = caller.organization.id;
    let row = app.store.order(own, id).await.found()?;
    let mut shown = Joined::orders(&app, &caller.organization, &[row]).await?;
    shown.pop().map(Json).found()
}
