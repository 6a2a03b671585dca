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

/// Lists the token's organization.
#[utoipa::path(
    get, path = "/v1/organizations/", operation_id = "organizations:list", tag = "organizations",
    params(PageQuery, ListQuery),
    responses((status = 200, description = "A page.", body = Page<Organization>)),
    security(("access_token" = []))
)]
async fn list(
    caller: Caller<scope::OrganizationsRead>,
    params: Params,
) -> Reply<Page<Organization>> {
    organizations::list(&caller, params).await.map(Json)
}

/// Shows the token's organization.
#[utoipa::path(
    get, path = "/v1/organizations/{id}", operation_id = "organizations:get", tag = "organizations",
    params(("id" = Uuid, Path, description = "The organization.")),
    responses((status = 200, description = "The organization.", body = Organization)),
    security(("access_token" = []))
)]
pub(crate) async fn get(
    caller: Caller<scope::OrganizationsRead>,
    PathId(id): PathId,
) -> Reply<Organization> {
    organizations::get(&caller, id).map(Json)
}

/// Changes the token's organization.
#[utoipa::path(
    patch, path = "/v1/organizations/{id}", operation_id = "organizations:update", tag = "organizations",
    params(("id" = Uuid, Path, description = "The organization.")),
    request_body = OrganizationUpdate,
    responses((status = 200, description = "The changed organization.", body = Organization)),
    security(("access_token" = []))
)]
async fn update(
    caller: Caller<scope::OrganizationsWrite>,
    PathId(id): PathId,
    body: Body,
) -> Reply<Organization> {
    let input = body.read(OrganizationUpdate::read)?;
    organizations::update(&caller, id, input).await.map(Json)
}
