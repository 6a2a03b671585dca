//! The `orders` routes.

pub(crate) mod documents;
pub(crate) mod export;

use axum::Json;
use till_wire::{
    error::ErrorBody,
    orders::{Order, OrderCreate, OrderFinalize, OrderPaymentPage, OrderUpdate},
    page::Page,
};

use super::{
    Created, Reply, created,
    operation::{Operation, operations},
};
use crate::{
    actions::orders::{self, ListQuery, drafts},
    http::{
        extract::{Body, Caller, OrganizationQuery, PageQuery, Params, PathId, scope},
        idempotency::IdempotencyGuard,
    },
};

/// The routes.
pub(super) const OPERATIONS: &[Operation] =
    operations![list, create, get, update, finalize, payment_page];

/// List orders
///
/// Lists the orders of your organization, newest first unless `sorting` says otherwise.
#[utoipa::path(
    get, path = "/v1/orders/", operation_id = "orders:list",
    params(PageQuery, OrganizationQuery, ListQuery),
    responses((status = 200, description = "Page of orders.", body = Page<Order>))
)]
async fn list(caller: Caller<scope::OrdersRead>, params: Params) -> Reply<Page<Order>> {
    orders::list(&caller, params).await.map(Json)
}

/// Get an order
///
/// Returns one order with its lines, its customer and its product.
#[utoipa::path(
    get, path = "/v1/orders/{id}", operation_id = "orders:get",
    responses((status = 200, description = "Order with this ID.", body = Order))
)]
async fn get(caller: Caller<scope::OrdersRead>, PathId(id): PathId) -> Reply<Order> {
    orders::get(&caller, id).await.map(Json)
}

/// Update an order
///
/// Changes who is billed for an order, in any status: name and address on its invoice.
#[utoipa::path(
    patch, path = "/v1/orders/{id}", operation_id = "orders:update",
    request_body(content = OrderUpdate, description = "Fields to change."),
    responses((status = 200, description = "Order after the change.", body = Order))
)]
async fn update(
    caller: Caller<scope::OrdersWrite>,
    PathId(id): PathId,
    body: Body,
) -> Reply<Order> {
    let input = body.read(OrderUpdate::read)?;
    orders::update(&caller, id, input).await.map(Json)
}

/// Create a draft
///
/// Creates an order that you charge to a saved payment method of its customer. It is a `draft`, without an invoice
/// number, until you finalize it. Your organization must have turned on `off_session_charges_enabled` in its
/// `feature_settings`; otherwise the answer is 403 with the error `OffSessionChargesNotEnabled`.
#[utoipa::path(
    post, path = "/v1/orders/", operation_id = "orders:create",
    request_body(content = OrderCreate, description = "Draft to create."),
    responses((status = 201, description = "Draft that was created.", body = Order))
)]
async fn create(
    caller: Caller<scope::OrdersWrite>,
    guard: IdempotencyGuard,
    body: Body,
) -> Created<Order> {
    let input = body.read(OrderCreate::read)?;
    drafts::create(&caller, &guard, input).await.map(created)
}

/// Finalize a draft
///
/// Charges a draft to a saved payment method of its customer, and answers when the outcome is known. On success the
/// order is paid and has its invoice number. After a failure it is a draft again, and no number was used. Where the
/// outcome is not known in time, the answer is 409 with the error `PaymentAlreadyInProgress`; webhooks tell of it later.
///
/// Where charges of saved payment methods are not turned on, the answer is 403 with the error
/// `OffSessionChargesNotEnabled`; where the organization cannot take payments, it is 403 with
/// `OrganizationNotReadyForPayments`.
#[utoipa::path(
    post, path = "/v1/orders/{id}/finalize", operation_id = "orders:finalize",
    request_body(content = Option<OrderFinalize>, description = "Payment method to charge; can be left out."),
    responses(
        (status = 200, description = "Order after it was paid.", body = Order),
        (status = 402, description = "The payment method was not charged, or the customer's bank wants the customer to approve the payment: the error is `PaymentFailed` or `PaymentActionRequired`.", body = ErrorBody),
        (status = 412, description = "The order is not a draft, or is being charged: the error is `OrderNotDraft`.", body = ErrorBody),
    )
)]
async fn finalize(
    caller: Caller<scope::OrdersWrite>,
    PathId(id): PathId,
    guard: IdempotencyGuard,
    body: Body,
) -> Reply<Order> {
    let input = body.read_or_default(OrderFinalize::read)?;
    drafts::finalize(&caller, id, &guard, input).await.map(Json)
}

/// Get the payment page of an order
///
/// Returns the address of the page on which the customer can pay an order that waits for its payment, such as a renewal
/// whose card was declined. Of any other order, the page says how it stands. Till's own operation; Polar has none like
/// it.
#[utoipa::path(
    get, path = "/v1/orders/{id}/payment-page", operation_id = "orders:payment_page",
    responses((status = 200, description = "Page on which the order can be paid.", body = OrderPaymentPage))
)]
async fn payment_page(
    caller: Caller<scope::OrdersRead>,
    PathId(id): PathId,
) -> Reply<OrderPaymentPage> {
    orders::payment_page(&caller, id).await.map(Json)
}
