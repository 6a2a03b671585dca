//! The `customer-sessions` routes.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use till_core::customers;
use till_wire::customers::{CustomerSession, CustomerSessionCreate, SessionFor};

use super::operation::{Operation, operations};
use crate::{
    app::App,
    http::{
        error::ApiError,
        extract::{Body, Caller, scope},
        idempotency::IdempotencyGuard,
    },
};

/// The routes.
pub(super) const OPERATIONS: &[Operation] = operations![create];

/// Opens a customer's portal for one hour.
#[utoipa::path(
    post, path = "/v1/customer-sessions/", operation_id = "customer-sessions:create", tag = "customer-sessions",
    request_body = CustomerSessionCreate,
    responses((status = 201, description = "The session; its token is shown this once.", body = CustomerSession)),
    security(("access_token" = []))
)]
async fn create(
    State(app): State<Arc<App>>,
    caller: Caller<scope::CustomerSessionsWrite>,
    guard: IdempotencyGuard,
    body: Body,
) -> Result<(StatusCode, Json<CustomerSession>), ApiError> {
    let input = body.read(CustomerSessionCreate::read)?;
    let own = &caller.organization;
    let customer = match &input.customer {
        SessionFor::Id(id) => app.store.customer(own.id, *id).await?,
        SessionFor::ExternalId(id) => app.store.customer_by_external_id(own.id, id).await?,
    }
    .ok_or_else(|| customers::unknown(&input.customer))?;
    let opened = customers::open_session(
        &customer,
        &own.slug,
        input.return_url,
        &app.key,
        &app.urls,
        &app.context(),
    );
    app.reply(&guard, StatusCode::CREATED, opened, |now| now)
        .await
}
