//! The `customer-sessions` routes.

use till_wire::customers::{CustomerSession, CustomerSessionCreate};

use super::{
    Created, created,
    operation::{Operation, operations},
};
use crate::{
    actions::customer_sessions,
    http::{
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
    caller: Caller<scope::CustomerSessionsWrite>,
    guard: IdempotencyGuard,
    body: Body,
) -> Created<CustomerSession> {
    let input = body.read(CustomerSessionCreate::read)?;
    customer_sessions::create(&caller, &guard, input)
        .await
        .map(created)
}
