//! The `email-update` routes.

use axum::{Json, extract::State, http::StatusCode};
use std::sync::Arc;
use till_wire::{
    error::ErrorBody,
    portal_sign_in::{
        CustomerEmailUpdateRequest, CustomerEmailUpdateVerifyRequest,
        CustomerEmailUpdateVerifyResponse,
    },
};

use crate::{
    actions::portal::email_change,
    api::{
        NoContent, Reply,
        operation::{Operation, operations},
    },
    app::App,
    error::ApiError,
    http::{
        extract::{Body, Params, PortalCaller},
        idempotency::IdempotencyGuard,
        limits::Network,
    },
};

/// The routes.
pub(super) const OPERATIONS: &[Operation] = operations![request, check, verify];

/// Request a change of the customer's e-mail address
///
/// Sends a link to the new address, which confirms the change within an hour. Earlier links stop working. The answer
/// is the same whether or not another customer has the address.
#[utoipa::path(
    post, path = "/v1/customer-portal/customers/me/email-update/request",
    operation_id = "customer_portal:customers:request_email_update",
    request_body(content = CustomerEmailUpdateRequest, description = "New e-mail address."),
    responses((status = 202, description = "The link will be sent; the response has no body.", body = ()),
        (status = 403, description = "Customers may not change their address, or this server sends no e-mail.", body = ErrorBody)),
)]
async fn request(
    caller: PortalCaller,
    network: Network,
    guard: IdempotencyGuard,
    body: Body,
) -> Result<(StatusCode, Json<()>), ApiError> {
    let viewer = caller.viewer.billing()?;
    let input = body.read(CustomerEmailUpdateRequest::read)?;
    let asked = email_change::request(&caller.app, viewer, &input.email, &guard, &network);
    asked.await?;
    Ok((StatusCode::ACCEPTED, Json(())))
}

/// Check the link of a new e-mail address
///
/// Tells whether the token of a link still works. It changes nothing.
#[utoipa::path(
    get, path = "/v1/customer-portal/customers/me/email-update/check",
    operation_id = "customer_portal:customers:check_email_update",
    params(("token" = String, Query, description = "Token of the link.")),
    responses(
        (status = 204, description = "The token works; the response has no body."),
        (status = 401, description = "The token is wrong, was used or has expired.", body = ErrorBody),
    ),
    security(()),
)]
async fn check(State(app): State<Arc<App>>, params: Params) -> NoContent {
    let token = params.required_text("token")?;
    email_change::find(&app, &token).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Confirm a new e-mail address
///
/// Gives the customer the address that the link was sent to, and exchanges the token for that of a customer session, which
/// opens the portal for an hour. All earlier sessions end, and the old address is notified. A token works once; the same
/// request with the same `Idempotency-Key` gets the first answer again.
#[utoipa::path(
    post, path = "/v1/customer-portal/customers/me/email-update/verify",
    operation_id = "customer_portal:customers:verify_email_update",
    request_body(content = CustomerEmailUpdateVerifyRequest, description = "Token of the link."),
    responses(
        (status = 200, description = "Session that was opened.", body = CustomerEmailUpdateVerifyResponse),
        (status = 401, description = "The token is wrong, was used or has expired.", body = ErrorBody),
    ),
    security(()),
)]
async fn verify(
    State(app): State<Arc<App>>,
    guard: IdempotencyGuard,
    body: Body,
) -> Reply<CustomerEmailUpdateVerifyResponse> {
    let input = body.read(CustomerEmailUpdateVerifyRequest::read)?;
    let (_, opened) = Box::pin(email_change::confirm(&app, &input.token, &guard)).await?;
    Ok(Json(opened))
}
