//! The `organizations` routes.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
};
use till_wire::{error::ErrorBody, portal::CustomerOrganizationData};

use crate::{
    actions::portal::organizations,
    api::{
        Reply,
        operation::{Operation, operations},
    },
    app::App,
};

/// The routes.
pub(super) const OPERATIONS: &[Operation] = operations![get];

/// Get an organization by its slug
///
/// Returns an organization as its customers see it, with the products that everybody can buy. It is public.
#[utoipa::path(
    get, path = "/v1/customer-portal/organizations/{slug}", operation_id = "customer_portal:organizations:get",
    params(("slug" = String, Path, description = "Short name of the organization in addresses.")),
    responses(
        (status = 200, description = "Organization with this slug.", body = CustomerOrganizationData),
        (status = 404, description = "No organization has this slug.", body = ErrorBody),
    ),
    security(()),
)]
async fn get(
    State(app): State<Arc<App>>,
    Path(slug): Path<String>,
) -> Reply<CustomerOrganizationData> {
    organizations::by_slug(&app, &slug).await.map(Json)
}
