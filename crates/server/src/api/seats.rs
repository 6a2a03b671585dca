//! The `customer-seats` routes.

use std::sync::Arc;

use axum::{Json, extract::State};
use till_wire::{
    error::{ErrorBody, ValidationBody},
    seats::{
        CustomerSeat, CustomerSeatClaimResponse, SeatAssign, SeatClaim, SeatClaimInfo, SeatsList,
    },
};

use super::{
    Reply,
    operation::{Operation, operations},
};
use crate::{
    actions::seats::{self, Asked, Giver, ListQuery},
    app::App,
    error::{ApiError, OrNotFound},
    http::{
        extract::{Access, Body, Caller, InvitationToken, Params, SeatId, scope},
        idempotency::IdempotencyGuard,
        limits::Network,
    },
};

/// The routes.
pub(super) const OPERATIONS: &[Operation] =
    operations![list, assign, revoke, resend, claim_info, claim];

fn giver<A: Access>(caller: &Caller<A>) -> Giver<'_> {
    Giver {
        app: &caller.app,
        organization: &caller.organization,
        customer: None,
    }
}

/// List seats
///
/// Lists the seats of a subscription or of an order that were given to somebody, the first one first, and tells how many
/// are free. Seats that were revoked are listed, too, and name nobody.
#[utoipa::path(
    get, path = "/v1/customer-seats", operation_id = "customer-seats:list_seats",
    params(ListQuery),
    responses(
        (status = 200, description = "Seats that were given, and how many are free.", body = SeatsList),
        (status = 400, description = "Neither `subscription_id` nor `order_id` was sent.", body = ErrorBody),
        (status = 404, description = "There is no such subscription or order.", body = ErrorBody),
    )
)]
async fn list(caller: Caller<scope::CustomerSeatsRead>, params: Params) -> Reply<SeatsList> {
    let target = ListQuery::target(params)?;
    giver(&caller).list(target).await.map(Json)
}

/// Assign a seat
///
/// Gives a seat to one person, who gets a letter with a link, valid for 24 hours, by which they claim it. Whoever is no
/// member of the buying customer yet becomes one. With `immediate_claim`, the seat is claimed at once and no letter is sent.
#[utoipa::path(
    post, path = "/v1/customer-seats", operation_id = "customer-seats:assign_seat",
    request_body(content = SeatAssign, description = "Seat to assign, and to whom."),
    responses(
        (status = 200, description = "Seat that was assigned.", body = CustomerSeat),
        (status = 400, description = "No seat is free (`SeatNotAvailable`), the person already has one (`SeatAlreadyAssigned`), the customer does not exist (`InvalidSeatAssignmentRequest`), or the address and the external ID belong to different members (`MemberEmailMismatch`).", body = ErrorBody),
        (status = 404, description = "There is no such subscription, order or member.", body = ErrorBody),
        (status = 409, description = "A change to the subscription is being charged (`SubscriptionLocked`).", body = ErrorBody),
        (status = 422, description = "Fields that do not read, or not exactly one target and one person.", body = ValidationBody),
    )
)]
async fn assign(
    caller: Caller<scope::CustomerSeatsWrite>,
    guard: IdempotencyGuard,
    body: Body,
) -> Reply<CustomerSeat> {
    let input = body.read(SeatAssign::read)?;
    let (Some(target), Some(recipient)) = (input.target(), input.recipient()) else {
        return Err(ApiError::internal("a seat was read without its person"));
    };
    let asked = Asked {
        target,
        recipient,
        metadata: input.metadata,
        at_once: input.immediate_claim,
    };
    giver(&caller).assign(&guard, &asked).await.map(Json)
}

/// Revoke a seat
///
/// Takes a seat back: its person loses what came with it, and it is free for the next one. What is paid stays the same. A
/// seat that was revoked before is returned as it is.
#[utoipa::path(
    delete, path = "/v1/customer-seats/{seat_id}", operation_id = "customer-seats:revoke_seat",
    params(("seat_id" = Uuid, Path, description = "ID of the seat.")),
    responses(
        (status = 200, description = "Seat that was revoked.", body = CustomerSeat),
        (status = 404, description = "There is no such seat.", body = ErrorBody),
    )
)]
async fn revoke(
    caller: Caller<scope::CustomerSeatsWrite>,
    SeatId(id): SeatId,
) -> Reply<CustomerSeat> {
    giver(&caller).revoke(id).await.map(Json)
}

/// Resend the invitation to a seat
///
/// Sends the letter with the link again. The link stays the same while it is valid; once it has expired, a new one is sent.
#[utoipa::path(
    post, path = "/v1/customer-seats/{seat_id}/resend", operation_id = "customer-seats:resend_invitation",
    params(("seat_id" = Uuid, Path, description = "ID of the seat.")),
    responses(
        (status = 200, description = "Seat whose invitation is sent again.", body = CustomerSeat),
        (status = 400, description = "Nobody is invited to the seat at the moment (`SeatNotPending`).", body = ErrorBody),
        (status = 404, description = "There is no such seat.", body = ErrorBody),
    )
)]
async fn resend(
    caller: Caller<scope::CustomerSeatsWrite>,
    guard: IdempotencyGuard,
    SeatId(id): SeatId,
) -> Reply<CustomerSeat> {
    giver(&caller).resend(&guard, id, None).await.map(Json)
}

/// Get the invitation to a seat
///
/// Tells what a link of an invitation is about. It changes nothing, so programs that look at letters may open it.
#[utoipa::path(
    get, path = "/v1/customer-seats/claim/{invitation_token}", operation_id = "customer-seats:get_claim_info",
    params(("invitation_token" = String, Path, description = "Token of the invitation's link.")),
    responses(
        (status = 200, description = "Invitation that the token stands for.", body = SeatClaimInfo),
        (status = 403, description = "The organization does not sell by the seat.", body = ErrorBody),
        (status = 404, description = "The token is wrong, was used or withdrawn, or has expired.", body = ErrorBody),
    ),
    security(()),
)]
async fn claim_info(
    State(app): State<Arc<App>>,
    network: Network,
    InvitationToken(token): InvitationToken,
) -> Reply<SeatClaimInfo> {
    let invited = seats::invited(&app, &network, &token)
        .await?
        .or_not_found()?;
    Ok(Json(invited.info))
}

/// Claim a seat
///
/// Makes a seat the person's who is invited to it, and opens a customer session of theirs. A token works once; the same
/// request with the same `Idempotency-Key` gets the first answer again.
#[utoipa::path(
    post, path = "/v1/customer-seats/claim", operation_id = "customer-seats:claim_seat",
    request_body(content = SeatClaim, description = "Token of the invitation's link."),
    responses(
        (status = 200, description = "Seat that was claimed, and a session.", body = CustomerSeatClaimResponse),
        (status = 400, description = "The token is wrong, was used or withdrawn, or has expired (`InvalidInvitationToken`).", body = ErrorBody),
        (status = 403, description = "The organization does not sell by the seat.", body = ErrorBody),
    ),
    security(()),
)]
async fn claim(
    State(app): State<Arc<App>>,
    network: Network,
    guard: IdempotencyGuard,
    body: Body,
) -> Reply<CustomerSeatClaimResponse> {
    let input = body.read(SeatClaim::read)?;
    let claimed = seats::claim(&app, &guard, &network, &input.invitation_token);
    let (_, claimed) = Box::pin(claimed).await?;
    Ok(Json(claimed))
}
