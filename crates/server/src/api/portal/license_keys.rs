//! The `license-keys` routes of the portal, and those of programs that run at customers', without a token.

use std::sync::Arc;

use axum::{Json, extract::State};
use till_wire::{
    error::ErrorBody,
    license_keys::{
        LicenseKeyActivate, LicenseKeyActivationRead, LicenseKeyDeactivate, LicenseKeyRead,
        LicenseKeyValidate, LicenseKeyWithActivations, ValidatedLicenseKey,
    },
    page::Page,
};

use crate::{
    actions::{
        license_keys::KeyUser,
        portal::license_keys::{self, ListQuery},
    },
    api::{
        NoContent, Reply, no_content,
        operation::{Operation, operations},
    },
    app::App,
    http::{
        extract::{Body, PageQuery, Params, PathId, PortalCaller},
        idempotency::IdempotencyGuard,
        limits::{self, Network},
    },
};

/// The routes.
pub(super) const OPERATIONS: &[Operation] = operations![list, get, validate, activate, deactivate];

/// List license keys of the customer
///
/// Lists the license keys that the customer has now, of public benefits, oldest first. A member sees their own; the owner
/// also sees those of the customer.
#[utoipa::path(
    get, path = "/v1/customer-portal/license-keys/", operation_id = "customer_portal:license_keys:list",
    params(PageQuery, ListQuery),
    responses((status = 200, description = "Page of the customer's license keys.", body = Page<LicenseKeyRead>))
)]
async fn list(caller: PortalCaller, params: Params) -> Reply<Page<LicenseKeyRead>> {
    let listed = license_keys::list(&caller.app, &caller.viewer, params);
    listed.await.map(Json)
}

/// Get a license key of the customer
///
/// Returns one license key. Its activations are shown if the benefit lets customers manage them. One that was revoked is not
/// found.
#[utoipa::path(
    get, path = "/v1/customer-portal/license-keys/{id}", operation_id = "customer_portal:license_keys:get",
    responses((status = 200, description = "License key with this ID.", body = LicenseKeyWithActivations))
)]
async fn get(caller: PortalCaller, PathId(id): PathId) -> Reply<LicenseKeyWithActivations> {
    let shown = license_keys::get(&caller.app, &caller.viewer, id);
    shown.await.map(Json)
}

/// Validate a license key without a token
///
/// Checks whether a license key can be used, and counts the validation, as `POST /v1/license-keys/validate` does.
/// It needs no token, so programs on your customers' computers can call it. Each network can validate, activate and
/// deactivate without a token three times a second in all.
#[utoipa::path(
    post, path = "/v1/customer-portal/license-keys/validate", operation_id = "customer_portal:license_keys:validate",
    request_body(content = LicenseKeyValidate, description = "License key to validate."),
    responses(
        (status = 200, description = "License key, which is valid.", body = ValidatedLicenseKey),
        (status = 400, description = "Less is left of the key's usage than `increment_usage` (`BadRequest`).", body = ErrorBody),
        (status = 404, description = "There is no such license key, it cannot be used, or it is not the one that the request describes.", body = ErrorBody),
    ),
    security(()),
)]
async fn validate(
    State(app): State<Arc<App>>,
    network: Network,
    guard: IdempotencyGuard,
    body: Body,
) -> Reply<ValidatedLicenseKey> {
    limits::using_key(&app, &network)?;
    let input = body.read(LicenseKeyValidate::read)?;
    let user = KeyUser::anybody(&app);
    user.validate(&guard, input).await.map(Json)
}

/// Activate a license key without a token
///
/// Activates a license key for one place where it is used, as `POST /v1/license-keys/activate` does, without a token.
#[utoipa::path(
    post, path = "/v1/customer-portal/license-keys/activate", operation_id = "customer_portal:license_keys:activate",
    request_body(content = LicenseKeyActivate, description = "License key to activate."),
    responses(
        (status = 200, description = "Activation that was created.", body = LicenseKeyActivationRead),
        (status = 403, description = "The license key cannot be used, does not support activations, or has reached its limit.", body = ErrorBody),
        (status = 404, description = "There is no such license key.", body = ErrorBody),
    ),
    security(()),
)]
async fn activate(
    State(app): State<Arc<App>>,
    network: Network,
    guard: IdempotencyGuard,
    body: Body,
) -> Reply<LicenseKeyActivationRead> {
    limits::using_key(&app, &network)?;
    let input = body.read(LicenseKeyActivate::read)?;
    let user = KeyUser::anybody(&app);
    user.activate(&guard, input).await.map(Json)
}

/// Deactivate a license key without a token
///
/// Ends an activation of a license key, as `POST /v1/license-keys/deactivate` does, without a token.
#[utoipa::path(
    post, path = "/v1/customer-portal/license-keys/deactivate", operation_id = "customer_portal:license_keys:deactivate",
    request_body(content = LicenseKeyDeactivate, description = "Activation to end."),
    responses(
        (status = 204, description = "The activation has ended."),
        (status = 404, description = "There is no such license key, or no such activation of it.", body = ErrorBody),
    ),
    security(()),
)]
async fn deactivate(
    State(app): State<Arc<App>>,
    network: Network,
    guard: IdempotencyGuard,
    body: Body,
) -> NoContent {
    limits::using_key(&app, &network)?;
    let input = body.read(LicenseKeyDeactivate::read)?;
    let user = KeyUser::anybody(&app);
    user.deactivate(&guard, input).await.map(no_content)
}
