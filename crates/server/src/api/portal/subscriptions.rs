//! The `subscriptions` routes of the portal.

use axum::Json;
use till_wire::{
    error::{ErrorBody, ValidationBody},
    page::Page,
    portal::{CustomerSubscription, CustomerSubscriptionRevoke, CustomerSubscriptionUpdate},
    subscriptions::{
        SubscriptionCancelPreview, SubscriptionChangePreview, SubscriptionChargePreview,
    },
};

use crate::{
    actions::portal::subscriptions::{self, ListQuery},
    api::{
        Reply,
        operation::{Operation, operations},
    },
    http::{
        extract::{Body, PageQuery, Params, PathId, PortalCaller},
        idempotency::IdempotencyGuard,
    },
};

/// The routes.
pub(super) const OPERATIONS: &[Operation] = operations![
    list,
    get,
    update,
    cancel,
    revoke,
    charge_preview,
    cancel_preview,
    change_preview
];

/// List subscriptions of the customer
///
/// Lists the customer's subscriptions, the last to start first unless `sorting` says otherwise.
#[utoipa::path(
    get, path = "/v1/customer-portal/subscriptions/", operation_id = "customer_portal:subscriptions:list",
    params(PageQuery, ListQuery),
    responses((status = 200, description = "Page of the customer's subscriptions.", body = Page<CustomerSubscription>))
)]
async fn list(caller: PortalCaller, params: Params) -> Reply<Page<CustomerSubscription>> {
    let listed = subscriptions::list(&caller.app, &caller.viewer, params);
    listed.await.map(Json)
}

/// Get a subscription of the customer
///
/// Returns one subscription with its product and its prices.
#[utoipa::path(
    get, path = "/v1/customer-portal/subscriptions/{id}", operation_id = "customer_portal:subscriptions:get",
    responses((status = 200, description = "Subscription with this ID.", body = CustomerSubscription))
)]
async fn get(caller: PortalCaller, PathId(id): PathId) -> Reply<CustomerSubscription> {
    let found = subscriptions::get(&caller.app, &caller.viewer, id);
    found.await.map(Json)
}

/// Update a subscription of the customer
///
/// Changes a subscription in exactly one way: its product, its seats, a cancellation, a pause, or the change that waits
/// for the end of the period; as far as the settings of the customer portal allow. How a change in the middle of a period
/// is billed, the organization's settings say.
#[utoipa::path(
    patch, path = "/v1/customer-portal/subscriptions/{id}", operation_id = "customer_portal:subscriptions:update",
    request_body(content = CustomerSubscriptionUpdate, description = "Change to make."),
    responses(
        (status = 200, description = "Subscription after the change.", body = CustomerSubscription),
        (status = 400, description = "Seats that the price does not allow, or no cancellation to withdraw: the error says which.", body = ErrorBody),
        (status = 402, description = "The change was to be charged at once, and the charge failed; nothing has changed. The error is `PaymentFailed`.", body = ErrorBody),
        (status = 403, description = "The subscription has ended, or is about to (`AlreadyCanceledSubscription`); the organization does not let its customers do this (`NotPermitted`, `PauseResumeNotAllowed`); or the holder of the token is a member whose role does not allow it (`NotPermitted`).", body = ErrorBody),
        (status = 409, description = "No payment method is saved (`PaymentMethodRequired`); the subscription is paused, or not paused, or a change to it is being charged: the error is `CannotPauseSubscription`, `NoScheduledPause`, `NotPausedSubscription` or `SubscriptionLocked`.", body = ErrorBody),
        (status = 410, description = "The subscription has ended, so its cancellation cannot be withdrawn.", body = ErrorBody),
        (status = 422, description = "Fields that do not read, or a product or date that the subscription cannot have.", body = ValidationBody),
    )
)]
async fn update(
    caller: PortalCaller,
    PathId(id): PathId,
    guard: IdempotencyGuard,
    body: Body,
) -> Reply<CustomerSubscription> {
    let viewer = caller.viewer.billing()?;
    let now = caller.app.now_of(&viewer.organization);
    let input = body.read(|value, cx| CustomerSubscriptionUpdate::read(value, cx, now))?;
    let updated = subscriptions::update(&caller.app, viewer, id, &guard, &input);
    updated.await.map(Json)
}

/// Cancel a subscription of the customer
///
/// Cancels a subscription at the end of its current period.
#[utoipa::path(
    delete, path = "/v1/customer-portal/subscriptions/{id}", operation_id = "customer_portal:subscriptions:cancel",
    responses(
        (status = 200, description = "Subscription that ends with its period.", body = CustomerSubscription),
        (status = 403, description = "The subscription has ended, or is about to, and the error is `AlreadyCanceledSubscription`; or the holder of the token is a member whose role does not allow this.", body = ErrorBody),
        (status = 409, description = "A change to the subscription is being charged: the error is `SubscriptionLocked`.", body = ErrorBody),
    )
)]
async fn cancel(caller: PortalCaller, PathId(id): PathId) -> Reply<CustomerSubscription> {
    let viewer = caller.viewer.billing()?;
    let canceled = subscriptions::cancel(&caller.app, viewer, id);
    canceled.await.map(Json)
}

/// Revoke a subscription of the customer
///
/// Ends a subscription at once whose renewal was not paid: what is owed for it becomes void. Only where the organization
/// takes benefits away without a period of grace; otherwise the answer is 409.
#[utoipa::path(
    post, path = "/v1/customer-portal/subscriptions/{id}/revoke",
    operation_id = "customer_portal:subscriptions:revoke",
    request_body(content = CustomerSubscriptionRevoke, description = "Why it ends; an empty object will do."),
    responses(
        (status = 200, description = "Subscription that has ended.", body = CustomerSubscription),
        (status = 403, description = "The subscription has ended, and the error is `AlreadyCanceledSubscription`; or the holder of the token is a member whose role does not allow this.", body = ErrorBody),
        (status = 409, description = "The subscription is not one that its customer can end at once (`CannotRevokeSubscription`), or a change to it is being charged (`SubscriptionLocked`).", body = ErrorBody),
    )
)]
async fn revoke(
    caller: PortalCaller,
    PathId(id): PathId,
    guard: IdempotencyGuard,
    body: Body,
) -> Reply<CustomerSubscription> {
    let viewer = caller.viewer.billing()?;
    let why = body.read(CustomerSubscriptionRevoke::read)?.cancellation;
    let revoked = subscriptions::revoke(&caller.app, viewer, id, &guard, why);
    revoked.await.map(Json)
}

/// Preview the next charge of the customer's subscription
///
/// Tells what the subscription is charged next if nothing changes: its prices, the lines of earlier changes that wait for
/// the next order, the discount, the tax, and the customer's balance.
#[utoipa::path(
    get, path = "/v1/customer-portal/subscriptions/{id}/charge-preview",
    operation_id = "customer_portal:subscriptions:charge_preview",
    responses((status = 200, description = "Charge that comes next; all zero if none does.", body = SubscriptionChargePreview))
)]
async fn charge_preview(
    caller: PortalCaller,
    PathId(id): PathId,
) -> Reply<SubscriptionChargePreview> {
    let viewer = caller.viewer.billing()?;
    let preview = subscriptions::charge_preview(&caller.app, viewer, id);
    preview.await.map(Json)
}

/// Preview the end of the customer's subscription
///
/// Tells what an end at once would leave unpaid.
#[utoipa::path(
    get, path = "/v1/customer-portal/subscriptions/{id}/cancel-preview",
    operation_id = "customer_portal:subscriptions:cancel_preview",
    responses((status = 200, description = "Result of an end at once.", body = SubscriptionCancelPreview))
)]
async fn cancel_preview(
    caller: PortalCaller,
    PathId(id): PathId,
) -> Reply<SubscriptionCancelPreview> {
    let viewer = caller.viewer.billing()?;
    let preview = subscriptions::cancel_preview(&caller.app, viewer, id);
    preview.await.map(Json)
}

/// Preview a change of the customer's subscription
///
/// Tells what a change would charge at once, and what would be charged next. Nothing changes.
#[utoipa::path(
    post, path = "/v1/customer-portal/subscriptions/{id}/change-preview",
    operation_id = "customer_portal:subscriptions:change_preview",
    request_body(content = CustomerSubscriptionUpdate, description = "Change to preview."),
    responses(
        (status = 200, description = "Result of the change.", body = SubscriptionChangePreview),
        (status = 400, description = "Seats that the price does not allow, or no cancellation to withdraw: the error says which.", body = ErrorBody),
        (status = 402, description = "The change would be charged, and no payment method is saved: the error is `PaymentFailed`.", body = ErrorBody),
        (status = 403, description = "The subscription has ended, or is about to (`AlreadyCanceledSubscription`); the organization does not let its customers do this (`NotPermitted`, `PauseResumeNotAllowed`); or the holder of the token is a member whose role does not allow it (`NotPermitted`).", body = ErrorBody),
        (status = 409, description = "As for the change.", body = ErrorBody),
        (status = 410, description = "The subscription has ended, so its cancellation cannot be withdrawn.", body = ErrorBody),
        (status = 422, description = "Fields that do not read, or a product or date that the subscription cannot have.", body = ValidationBody),
    )
)]
async fn change_preview(
    caller: PortalCaller,
    PathId(id): PathId,
    body: Body,
) -> Reply<SubscriptionChangePreview> {
    let viewer = caller.viewer.billing()?;
    let now = caller.app.now_of(&viewer.organization);
    let input = body.read(|value, cx| CustomerSubscriptionUpdate::read(value, cx, now))?;
    let preview = subscriptions::change_preview(&caller.app, viewer, id, &input);
    preview.await.map(Json)
}
