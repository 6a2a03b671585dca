//! The `benefits` routes.

use axum::Json;
use till_wire::{
    benefits::{Benefit, BenefitCreate, BenefitUpdate},
    files::BenefitDownloadableFile,
    grants::BenefitGrant,
    page::Page,
};

use super::{
    Created, NoContent, Reply, created, no_content,
    operation::{Operation, operations},
};
use crate::{
    actions::{
        benefits::{self, ListQuery},
        downloads,
        grants::{self, OfBenefitQuery},
    },
    http::{
        extract::{Body, Caller, OrganizationQuery, PageQuery, Params, PathId, scope},
        idempotency::IdempotencyGuard,
    },
};

/// The routes.
pub(super) const OPERATIONS: &[Operation] =
    operations![list, create, get, update, delete, grants, files];

/// List benefits
///
/// Lists the benefits of your organization, newest first unless `sorting` says otherwise.
#[utoipa::path(
    get, path = "/v1/benefits/", operation_id = "benefits:list",
    params(PageQuery, OrganizationQuery, ListQuery),
    responses((status = 200, description = "Page of benefits.", body = Page<Benefit>))
)]
async fn list(caller: Caller<scope::BenefitsRead>, params: Params) -> Reply<Page<Benefit>> {
    benefits::list(&caller, params).await.map(Json)
}

/// Get a benefit
///
/// Returns one benefit with its details.
#[utoipa::path(
    get, path = "/v1/benefits/{id}", operation_id = "benefits:get",
    responses((status = 200, description = "Benefit with this ID.", body = Benefit))
)]
async fn get(caller: Caller<scope::BenefitsRead>, PathId(id): PathId) -> Reply<Benefit> {
    benefits::get(&caller, id).await.map(Json)
}

/// Create a benefit
///
/// Creates a benefit that products can include. Its `type` determines what `properties` contains; it cannot be changed
/// later.
#[utoipa::path(
    post, path = "/v1/benefits/", operation_id = "benefits:create",
    request_body(content = BenefitCreate, description = "Benefit to create."),
    responses((status = 201, description = "Benefit that was created.", body = Benefit))
)]
async fn create(
    caller: Caller<scope::BenefitsWrite>,
    guard: IdempotencyGuard,
    body: Body,
) -> Created<Benefit> {
    let input = body.read(BenefitCreate::read)?;
    benefits::create(&caller, &guard, input).await.map(created)
}

/// Update a benefit
///
/// Changes a benefit. `type` must be repeated and cannot be changed; `properties` replaces all details. Grants of the benefit
/// change where they give something else then, such as other files.
#[utoipa::path(
    patch, path = "/v1/benefits/{id}", operation_id = "benefits:update",
    request_body(content = BenefitUpdate, description = "Fields to change, with the benefit's `type`."),
    responses((status = 200, description = "Benefit after the change.", body = Benefit))
)]
async fn update(
    caller: Caller<scope::BenefitsWrite>,
    PathId(id): PathId,
    body: Body,
) -> Reply<Benefit> {
    let input = body.read(BenefitUpdate::read)?;
    benefits::update(&caller, id, input).await.map(Json)
}

/// Delete a benefit
///
/// Deletes a benefit. Products no longer include it, the webhook event `benefit.updated` is sent, and its grants are
/// revoked soon.
#[utoipa::path(
    delete, path = "/v1/benefits/{id}", operation_id = "benefits:delete",
    responses((status = 204, description = "The benefit was deleted; the response has no body."))
)]
async fn delete(caller: Caller<scope::BenefitsWrite>, PathId(id): PathId) -> NoContent {
    benefits::delete(&caller, id).await.map(no_content)
}

/// List grants of a benefit
///
/// Lists who has the benefit from which purchase, newest first. Grants that were revoked are among them.
#[utoipa::path(
    get, path = "/v1/benefits/{id}/grants", operation_id = "benefits:grants",
    params(PageQuery, OfBenefitQuery),
    responses((status = 200, description = "Page of the benefit's grants.", body = Page<BenefitGrant>))
)]
async fn grants(
    caller: Caller<scope::BenefitsRead>,
    PathId(id): PathId,
    params: Params,
) -> Reply<Page<BenefitGrant>> {
    let listed = grants::of_benefit(&caller, id, params);
    listed.await.map(Json)
}

/// List files of a benefit
///
/// Lists the files of a benefit in its order, archived ones included, each with the number of its downloads. Benefits of
/// types other than `downloadables` have none.
#[utoipa::path(
    get, path = "/v1/benefits/{id}/files", operation_id = "benefits:files",
    params(PageQuery),
    responses((status = 200, description = "Page of the benefit's files.", body = Page<BenefitDownloadableFile>))
)]
async fn files(
    caller: Caller<scope::BenefitsRead>,
    PathId(id): PathId,
    params: Params,
) -> Reply<Page<BenefitDownloadableFile>> {
    let listed = downloads::of_benefit(&caller, id, params);
    listed.await.map(Json)
}
