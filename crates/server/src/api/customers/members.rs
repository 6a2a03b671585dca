//! Members of customers: each customer and each member by id and by the merchant's own id.

use axum::Json;
use till_wire::{
    members::{Member, MemberCreate, MemberUpdate},
    page::Page,
};

use crate::{
    actions::customers::{
        CustomerRef,
        members::{self, ListQuery, MemberRef},
    },
    api::{
        Created, NoContent, Reply, created, no_content,
        operation::{Operation, operations},
    },
    http::{
        extract::{
            Body, Caller, ExternalId, MemberExternalId, MemberId, PageQuery, Params, PathId, scope,
        },
        idempotency::IdempotencyGuard,
    },
};

/// The routes.
pub(in crate::api) const OPERATIONS: &[Operation] = operations![
    list,
    create,
    get,
    update,
    delete,
    create_external,
    get_external,
    update_external,
    delete_external
];

/// List members
///
/// Lists the members of your customers, newest first.
#[utoipa::path(
    get, path = "/v1/members/", operation_id = "members:list_members",
    params(PageQuery, ListQuery),
    responses((status = 200, description = "Page of members.", body = Page<Member>))
)]
async fn list(caller: Caller<scope::MembersRead>, params: Params) -> Reply<Page<Member>> {
    members::list(&caller, params).await.map(Json)
}

/// Add a member to a customer
///
/// Adds a member to a team customer. If it has a member with this e-mail address, that one is returned unchanged.
#[utoipa::path(
    post, path = "/v1/customers/{id}/members", operation_id = "customers:members:create",
    tag = "members",
    request_body(content = MemberCreate, description = "Member to add."),
    responses((status = 201, description = "Member with this e-mail address.", body = Member))
)]
async fn create(
    caller: Caller<scope::MembersWrite>,
    guard: IdempotencyGuard,
    PathId(id): PathId,
    body: Body,
) -> Created<Member> {
    let input = body.read(MemberCreate::read)?;
    let customer = CustomerRef::Id(id);
    let made = members::create(&caller, &guard, &customer, input);
    made.await.map(created)
}

/// Get a member of a customer
///
/// Returns a member of a customer.
#[utoipa::path(
    get, path = "/v1/customers/{id}/members/{member_id}", operation_id = "customers:members:get",
    tag = "members",
    params(("id" = Uuid, Path, description = "ID of the customer."),
        ("member_id" = Uuid, Path, description = "ID of the member.")),
    responses((status = 200, description = "Member of the customer.", body = Member))
)]
async fn get(
    caller: Caller<scope::MembersRead>,
    PathId(id): PathId,
    MemberId(member): MemberId,
) -> Reply<Member> {
    let (customer, member) = (CustomerRef::Id(id), MemberRef::Id(member));
    members::get(&caller, &customer, &member).await.map(Json)
}

/// Update a member of a customer
///
/// Changes a member of a customer. With the role `owner`, the member takes over from
/// the owner, who becomes a billing manager.
#[utoipa::path(
    patch, path = "/v1/customers/{id}/members/{member_id}", operation_id = "customers:members:update",
    tag = "members",
    params(("id" = Uuid, Path, description = "ID of the customer."),
        ("member_id" = Uuid, Path, description = "ID of the member.")),
    request_body(content = MemberUpdate, description = "Fields to change."),
    responses((status = 200, description = "Member after the change.", body = Member))
)]
async fn update(
    caller: Caller<scope::MembersWrite>,
    PathId(id): PathId,
    MemberId(member): MemberId,
    body: Body,
) -> Reply<Member> {
    let input = body.read(MemberUpdate::read)?;
    let (customer, member) = (CustomerRef::Id(id), MemberRef::Id(member));
    let updated = members::update(&caller, &customer, &member, input);
    updated.await.map(Json)
}

/// Remove a member of a customer
///
/// Removes a member of a customer. Their sessions of the customer portal end; the
/// owner cannot be removed.
#[utoipa::path(
    delete, path = "/v1/customers/{id}/members/{member_id}", operation_id = "customers:members:delete",
    tag = "members",
    params(("id" = Uuid, Path, description = "ID of the customer."),
        ("member_id" = Uuid, Path, description = "ID of the member.")),
    responses((status = 204, description = "Member was removed."))
)]
async fn delete(
    caller: Caller<scope::MembersWrite>,
    PathId(id): PathId,
    MemberId(member): MemberId,
) -> NoContent {
    let (customer, member) = (CustomerRef::Id(id), MemberRef::Id(member));
    let removed = members::delete(&caller, &customer, &member);
    removed.await.map(no_content)
}

/// Add a member to a customer by external ID
///
/// Adds a member to the team customer who has your own ID. If it has a member with this e-mail address, that one is returned unchanged.
#[utoipa::path(
    post, path = "/v1/customers/external/{external_id}/members", operation_id = "customers:members:create_external",
    tag = "members",
    params(("external_id" = String, Path, description = "Your own ID of the customer.")),
    request_body(content = MemberCreate, description = "Member to add."),
    responses((status = 201, description = "Member with this e-mail address.", body = Member))
)]
async fn create_external(
    caller: Caller<scope::MembersWrite>,
    guard: IdempotencyGuard,
    ExternalId(id): ExternalId,
    body: Body,
) -> Created<Member> {
    let input = body.read(MemberCreate::read)?;
    let customer = CustomerRef::External(id);
    let made = members::create(&caller, &guard, &customer, input);
    made.await.map(created)
}

/// Get a member of a customer by external ID
///
/// Returns the member who has your own ID, of the customer who has your own ID.
#[utoipa::path(
    get, path = "/v1/customers/external/{external_id}/members/{member_external_id}", operation_id = "customers:members:get_external",
    tag = "members",
    params(("external_id" = String, Path, description = "Your own ID of the customer."),
        ("member_external_id" = String, Path, description = "Your own ID of the member.")),
    responses((status = 200, description = "Member of the customer.", body = Member))
)]
async fn get_external(
    caller: Caller<scope::MembersRead>,
    ExternalId(id): ExternalId,
    MemberExternalId(member): MemberExternalId,
) -> Reply<Member> {
    let (customer, member) = (CustomerRef::External(id), MemberRef::External(member));
    members::get(&caller, &customer, &member).await.map(Json)
}

/// Update a member of a customer by external ID
///
/// Changes the member who has your own ID, of the customer who has your own ID. With the role `owner`, the member takes over from
/// the owner, who becomes a billing manager.
#[utoipa::path(
    patch, path = "/v1/customers/external/{external_id}/members/{member_external_id}", operation_id = "customers:members:update_external",
    tag = "members",
    params(("external_id" = String, Path, description = "Your own ID of the customer."),
        ("member_external_id" = String, Path, description = "Your own ID of the member.")),
    request_body(content = MemberUpdate, description = "Fields to change."),
    responses((status = 200, description = "Member after the change.", body = Member))
)]
async fn update_external(
    caller: Caller<scope::MembersWrite>,
    ExternalId(id): ExternalId,
    MemberExternalId(member): MemberExternalId,
    body: Body,
) -> Reply<Member> {
    let input = body.read(MemberUpdate::read)?;
    let (customer, member) = (CustomerRef::External(id), MemberRef::External(member));
    let updated = members::update(&caller, &customer, &member, input);
    updated.await.map(Json)
}

/// Remove a member of a customer by external ID
///
/// Removes the member who has your own ID, of the customer who has your own ID. Their sessions of the customer portal end; the
/// owner cannot be removed.
#[utoipa::path(
    delete, path = "/v1/customers/external/{external_id}/members/{member_external_id}", operation_id = "customers:members:delete_external",
    tag = "members",
    params(("external_id" = String, Path, description = "Your own ID of the customer."),
        ("member_external_id" = String, Path, description = "Your own ID of the member.")),
    responses((status = 204, description = "Member was removed."))
)]
async fn delete_external(
    caller: Caller<scope::MembersWrite>,
    ExternalId(id): ExternalId,
    MemberExternalId(member): MemberExternalId,
) -> NoContent {
    let (customer, member) = (CustomerRef::External(id), MemberRef::External(member));
    let removed = members::delete(&caller, &customer, &member);
    removed.await.map(no_content)
}
