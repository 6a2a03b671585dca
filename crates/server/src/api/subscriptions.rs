//! The `subscriptions` routes, as far as a purchase makes them.

use std::sync::Arc;

use axum::{Json, extract::State};
use jiff::Timestamp;
use till_core::kernel::{changes::Value, records::Subscription as Row};
use till_store::List;
use till_wire::{
    page::Page,
    subscriptions::{CancellationReason, Subscription, SubscriptionStatus},
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

const DISCOUNT: &str =
    "(select lower(d.name) from discounts d where d.id = subscriptions.discount_id)";

const SORT_KEYS: [(&str, &str); 9] = [
    (
        "customer",
        "(select lower(coalesce(c.name, c.email)) from customers c where c.id = subscriptions.customer_id)",
    ),
    ("status", "status"),
    ("started_at", "subscriptions.started_at"),
    ("current_period_end", "current_period_end"),
    ("ended_at", "subscriptions.ended_at"),
    ("ends_at", "subscriptions.ends_at"),
    ("amount", "amount"),
    (
        "product",
        "(select lower(p.name) from products p where p.id = subscriptions.product_id)",
    ),
    ("discount", DISCOUNT),
];

/// Lists subscriptions.
#[utoipa::path(
    get, path = "/v1/subscriptions/", operation_id = "subscriptions:list", tag = "subscriptions",
    params(query::Paging, query::OfOrganization, query::Subscriptions, query::MetadataFilter),
    responses((status = 200, description = "A page.", body = Page<Subscription>)),
    security(("access_token" = []))
)]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller<scope::SubscriptionsRead>,
    mut params: Params,
) -> Result<Json<Page<Subscription>>, ApiError> {
    let own = caller.organization.id;
    let mut list = List::of::<Row>(own)
        .ids("organization_id", params.ids("organization_id"))
        .ids("product_id", params.ids("product_id"))
        .ids("customer_id", params.ids("customer_id"))
        .external_customers("subscriptions", params.texts("external_customer_id"))
        .ids("discount_id", params.ids("discount_id"))
        .nothing_if(
            !params
                .words::<CancellationReason>("customer_cancellation_reason")
                .is_empty(),
        )
        .words("status", params.words::<SubscriptionStatus>("status"))
        .words("status", grouped(params.flag("active")))
        .later("started_at", params.instant("started_after"))
        .earlier("started_at", params.instant("started_before"))
        .of_buyers(own, &[], params.text("query"))
        .all_metadata(&params)
        .sorted(params.sorting(&SORT_KEYS, &["-started_at"]));
    if let Some(ends) = params.flag("cancel_at_period_end") {
        list = list.eq("cancel_at_period_end", Value::Bool(ends));
    }
    list = canceled(list, ">=", params.instant("canceled_at_after"));
    list = canceled(list, "<=", params.instant("canceled_at_before"));
    let (rows, page) = params.page::<Row>(&app, list).await?;
    let subscriptions = Joined::subscriptions(&app, &caller.organization, &rows).await?;
    Ok(page.of(subscriptions))
}

/// The statuses that the deprecated `active` asks for.
fn grouped(active: Option<bool>) -> Vec<SubscriptionStatus> {
    use SubscriptionStatus::{Active, Canceled, Trialing, Unpaid};
    match active {
        None => Vec::new(),
        Some(true) => vec![Trialing, Active],
        Some(false) => vec![Canceled, Unpaid],
    }
}

fn canceled(list: List, comparison: &str, at: Option<Timestamp>) -> List {
    match at {
        Some(at) => list.filter_sql(
            &format!("canceled_at {comparison} ?"),
            vec![Value::Time(at)],
        ),
        None => list,
    }
}

/// Shows a subscription.
#[utoipa::path(
    get, path = "/v1/subscriptions/{id}", operation_id = "subscriptions:get", tag = "subscriptions",
    params(("id" = Uuid, Path, description = "The subscription.")),
    responses((status = 200, description = "The subscription.", body = Subscription)),
    security(("access_token" = []))
)]
pub(crate) async fn get(
    State(app): State<Arc<App>>,
    caller: Caller<scope::SubscriptionsRead>,
    PathId(id): PathId,
) -> Result<Json<Subscription>, ApiError> {
    let own = caller.organization.id;
    let row = app.store.subscription(own, id).await.found()?;
    let mut shown = Joined::subscriptions(&app, &caller.organization, &[row]).await?;
    shown.pop().map(Json).found()
}
