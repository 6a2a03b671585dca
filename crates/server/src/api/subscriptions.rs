//! The `subscriptions` routes.

pub(crate) mod export;

use axum::Json;
use till_wire::{
    error::{ErrorBody, ValidationBody},
    page::Page,
    subscriptions::{
        Subscription, SubscriptionCancelPreview, SubscriptionChangePreview,
        SubscriptionChargePreview, SubscriptionCreate, SubscriptionUpdate,
    },
};

use super::{
    Created, Reply, created,
    operation::{Operation, operations},
};
use crate::{
    actions::subscriptions::{self, ListQuery},
    http::{
        extract::{Body, Caller, OrganizationQuery, PageQuery, Params, PathId, scope},
        idempotency::IdempotencyGuard,
    },
};

/// The routes.
pub(super) const OPERATIONS: &[Operation] = operations![
    list,
    create,
    get,
    update,
    revoke,
    charge_preview,
    cancel_preview,
    change_preview
];

/// List subscriptions
///
/// Lists the subscriptions of your organization, the last to start first unless `sorting` says otherwise.
#[utoipa::path(
    get, path = "/v1/subscriptions/", operation_id = "subscriptions:list",
    params(PageQuery, OrganizationQuery, ListQuery),
    responses((status = 200, description = "Page of subscriptions.", body = Page<Subscription>))
)]
async fn list(
    caller: Caller<scope::SubscriptionsRead>,
    params: Params,
) -> Reply<Page<Subscription>> {
    subscriptions::list(&caller, params).await.map(Json)
}

/// Get a subscription
///
/// Returns one subscription with its customer, its product and its prices.
#[utoipa::path(
    get, path = "/v1/subscriptions/{id}", operation_id = "subscriptions:get",
    responses((status = 200, description = "Subscription with this ID.", body = Subscription))
)]
async fn get(caller: Caller<scope::SubscriptionsRead>, PathId(id): PathId) -> Reply<Subscription> {
    subscriptions::get(&caller, id).await.map(Json)
}

/// Create a subscription
///
/// Subscribes a customer to a free product, without an order. What is paid for is bought at a checkout.
#[utoipa::path(
    post, path = "/v1/subscriptions/", operation_id = "subscriptions:create",
    request_body(content = SubscriptionCreate, description = "Subscription to create."),
    responses(
        (status = 201, description = "Subscription that was created.", body = Subscription),
        (status = 422, description = "Fields that do not read, a product that is not free, or a customer that does not exist.", body = ValidationBody),
    )
)]
async fn create(
    caller: Caller<scope::SubscriptionsWrite>,
    guard: IdempotencyGuard,
    body: Body,
) -> Created<Subscription> {
    let input = body.read(SubscriptionCreate::read)?;
    subscriptions::create(&caller, &guard, input)
        .await
        .map(created)
}

/// Update a subscription
///
/// Changes a subscription in exactly one way: its plan (product, discount, trial, metadata), its seats, its billing
/// date, a cancellation, a pause, or the change that waits for the end of the period. A body that mixes them is refused,
/// and the problems say for each shape why it does not fit.
///
/// A change of product or seats in the middle of a period is billed as `proration_behavior` says. One that is charged
/// at once is made only when the charge has succeeded; while it is charged, other changes are refused.
///
/// Where the subscription has ended or is about to, the answer is 403 with the error `AlreadyCanceledSubscription`; where
/// it is not active, it is 403 with `InactiveSubscription`.
#[utoipa::path(
    patch, path = "/v1/subscriptions/{id}", operation_id = "subscriptions:update",
    request_body(content = SubscriptionUpdate, description = "Change to make."),
    responses(
        (status = 200, description = "Subscription after the change.", body = Subscription),
        (status = 400, description = "Seats or units that the price does not allow, or no cancellation to withdraw: the error says which.", body = ErrorBody),
        (status = 402, description = "The change was to be charged at once, and the charge failed; nothing has changed. The error is `PaymentFailed`.", body = ErrorBody),
        (status = 409, description = "The subscription is paused, or not paused, or a change to it is being charged: the error is `CannotPauseSubscription`, `NoScheduledPause`, `NotPausedSubscription` or `SubscriptionLocked`.", body = ErrorBody),
        (status = 410, description = "The subscription has ended, so its cancellation cannot be withdrawn.", body = ErrorBody),
        (status = 422, description = "Fields that do not read, or a product, discount or date that the subscription cannot have.", body = ValidationBody),
    )
)]
async fn update(
    caller: Caller<scope::SubscriptionsWrite>,
    PathId(id): PathId,
    guard: IdempotencyGuard,
    body: Body,
) -> Reply<Subscription> {
    let now = caller.context().now;
    let input = body.read(|value, cx| SubscriptionUpdate::read(value, cx, now))?;
    subscriptions::update(&caller, id, &guard, &input)
        .await
        .map(Json)
}

/// Revoke a subscription
///
/// Ends a subscription at once: the customer loses what it gives, and orders that are not paid become void.
///
/// Where it has ended already, the answer is 403 with the error `AlreadyCanceledSubscription`.
#[utoipa::path(
    delete, path = "/v1/subscriptions/{id}", operation_id = "subscriptions:revoke",
    responses(
        (status = 200, description = "Subscription that has ended.", body = Subscription),
        (status = 409, description = "A change to the subscription is being charged: the error is `SubscriptionLocked`.", body = ErrorBody),
    )
)]
async fn revoke(
    caller: Caller<scope::SubscriptionsWrite>,
    PathId(id): PathId,
) -> Reply<Subscription> {
    subscriptions::revoke(&caller, id).await.map(Json)
}

/// Preview the next charge of a subscription
///
/// Tells what the subscription is charged next if nothing changes: its prices, the lines of earlier changes that wait for
/// the next order, the discount, the tax, and the customer's balance.
#[utoipa::path(
    get, path = "/v1/subscriptions/{id}/charge-preview", operation_id = "subscriptions:charge_preview",
    responses((status = 200, description = "Charge that comes next; all zero if none does.", body = SubscriptionChargePreview))
)]
async fn charge_preview(
    caller: Caller<scope::SubscriptionsRead>,
    PathId(id): PathId,
) -> Reply<SubscriptionChargePreview> {
    subscriptions::preview::charge(&caller, id).await.map(Json)
}

/// Preview the end of a subscription
///
/// Tells what would never be collected if the subscription were revoked now.
#[utoipa::path(
    get, path = "/v1/subscriptions/{id}/cancel-preview", operation_id = "subscriptions:cancel_preview",
    responses((status = 200, description = "Collection that would end.", body = SubscriptionCancelPreview))
)]
async fn cancel_preview(
    caller: Caller<scope::SubscriptionsRead>,
    PathId(id): PathId,
) -> Reply<SubscriptionCancelPreview> {
    subscriptions::preview::cancel(&caller, id).await.map(Json)
}

/// Preview a change to a subscription
///
/// Tells what a change would charge at once, and what would be charged next. The body is that of the change itself, and
/// it is refused as the change itself would be; nothing is changed or charged.
#[utoipa::path(
    post, path = "/v1/subscriptions/{id}/change-preview", operation_id = "subscriptions:change_preview",
    request_body(content = SubscriptionUpdate, description = "Change to preview."),
    responses(
        (status = 200, description = "Charges that the change would make.", body = SubscriptionChangePreview),
        (status = 400, description = "Seats or units that the price does not allow, or no cancellation to withdraw: the error says which.", body = ErrorBody),
        (status = 409, description = "The subscription is paused, or not paused, or a change to it is being charged: the error is `CannotPauseSubscription`, `NoScheduledPause`, `NotPausedSubscription` or `SubscriptionLocked`.", body = ErrorBody),
        (status = 410, description = "The subscription has ended, so its cancellation cannot be withdrawn.", body = ErrorBody),
        (status = 422, description = "Fields that do not read, or a product, discount or date that the subscription cannot have.", body = ValidationBody),
    )
)]
async fn change_preview(
    caller: Caller<scope::SubscriptionsWrite>,
    PathId(id): PathId,
    body: Body,
) -> Reply<SubscriptionChangePreview> {
    let now = caller.context().now;
    let input = body.read(|value, cx| SubscriptionUpdate::read(value, cx, now))?;
    subscriptions::preview::change(&caller, id, &input)
        .await
        .map(Json)
}
