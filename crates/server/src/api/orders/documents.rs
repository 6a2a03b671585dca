//! The documents of an order.

use axum::{Json, http::StatusCode};
use till_wire::{
    error::{ErrorBody, InvoiceErrorBody},
    orders::{OrderInvoice, OrderReceipt},
};

use crate::{
    actions::documents,
    api::{
        Reply,
        operation::{Operation, operations},
    },
    error::ApiError,
    http::{
        extract::{Caller, PathId, scope},
        idempotency::IdempotencyGuard,
    },
};

/// The routes.
pub(in crate::api) const OPERATIONS: &[Operation] = operations![generate_invoice, invoice, receipt];

/// Generate the invoice of an order
///
/// Makes the invoice of an order as a PDF file, soon: then `is_invoice_generated` is true, and `order.updated` is sent. An
/// invoice that is there is made anew where the billing name, the billing address, the tax ID or the customer's language
/// has changed since; otherwise nothing happens.
#[utoipa::path(
    post, path = "/v1/orders/{id}/invoice", operation_id = "orders:generate_invoice",
    responses(
        (status = 202, description = "The invoice will be made; the response has no body.", body = ()),
        (status = 409, description = "The order is a draft, or void: the error is `OrderNotEligibleForInvoice`.", body = ErrorBody),
        (status = 422, description = "The order lacks a billing name or a billing address: the error is `MissingInvoiceBillingDetails`; or the request itself is wrong.", body = InvoiceErrorBody),
    )
)]
async fn generate_invoice(
    caller: Caller<scope::OrdersRead>,
    PathId(id): PathId,
    guard: IdempotencyGuard,
) -> Result<(StatusCode, Json<()>), ApiError> {
    documents::generate_invoice(&caller, id, &guard).await?;
    Ok((StatusCode::ACCEPTED, Json(())))
}

/// Get the invoice of an order
///
/// Returns the address of the invoice's PDF file, which works for ten minutes. The invoice must have been generated;
/// otherwise the answer is 404 with the error `InvoiceDoesNotExist`.
#[utoipa::path(
    get, path = "/v1/orders/{id}/invoice", operation_id = "orders:invoice",
    responses((status = 200, description = "Address of the invoice.", body = OrderInvoice))
)]
async fn invoice(caller: Caller<scope::OrdersRead>, PathId(id): PathId) -> Reply<OrderInvoice> {
    documents::invoice(&caller, id).await.map(Json)
}

/// Get the receipt of an order
///
/// Returns the address of the receipt's PDF file, with the order's payments and refunds as they are now. It works for ten
/// minutes. An order for which nothing was charged has no receipt: then the answer is 404 with the error
/// `ReceiptNotAllocated`.
#[utoipa::path(
    get, path = "/v1/orders/{id}/receipt", operation_id = "orders:receipt",
    responses((status = 200, description = "Address of the receipt.", body = OrderReceipt))
)]
async fn receipt(caller: Caller<scope::OrdersRead>, PathId(id): PathId) -> Reply<OrderReceipt> {
    documents::receipt(&caller, id).await.map(Json)
}
