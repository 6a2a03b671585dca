//! The `refunds` routes.

use axum::Json;
use till_wire::{
    error::{ErrorBody, ValidationBody},
    page::Page,
    refunds::{Refund, RefundCreate, RefundCreditNote},
};

use super::{
    Created, Reply, created,
    operation::{Operation, operations},
};
use crate::{
    actions::{
        documents,
        refunds::{self, ListQuery},
    },
    http::{
        extract::{Body, Caller, OrganizationQuery, PageQuery, Params, PathId, scope},
        idempotency::IdempotencyGuard,
    },
};

/// The routes.
pub(super) const OPERATIONS: &[Operation] = operations![list, create, credit_note];

/// List refunds
///
/// Lists the refunds of your organization's orders, newest first unless `sorting` says otherwise. Refunds that were made
/// in the payment processor's own dashboard are among them.
#[utoipa::path(
    get, path = "/v1/refunds/", operation_id = "refunds:list",
    params(PageQuery, OrganizationQuery, ListQuery),
    responses((status = 200, description = "Page of refunds.", body = Page<Refund>))
)]
async fn list(caller: Caller<scope::RefundsRead>, params: Params) -> Reply<Page<Refund>> {
    refunds::list(&caller, params).await.map(Json)
}

/// Create a refund
///
/// Gives money of an order back to its customer, all of it or a part, with the tax on it. The refund is `pending` until
/// the payment processor has done it, and may fail even after it has succeeded. A subscription goes on.
///
/// Where all of the order is given back already, or is on its way, the answer is 403 with the error `RefundedAlready`;
/// where the customer's bank decides about the money, it is 403 with `RefundDisputedPayment`.
#[utoipa::path(
    post, path = "/v1/refunds/", operation_id = "refunds:create",
    request_body(content = RefundCreate, description = "Refund to make."),
    responses(
        (status = 201, description = "Refund that was made.", body = Refund),
        (status = 400, description = "Benefits of a subscription are not taken back with a refund: the error is `RevokeSubscriptionBenefitsProhibited`.", body = ErrorBody),
        (status = 404, description = "The order was not paid with money that could be given back: the error is `RefundUnknownPayment` or `RefundPaymentTransactionNotFound`.", body = ErrorBody),
        (status = 422, description = "Fields that do not read, an order that does not exist, or more than can be refunded.", body = ValidationBody),
    )
)]
async fn create(
    caller: Caller<scope::RefundsWrite>,
    guard: IdempotencyGuard,
    body: Body,
) -> Created<Refund> {
    let input = body.read(RefundCreate::read)?;
    refunds::create(&caller, &guard, input).await.map(created)
}

/// Get the credit note of a refund
///
/// Returns the address of the credit note's PDF file, which works for ten minutes. A refund that has given nothing back has
/// none: then the answer is 404 with the error `CreditNoteDoesNotExist`. Till's own operation; Polar has none like it.
#[utoipa::path(
    get, path = "/v1/refunds/{id}/credit-note", operation_id = "refunds:credit_note",
    responses((status = 200, description = "Address of the credit note.", body = RefundCreditNote))
)]
async fn credit_note(
    caller: Caller<scope::RefundsRead>,
    PathId(id): PathId,
) -> Reply<RefundCreditNote> {
    documents::credit_note(&caller, id).await.map(Json)
}
