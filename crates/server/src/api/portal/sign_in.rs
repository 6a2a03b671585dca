//! The `customer-session` routes that sign a customer in.

use axum::{Json, extract::State, http::StatusCode};
use std::sync::Arc;
use till_core::portal::codes::CodeRequest;
use till_wire::portal_sign_in::{
    CustomerSessionCodeAuthenticateRequest, CustomerSessionCodeAuthenticateResponse,
    CustomerSessionCodeRequest,
};

use crate::{
    actions::portal::sign_in,
    api::{
        NoContent, Reply,
        operation::{Operation, operations},
    },
    app::App,
    http::{extract::Body, idempotency::IdempotencyGuard, limits::Network},
};

/// The routes.
pub(super) const OPERATIONS: &[Operation] = operations![request, authenticate];

/// Request a code for the portal
///
/// Sends a code to the address, if a customer of the organization has it. The answer is the same for every address.
#[utoipa::path(
    post, path = "/v1/customer-portal/customer-session/request",
    operation_id = "customer_portal:customer-session:request",
    request_body(content = CustomerSessionCodeRequest, description = "Address that the code is sent to."),
    responses((status = 202, description = "The code is sent, if anybody has the address.")),
    security(()),
)]
async fn request(
    State(app): State<Arc<App>>,
    network: Network,
    guard: IdempotencyGuard,
    body: Body,
) -> NoContent {
    let input = body.read(CustomerSessionCodeRequest::read)?;
    let request = CodeRequest {
        organization_id: input.organization_id,
        email: input.email,
        customer_id: input.customer_id,
    };
    sign_in::request_code(&app, &request, &guard, &network).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Authenticate with a code
///
/// Exchanges a code for the token of a customer session, which opens the portal for an hour. A code works once;
/// the same request with the same `Idempotency-Key` gets the first answer again.
#[utoipa::path(
    post, path = "/v1/customer-portal/customer-session/authenticate",
    operation_id = "customer_portal:customer-session:authenticate",
    request_body(content = CustomerSessionCodeAuthenticateRequest, description = "Code that was sent."),
    responses(
        (status = 200, description = "Session that was opened.", body = CustomerSessionCodeAuthenticateResponse),
        (status = 401, description = "The code is wrong, was used or has expired.", body = till_wire::error::ErrorBody)
    ),
    security(()),
)]
async fn authenticate(
    State(app): State<Arc<App>>,
    network: Network,
    guard: IdempotencyGuard,
    body: Body,
) -> Reply<CustomerSessionCodeAuthenticateResponse> {
    let input = body.read(CustomerSessionCodeAuthenticateRequest::read)?;
    let opened = sign_in::authenticate(&app, &input.code, &guard, &network);
    Ok(Json(opened.await?))
}
