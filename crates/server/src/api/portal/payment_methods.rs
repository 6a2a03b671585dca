//! The payment methods of the customer of the portal.

use axum::Json;
use till_wire::{
    error::ErrorBody,
    page::Page,
    payment_methods::PaymentMethod,
    portal::{
        CustomerPaymentMethodConfirm, CustomerPaymentMethodCreate,
        CustomerPaymentMethodCreateResponse,
    },
};

use crate::{
    actions::portal::cards,
    api::{
        Created, NoContent, Reply, created, no_content,
        operation::{Operation, operations},
    },
    http::{
        extract::{Body, PageQuery, Params, PathId, PortalCaller},
        idempotency::IdempotencyGuard,
        limits::Network,
    },
};

/// The routes.
pub(super) const OPERATIONS: &[Operation] = operations![list, add, confirm, delete];

/// List payment methods of the customer
///
/// Lists the payment methods that the customer has saved, newest first.
#[utoipa::path(
    get, path = "/v1/customer-portal/customers/me/payment-methods",
    operation_id = "customer_portal:customers:list_payment_methods",
    params(PageQuery),
    responses((status = 200, description = "Page of payment methods.", body = Page<PaymentMethod>))
)]
async fn list(caller: PortalCaller, params: Params) -> Reply<Page<PaymentMethod>> {
    let viewer = caller.viewer.billing()?;
    cards::list(&caller.app, viewer, params).await.map(Json)
}

/// Add a payment method
///
/// Saves a card that the customer has just entered, by its token. Where the customer's bank wants them to approve it, the
/// response has what their browser needs for that; afterwards, confirm the payment method. What the customer owes is
/// tried with it at once.
#[utoipa::path(
    post, path = "/v1/customer-portal/customers/me/payment-methods",
    operation_id = "customer_portal:customers:add_payment_method",
    request_body(content = CustomerPaymentMethodCreate, description = "Payment method to save."),
    responses(
        (status = 201, description = "Payment method that was saved, or what is to be approved.", body = CustomerPaymentMethodCreateResponse),
        (status = 400, description = "The payment processor refused the card: the error is `PaymentMethodSetupFailed`.", body = ErrorBody),
        (status = 409, description = "Another payment method is being saved: the error is `PaymentAlreadyInProgress`.", body = ErrorBody),
    )
)]
async fn add(
    caller: PortalCaller,
    guard: IdempotencyGuard,
    network: Network,
    body: Body,
) -> Created<CustomerPaymentMethodCreateResponse> {
    let viewer = caller.viewer.billing()?;
    let input = body.read(CustomerPaymentMethodCreate::read)?;
    let added = cards::add(&caller.app, viewer, input, &guard, &network);
    added.await.map(created)
}

/// Confirm a payment method
///
/// Tells how a payment method stands that the customer's bank had to approve, after their browser has been there.
#[utoipa::path(
    post, path = "/v1/customer-portal/customers/me/payment-methods/confirm",
    operation_id = "customer_portal:customers:confirm_payment_method",
    request_body(content = CustomerPaymentMethodConfirm, description = "Payment method that was approved."),
    responses(
        (status = 201, description = "Payment method that was saved, or what is still to be approved.", body = CustomerPaymentMethodCreateResponse),
        (status = 400, description = "The payment processor refused the card: the error is `PaymentMethodSetupFailed`.", body = ErrorBody),
        (status = 403, description = "No payment method of the customer is being saved, and the error is `CustomerNotReady`; or the holder of the token is a member whose role does not allow this.", body = ErrorBody),
        (status = 409, description = "Whether the card is saved is not known yet: the error is `PaymentAlreadyInProgress`.", body = ErrorBody),
    )
)]
async fn confirm(caller: PortalCaller, body: Body) -> Created<CustomerPaymentMethodCreateResponse> {
    let viewer = caller.viewer.billing()?;
    let input = body.read(CustomerPaymentMethodConfirm::read)?;
    let confirmed = cards::confirm(&caller.app, viewer, input);
    confirmed.await.map(created)
}

/// Delete a payment method
///
/// Deletes a saved payment method. Subscriptions that were charged to it are charged to another one from then on: to the
/// default, or else to the one saved last.
#[utoipa::path(
    delete, path = "/v1/customer-portal/customers/me/payment-methods/{id}",
    operation_id = "customer_portal:customers:delete_payment_method",
    responses(
        (status = 204, description = "The payment method is deleted; the response has no body."),
        (status = 400, description = "A subscription is charged to it, and there is no other: the error is `PaymentMethodInUseByActiveSubscription`.", body = ErrorBody),
    )
)]
async fn delete(caller: PortalCaller, PathId(id): PathId) -> NoContent {
    let viewer = caller.viewer.billing()?;
    cards::delete(&caller.app, viewer, id).await.map(no_content)
}
