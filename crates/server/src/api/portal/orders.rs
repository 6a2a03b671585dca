//! The `orders` routes of the portal.

use axum::{Json, http::StatusCode};
use till_wire::{
    error::{ErrorBody, InvoiceErrorBody},
    orders::{OrderInvoice, OrderReceipt, OrderUpdate},
    page::Page,
    portal::{
        CustomerOrder, CustomerOrderConfirmPayment, CustomerOrderPaymentConfirmation,
        CustomerOrderPaymentStatus,
    },
};

use crate::{
    actions::portal::{
        orders::{self, ListQuery},
        payments,
    },
    api::{
        Reply,
        operation::{Operation, operations},
    },
    error::ApiError,
    http::{
        extract::{Body, PageQuery, Params, PathId, PortalCaller},
        idempotency::IdempotencyGuard,
        limits::Network,
    },
};

/// The routes.
pub(super) const OPERATIONS: &[Operation] = operations![
    list,
    get,
    update,
    generate_invoice,
    invoice,
    receipt,
    payment_status,
    confirm_payment
];

/// List orders of the customer
///
/// Lists the customer's orders, newest first unless `sorting` says otherwise. Drafts are not among them.
#[utoipa::path(
    get, path = "/v1/customer-portal/orders/", operation_id = "customer_portal:orders:list",
    params(PageQuery, ListQuery),
    responses((status = 200, description = "Page of the customer's orders.", body = Page<CustomerOrder>))
)]
async fn list(caller: PortalCaller, params: Params) -> Reply<Page<CustomerOrder>> {
    let viewer = caller.viewer.billing()?;
    orders::list(&caller.app, viewer, params).await.map(Json)
}

/// Get an order of the customer
///
/// Returns one order with its lines, its product and its subscription.
#[utoipa::path(
    get, path = "/v1/customer-portal/orders/{id}", operation_id = "customer_portal:orders:get",
    responses((status = 200, description = "Order with this ID.", body = CustomerOrder))
)]
async fn get(caller: PortalCaller, PathId(id): PathId) -> Reply<CustomerOrder> {
    let viewer = caller.viewer.billing()?;
    orders::get(&caller.app, viewer, id).await.map(Json)
}

/// Update an order of the customer
///
/// Changes who is billed for an order, in every status. Country and state of an address that is there stay as they are.
/// An invoice that was generated before shows the change when it is generated again.
#[utoipa::path(
    patch, path = "/v1/customer-portal/orders/{id}", operation_id = "customer_portal:orders:update",
    request_body(content = OrderUpdate, description = "Fields to change."),
    responses((status = 200, description = "Order after the change.", body = CustomerOrder))
)]
async fn update(caller: PortalCaller, PathId(id): PathId, body: Body) -> Reply<CustomerOrder> {
    let viewer = caller.viewer.billing()?;
    let input = body.read(OrderUpdate::read)?;
    let updated = orders::update(&caller.app, viewer, id, input);
    updated.await.map(Json)
}

/// Generate the invoice of the customer's order
///
/// Makes the invoice of an order as a PDF file, soon: then `is_invoice_generated` is true. An invoice that is there is
/// made anew where the billing name, the billing address, the tax ID or the customer's language has changed since.
#[utoipa::path(
    post, path = "/v1/customer-portal/orders/{id}/invoice",
    operation_id = "customer_portal:orders:generate_invoice",
    responses(
        (status = 202, description = "The invoice will be made; the response has no body.", body = ()),
        (status = 409, description = "The order is void: the error is `OrderNotEligibleForInvoice`.", body = ErrorBody),
        (status = 422, description = "The order lacks a billing name or a billing address: the error is `MissingInvoiceBillingDetails`; or the request itself is wrong.", body = InvoiceErrorBody),
    )
)]
async fn generate_invoice(
    caller: PortalCaller,
    PathId(id): PathId,
    guard: IdempotencyGuard,
) -> Result<(StatusCode, Json<()>), ApiError> {
    let viewer = caller.viewer.billing()?;
    orders::generate_invoice(&caller.app, viewer, id, &guard).await?;
    Ok((StatusCode::ACCEPTED, Json(())))
}

/// Get the invoice of the customer's order
///
/// Returns the address of the invoice's PDF file, which works for ten minutes. The invoice must have been generated;
/// otherwise the answer is 404 with the error `InvoiceDoesNotExist`.
#[utoipa::path(
    get, path = "/v1/customer-portal/orders/{id}/invoice", operation_id = "customer_portal:orders:invoice",
    responses((status = 200, description = "Address of the invoice.", body = OrderInvoice))
)]
async fn invoice(caller: PortalCaller, PathId(id): PathId) -> Reply<OrderInvoice> {
    let viewer = caller.viewer.billing()?;
    orders::invoice(&caller.app, viewer, id).await.map(Json)
}

/// Get the receipt of the customer's order
///
/// Returns the address of the receipt's PDF file, with the order's payments and refunds as they are now. It works for ten
/// minutes. An order for which nothing was charged has no receipt: then the answer is 404 with the error
/// `ReceiptNotAllocated`.
#[utoipa::path(
    get, path = "/v1/customer-portal/orders/{id}/receipt", operation_id = "customer_portal:orders:receipt",
    responses((status = 200, description = "Address of the receipt.", body = OrderReceipt))
)]
async fn receipt(caller: PortalCaller, PathId(id): PathId) -> Reply<OrderReceipt> {
    let viewer = caller.viewer.billing()?;
    orders::receipt(&caller.app, viewer, id).await.map(Json)
}

/// Get the payment status of the customer's order
///
/// Tells how the payment of an order stands. Where the customer's bank had to approve it, the payment processor is asked.
#[utoipa::path(
    get, path = "/v1/customer-portal/orders/{id}/payment-status",
    operation_id = "customer_portal:orders:get_payment_status",
    responses((status = 200, description = "Status of the payment.", body = CustomerOrderPaymentStatus))
)]
async fn payment_status(
    caller: PortalCaller,
    PathId(id): PathId,
) -> Reply<CustomerOrderPaymentStatus> {
    let viewer = caller.viewer.billing()?;
    payments::status(&caller.app, viewer, id).await.map(Json)
}

/// Pay the customer's order
///
/// Pays an order that waits for its payment, with a card that the customer has just entered or with a saved one. A card
/// that is declined is no error: then the status is `failed`, and `error` says why. After five attempts the answer is 429
/// with the error `ManualRetryLimitExceeded`.
#[utoipa::path(
    post, path = "/v1/customer-portal/orders/{id}/confirm-payment",
    operation_id = "customer_portal:orders:confirm_retry_payment",
    request_body(content = CustomerOrderConfirmPayment, description = "Card to pay with."),
    responses(
        (status = 200, description = "Outcome of the attempt.", body = CustomerOrderPaymentConfirmation),
        (status = 409, description = "Another attempt is under way, or its outcome is not known yet: the error is `PaymentAlreadyInProgress`.", body = ErrorBody),
        (status = 422, description = "The order does not wait for a payment: the error is `OrderNotEligibleForRetry`; or the request itself is wrong.", body = InvoiceErrorBody),
    )
)]
async fn confirm_payment(
    caller: PortalCaller,
    PathId(id): PathId,
    guard: IdempotencyGuard,
    network: Network,
    body: Body,
) -> Reply<CustomerOrderPaymentConfirmation> {
    let viewer = caller.viewer.billing()?;
    let input = body.read(CustomerOrderConfirmPayment::read)?;
    let paid = payments::confirm(&caller.app, viewer, (id, input), &guard, &network);
    paid.await.map(Json)
}
