//! The `members` routes of the portal.

use axum::Json;
use till_wire::{
    members::{PortalMember, PortalMemberCreate, PortalMemberUpdate},
    page::Page,
};

use crate::{
    actions::customers::portal_members,
    api::{
        Created, NoContent, Reply, created, no_content,
        operation::{Operation, operations},
    },
    http::{
        extract::{Body, PageQuery, Params, PathId, PortalCaller},
        idempotency::IdempotencyGuard,
    },
};

/// The routes.
pub(super) const OPERATIONS: &[Operation] = operations![list, create, update, delete];

/// List members of the team
///
/// Lists the members of the customer's team, the first added first. Only the owner and billing managers of a team can.
#[utoipa::path(
    get, path = "/v1/customer-portal/members", operation_id = "customer_portal:members:list_members",
    params(PageQuery),
    responses((status = 200, description = "Page of members.", body = Page<PortalMember>))
)]
async fn list(caller: PortalCaller, params: Params) -> Reply<Page<PortalMember>> {
    portal_members::list(&caller, params).await.map(Json)
}

/// Add a member to the team
///
/// Adds a member to the customer's team. If it has a member with this e-mail address, that one is returned unchanged.
#[utoipa::path(
    post, path = "/v1/customer-portal/members", operation_id = "customer_portal:members:add_member",
    request_body(content = PortalMemberCreate, description = "Member to add."),
    responses((status = 201, description = "Member with this e-mail address.", body = PortalMember))
)]
async fn create(
    caller: PortalCaller,
    guard: IdempotencyGuard,
    body: Body,
) -> Created<PortalMember> {
    let input = body.read(PortalMemberCreate::read)?;
    let made = portal_members::create(&caller, &guard, input);
    made.await.map(created)
}

/// Update a member of the team
///
/// Changes the name or the role of a member. Nobody changes their own role, and only the owner makes another member the
/// owner.
#[utoipa::path(
    patch, path = "/v1/customer-portal/members/{id}", operation_id = "customer_portal:members:update_member",
    request_body(content = PortalMemberUpdate, description = "Fields to change."),
    responses((status = 200, description = "Member after the change.", body = PortalMember))
)]
async fn update(caller: PortalCaller, PathId(id): PathId, body: Body) -> Reply<PortalMember> {
    let input = body.read(PortalMemberUpdate::read)?;
    let updated = portal_members::update(&caller, id, input);
    updated.await.map(Json)
}

/// Remove a member from the team
///
/// Removes a member, whose sessions of the portal end. Nobody removes themselves, and the owner cannot be removed.
#[utoipa::path(
    delete, path = "/v1/customer-portal/members/{id}", operation_id = "customer_portal:members:remove_member",
    responses((status = 204, description = "Member was removed."))
)]
async fn delete(caller: PortalCaller, PathId(id): PathId) -> NoContent {
    portal_members::delete(&caller, id).await.map(no_content)
}
