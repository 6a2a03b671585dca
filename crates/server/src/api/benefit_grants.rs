//! The `benefit-grants` routes.

use axum::Json;
use till_wire::{grants::BenefitGrant, page::Page};

use super::{
    Reply,
    operation::{Operation, operations},
};
use crate::{
    actions::grants::{self, ListQuery},
    http::extract::{Caller, OrganizationQuery, PageQuery, Params, scope},
};

/// The routes.
pub(super) const OPERATIONS: &[Operation] = operations![list];

/// List grants of benefits
///
/// Lists who has which benefit from which purchase, newest first unless `sorting` says otherwise. Grants that were revoked
/// are among them.
#[utoipa::path(
    get, path = "/v1/benefit-grants/", operation_id = "benefit-grants:list",
    params(PageQuery, OrganizationQuery, ListQuery),
    responses((status = 200, description = "Page of grants.", body = Page<BenefitGrant>))
)]
async fn list(caller: Caller<scope::BenefitsRead>, params: Params) -> Reply<Page<BenefitGrant>> {
    grants::list(&caller, params).await.map(Json)
}
