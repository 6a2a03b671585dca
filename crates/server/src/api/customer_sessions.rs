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

/// Create a customer session
///
/// Creates a token that gives one customer access to their own data for an hour, through the operations of the customer
/// portal, and the address of the portal's pages that it opens. The session of a team is for one of its members, whom
/// `member_id` or `external_member_id` names.
#[utoipa::path(
    post, path = "/v1/customer-sessions/", operation_id = "customer-sessions:create",
    request_body(content = CustomerSessionCreate, description = "Customer, and the member of theirs, whom the session is for."),
    responses((status = 201, description = "Customer session that was created; its token is shown only here.", body = CustomerSession))
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
