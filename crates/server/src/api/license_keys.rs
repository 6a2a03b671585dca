//! The `license-keys` routes.

use std::sync::Arc;

use axum::{
    Json,
    routing::{MethodRouter, get as get_method},
};
use till_wire::{
    error::ErrorBody,
    license_keys::{
        LicenseKeyActivate, LicenseKeyActivationRead, LicenseKeyDeactivate, LicenseKeyRead,
        LicenseKeyUpdate, LicenseKeyValidate, LicenseKeyWithActivations, ValidatedLicenseKey,
    },
    page::Page,
};

use super::{
    NoContent, Reply, no_content,
    operation::{Operation, operations},
};
use crate::{
    actions::license_keys::{self, KeyUser, ListQuery},
    app::App,
    http::{
        extract::{
            ActivationId, Body, Caller, OrganizationQuery, PageQuery, Params, PathId, scope,
        },
        idempotency::IdempotencyGuard,
    },
};

/// The routes.
pub(super) const OPERATIONS: &[Operation] = operations![
    list,
    get,
    update,
    get_activation,
    validate,
    activate,
    deactivate
];

/// The list's address in older clients, of which some follow no redirection (docs/behaviour: license-keys/without-slash).
pub(super) const WITHOUT_SLASH: &str = "/v1/license-keys";

/// The list at that address.
pub(super) fn without_slash() -> MethodRouter<Arc<App>> {
    get_method(list)
}

/// List license keys
///
/// Lists the license keys of your organization, oldest first, including those that were revoked.
#[utoipa::path(
    get, path = "/v1/license-keys/", operation_id = "license_keys:list",
    params(PageQuery, OrganizationQuery, ListQuery),
    responses((status = 200, description = "Page of license keys.", body = Page<LicenseKeyRead>))
)]
async fn list(
    caller: Caller<scope::LicenseKeysRead>,
    params: Params,
) -> Reply<Page<LicenseKeyRead>> {
    license_keys::list(&caller, params).await.map(Json)
}

/// Get a license key
///
/// Returns one license key with its activations.
#[utoipa::path(
    get, path = "/v1/license-keys/{id}", operation_id = "license_keys:get",
    responses((status = 200, description = "License key with this ID.", body = LicenseKeyWithActivations))
)]
async fn get(
    caller: Caller<scope::LicenseKeysRead>,
    PathId(id): PathId,
) -> Reply<LicenseKeyWithActivations> {
    license_keys::get(&caller, id).await.map(Json)
}

/// Update a license key
///
/// Changes a license key: its status, usage, limits or end. The status `revoked` revokes the grant of the benefit, and
/// `granted` or `disabled` grant it again, unless the purchase no longer gives the benefit: then the key is revoked again
/// within seconds. A key that is `disabled` cannot be used, but its benefit stays granted.
#[utoipa::path(
    patch, path = "/v1/license-keys/{id}", operation_id = "license_keys:update",
    request_body(content = LicenseKeyUpdate, description = "Fields to change."),
    responses((status = 200, description = "License key after the change.", body = LicenseKeyRead))
)]
async fn update(
    caller: Caller<scope::LicenseKeysWrite>,
    PathId(id): PathId,
    body: Body,
) -> Reply<LicenseKeyRead> {
    let input = body.read(LicenseKeyUpdate::read)?;
    license_keys::update(&caller, id, input).await.map(Json)
}

/// Get an activation
///
/// Returns one activation of a license key, with the key.
#[utoipa::path(
    get, path = "/v1/license-keys/{id}/activations/{activation_id}", operation_id = "license_keys:get_activation",
    params(("activation_id" = Uuid, Path, description = "ID of the activation.")),
    responses((status = 200, description = "Activation with this ID.", body = LicenseKeyActivationRead))
)]
async fn get_activation(
    caller: Caller<scope::LicenseKeysRead>,
    PathId(id): PathId,
    ActivationId(activation_id): ActivationId,
) -> Reply<LicenseKeyActivationRead> {
    let shown = license_keys::get_activation(&caller, id, activation_id);
    shown.await.map(Json)
}

/// Validate a license key
///
/// Checks whether a license key can be used, and counts the validation. Whatever the request names must match: the
/// activation with its conditions, the benefit and the customer. `increment_usage` raises the usage of the key. A validation
/// that is refused changes nothing.
#[utoipa::path(
    post, path = "/v1/license-keys/validate", operation_id = "license_keys:validate",
    request_body(content = LicenseKeyValidate, description = "License key to validate."),
    responses(
        (status = 200, description = "License key, which is valid.", body = ValidatedLicenseKey),
        (status = 400, description = "Less is left of the key's usage than `increment_usage` (`BadRequest`).", body = ErrorBody),
        (status = 404, description = "There is no such license key, it cannot be used, or it is not the one that the request describes.", body = ErrorBody),
    )
)]
async fn validate(
    caller: Caller<scope::LicenseKeysWrite>,
    guard: IdempotencyGuard,
    body: Body,
) -> Reply<ValidatedLicenseKey> {
    let input = body.read(LicenseKeyValidate::read)?;
    let user = KeyUser::merchant(&caller);
    user.validate(&guard, input).await.map(Json)
}

/// Activate a license key
///
/// Activates a license key for one place where it is used, such as a computer. Keep the activation's ID there and send it
/// with each validation. Only license keys with a limit of activations can be activated. One that cannot be used, or has
/// reached its limit, is refused with 403 `NotPermitted`.
#[utoipa::path(
    post, path = "/v1/license-keys/activate", operation_id = "license_keys:activate",
    request_body(content = LicenseKeyActivate, description = "License key to activate."),
    responses(
        (status = 200, description = "Activation that was created.", body = LicenseKeyActivationRead),
        (status = 404, description = "There is no such license key.", body = ErrorBody),
    )
)]
async fn activate(
    caller: Caller<scope::LicenseKeysWrite>,
    guard: IdempotencyGuard,
    body: Body,
) -> Reply<LicenseKeyActivationRead> {
    let input = body.read(LicenseKeyActivate::read)?;
    let user = KeyUser::merchant(&caller);
    user.activate(&guard, input).await.map(Json)
}

/// Deactivate a license key
///
/// Ends an activation of a license key, so that there is room for another one. This also works when the key can no longer be
/// used.
#[utoipa::path(
    post, path = "/v1/license-keys/deactivate", operation_id = "license_keys:deactivate",
    request_body(content = LicenseKeyDeactivate, description = "Activation to end."),
    responses(
        (status = 204, description = "The activation has ended."),
        (status = 404, description = "There is no such license key, or no such activation of it.", body = ErrorBody),
    )
)]
async fn deactivate(
    caller: Caller<scope::LicenseKeysWrite>,
    guard: IdempotencyGuard,
    body: Body,
) -> NoContent {
    let input = body.read(LicenseKeyDeactivate::read)?;
    let user = KeyUser::merchant(&caller);
    user.deactivate(&guard, input).await.map(no_content)
}
