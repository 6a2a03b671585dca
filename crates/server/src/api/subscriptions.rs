//! The `subscriptions` routes, as far as a purchase makes them.

pub(crate) mod export;

use axum::Json;
use till_wire::{page::Page, subscriptions::Subscription};

use super::{
    Reply,
    operation::{Operation, operations},
};
use crate::{
    actions::subscriptions::{self, ListQuery},
    http::extract::{Caller, OrganizationQuery, PageQuery, Params, PathId, scope},
};

/// The routes.
pub(super) const OPERATIONS: &[Operation] = operations![list, get];

/// List subscriptions
///
/// Lists the subscriptions of your organization, the last to start first unless `sorting` says otherwise.
#[utoipa::path(
    get, path = "/v1/subscriptions/", operation_id = "subscriptions:list", tag = "subscriptions",
    params(PageQuery, OrganizationQuery, ListQuery),
    responses((status = 200, description = "Page of subscriptions.", body = Page<Subscription>)),
    security(("access_token" = []))
)]
async fn list(
    caller: Caller<scope::SubscriptionsRead>,
    params: Params,
) -> Reply<Page<Subscription>> {
    subscriptions::list(&caller, params).await.map(Json)
}

/// Get a subscription
///
/// Returns one subscription with its customer, its product and its prices.
#[utoipa::path(
    get, path = "/v1/subscriptions/{id}", operation_id = "subscriptions:get", tag = "subscriptions",
    params(("id" = Uuid, Path, description = "ID of the subscription.")),
    responses((status = 200, description = "Subscription with this ID.", body = Subscription)),
    security(("access_token" = []))
)]
async fn get(caller: Caller<scope::SubscriptionsRead>, PathId(id): PathId) -> Reply<Subscription> {
    subscriptions::get(&caller, id).await.map(Json)
}
