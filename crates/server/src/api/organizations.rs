//! The `organizations` routes: a token sees its own and no other.

use axum::Json;
use till_wire::{
    organizations::{Organization, OrganizationUpdate},
    page::Page,
};

use super::{
    Reply,
    operation::{Operation, operations},
};
use crate::{
    actions::organizations::{self, ListQuery},
    http::extract::{Body, Caller, PageQuery, Params, PathId, scope},
};

/// The routes.
pub(super) const OPERATIONS: &[Operation] = operations![list, get, update];

/// List organizations
///
/// Lists the organization that your access token belongs to; a token sees no other.
#[utoipa::path(
    get, path = "/v1/organizations/", operation_id = "organizations:list",
    params(PageQuery, ListQuery),
    responses((status = 200, description = "Page of organizations.", body = Page<Organization>))
)]
async fn list(
    caller: Caller<scope::OrganizationsRead>,
    params: Params,
) -> Reply<Page<Organization>> {
    organizations::list(&caller, params).await.map(Json)
}

/// Get an organization
///
/// Returns the organization that your access token belongs to.
#[utoipa::path(
    get, path = "/v1/organizations/{id}", operation_id = "organizations:get",
    responses((status = 200, description = "Organization with this ID.", body = Organization))
)]
pub(crate) async fn get(
    caller: Caller<scope::OrganizationsRead>,
    PathId(id): PathId,
) -> Reply<Organization> {
    organizations::get(&caller, id).map(Json)
}

/// Update an organization
///
/// Changes the organization that your access token belongs to. `feature_settings`, `dispute_settings` and `details`
/// are merged key by key; other objects are replaced as a whole.
#[utoipa::path(
    patch, path = "/v1/organizations/{id}", operation_id = "organizations:update",
    request_body(content = OrganizationUpdate, description = "Fields to change."),
    responses((status = 200, description = "Organization after the change.", body = Organization))
)]
async fn update(
    caller: Caller<scope::OrganizationsWrite>,
    PathId(id): PathId,
    body: Body,
) -> Reply<Organization> {
    let input = body.read(OrganizationUpdate::read)?;
    organizations::update(&caller, id, input).await.map(Json)
}
