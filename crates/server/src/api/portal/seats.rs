//! The `seats` routes of the portal.

use axum::Json;
use till_wire::{
    error::{ErrorBody, ValidationBody},
    page::Page,
    portal::CustomerSubscription,
    seats::{CustomerSeat, CustomerSeatAssign, SeatsList},
};

use crate::{
    actions::{
        portal::seats::{self, claimed_subscriptions},
        seats::{Asked, ListQuery},
    },
    api::{
        Reply,
        operation::{Operation, operations},
    },
    error::ApiError,
    http::{
        extract::{Body, PageQuery, Params, PortalCaller, SeatId},
        idempotency::IdempotencyGuard,
        limits::Network,
    },
};

/// The routes.
pub(super) const OPERATIONS: &[Operation] =
    operations![list, assign, revoke, resend, list_claimed_subscriptions];

/// List seats of the customer
///
/// Lists the seats of one of the customer's subscriptions or orders that were given to somebody, the first one first, and
/// tells how many are free. Only the owner and billing managers can.
#[utoipa::path(
    get, path = "/v1/customer-portal/seats", operation_id = "customer_portal:seats:list_seats",
    params(ListQuery),
    responses(
        (status = 200, description = "Seats that were given, and how many are free.", body = SeatsList),
        (status = 400, description = "Neither `subscription_id` nor `order_id` was sent.", body = ErrorBody),
        (status = 403, description = "The organization does not sell by the seat, or the holder of the token is a member whose role does not allow it.", body = ErrorBody),
        (status = 404, description = "The customer has no such subscription or order.", body = ErrorBody),
    )
)]
async fn list(caller: PortalCaller, params: Params) -> Reply<SeatsList> {
    let viewer = caller.viewer.billing()?;
    let target = ListQuery::target(params)?;
    let giver = seats::giver(&caller.app, &viewer);
    giver.list(target).await.map(Json)
}

/// Assign a seat of the customer
///
/// Gives a seat to one person, who gets a letter with a link, valid for 24 hours, by which they claim it. Whoever is no
/// member of the customer yet becomes one. Only the owner and billing managers can.
#[utoipa::path(
    post, path = "/v1/customer-portal/seats", operation_id = "customer_portal:seats:assign_seat",
    request_body(content = CustomerSeatAssign, description = "Seat to assign, and to whom."),
    responses(
        (status = 200, description = "Seat that was assigned.", body = CustomerSeat),
        (status = 400, description = "No seat is free (`SeatNotAvailable`), the person already has one (`SeatAlreadyAssigned`), another customer was named (`InvalidSeatAssignmentRequest`), or the address and the external ID belong to different members (`MemberEmailMismatch`).", body = ErrorBody),
        (status = 403, description = "The organization does not sell by the seat, or the holder of the token is a member whose role does not allow it.", body = ErrorBody),
        (status = 404, description = "The customer has no such subscription, order or member.", body = ErrorBody),
        (status = 409, description = "A change to the subscription is being charged (`SubscriptionLocked`).", body = ErrorBody),
        (status = 422, description = "Fields that do not read, or not exactly one target and one person.", body = ValidationBody),
    )
)]
async fn assign(
    caller: PortalCaller,
    network: Network,
    guard: IdempotencyGuard,
    body: Body,
) -> Reply<CustomerSeat> {
    let viewer = caller.viewer.billing()?;
    let input = body.read(CustomerSeatAssign::read)?;
    let (Some(target), Some(recipient)) = (input.target(), input.recipient()) else {
        return Err(ApiError::internal("a seat was read without its person"));
    };
    let asked = Asked {
        target,
        recipient,
        metadata: input.metadata,
        // Only merchants decide for somebody else.
        at_once: false,
    };
    seats::assign(&caller.app, viewer, &network, &guard, &asked)
        .await
        .map(Json)
}

/// Revoke a seat of the customer
///
/// Takes a seat back: its person loses what came with it, and it is free for the next one. What is paid stays the same. Only
/// the owner and billing managers can.
#[utoipa::path(
    delete, path = "/v1/customer-portal/seats/{seat_id}", operation_id = "customer_portal:seats:revoke_seat",
    params(("seat_id" = Uuid, Path, description = "ID of the seat.")),
    responses(
        (status = 200, description = "Seat that was revoked.", body = CustomerSeat),
        (status = 403, description = "The organization does not sell by the seat, or the holder of the token is a member whose role does not allow it.", body = ErrorBody),
        (status = 404, description = "The customer has no such seat.", body = ErrorBody),
    )
)]
async fn revoke(caller: PortalCaller, SeatId(id): SeatId) -> Reply<CustomerSeat> {
    let viewer = caller.viewer.billing()?;
    let giver = seats::giver(&caller.app, &viewer);
    giver.revoke(id).await.map(Json)
}

/// Resend the invitation to a seat of the customer
///
/// Sends the letter with the link again. The link stays the same while it is valid; once it has expired, a new one is sent.
/// Only the owner and billing managers can.
#[utoipa::path(
    post, path = "/v1/customer-portal/seats/{seat_id}/resend", operation_id = "customer_portal:seats:resend_invitation",
    params(("seat_id" = Uuid, Path, description = "ID of the seat.")),
    responses(
        (status = 200, description = "Seat whose invitation is sent again.", body = CustomerSeat),
        (status = 400, description = "Nobody is invited to the seat at the moment (`SeatNotPending`).", body = ErrorBody),
        (status = 403, description = "The organization does not sell by the seat, or the holder of the token is a member whose role does not allow it.", body = ErrorBody),
        (status = 404, description = "The customer has no such seat.", body = ErrorBody),
    )
)]
async fn resend(
    caller: PortalCaller,
    network: Network,
    guard: IdempotencyGuard,
    SeatId(id): SeatId,
) -> Reply<CustomerSeat> {
    let viewer = caller.viewer.billing()?;
    seats::resend(&caller.app, viewer, &network, &guard, id)
        .await
        .map(Json)
}

/// List subscriptions of which the viewer holds a seat
///
/// Lists the customer's subscriptions of which the holder of the token has claimed a seat. Only the owner and billing
/// managers can.
#[utoipa::path(
    get, path = "/v1/customer-portal/seats/subscriptions", operation_id = "customer_portal:seats:list_claimed_subscriptions",
    params(PageQuery),
    responses((status = 200, description = "Page of subscriptions.", body = Page<CustomerSubscription>))
)]
async fn list_claimed_subscriptions(
    caller: PortalCaller,
    params: Params,
) -> Reply<Page<CustomerSubscription>> {
    let viewer = caller.viewer.billing()?;
    let listed = claimed_subscriptions(&caller.app, viewer, params);
    listed.await.map(Json)
}
