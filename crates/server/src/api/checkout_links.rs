//! The `checkout-links` routes; what their visitors meet is in `visit`.

pub(crate) mod visit;

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use till_core::{checkout_links, kernel::records::CheckoutLink as Row};
use till_store::List;
use till_wire::{
    checkout_links::{CheckoutLink, CheckoutLinkCreate, CheckoutLinkUpdate},
    checkouts::Offer,
    page::Page,
};
use uuid::Uuid;

use super::operation::{Operation, operations};
use crate::{
    app::App,
    http::{
        error::{ApiError, Found},
        extract::{
            Body, Caller, Filtered, OrganizationQuery, PageQuery, Params, PathId,
            query::{Sorted, ids, query, sorting},
            scope,
        },
        idempotency::IdempotencyGuard,
    },
};

/// The routes.
pub(super) const OPERATIONS: &[Operation] = operations![list, create, get, update, delete];

const SORT_KEYS: [(&str, &str); 4] = [
    ("created_at", "created_at"),
    ("label", "label"),
    ("success_url", "success_url"),
    ("allow_discount_codes", "allow_discount_codes"),
];

query! {
    /// What a list of links may be asked for.
    struct ListQuery {
        /// That sell one of these products.
        product_id: Vec<Uuid> = ids(),
        sorting: Sorted = sorting(&SORT_KEYS, "created_at"),
    }
}

/// Lists checkout links.
#[utoipa::path(
    get, path = "/v1/checkout-links/", operation_id = "checkout-links:list", tag = "checkout_links",
    params(PageQuery, OrganizationQuery, ListQuery),
    responses((status = 200, description = "A page.", body = Page<CheckoutLink>)),
    security(("access_token" = []))
)]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller<scope::CheckoutLinksRead>,
    mut params: Params,
) -> Result<Json<Page<CheckoutLink>>, ApiError> {
    let sent = ListQuery::read(&mut params);
    let own = &caller.organization;
    let list = List::of::<Row>(own.id)
        .is_null("deleted_at")
        .ids("organization_id", params.organizations())
        .holding("product_ids", &sent.product_id)
        .sorted(sent.sorting);
    let (rows, page) = params.page::<Row>(&app, list).await?;
    let linked = app.store.linked(own.id, rows).await?;
    Ok(page.of(linked.iter().map(|l| l.view(own, &app.urls))))
}

/// Creates a checkout link.
#[utoipa::path(
    post, path = "/v1/checkout-links/", operation_id = "checkout-links:create", tag = "checkout_links",
    request_body = CheckoutLinkCreate,
    responses((status = 201, description = "The new link.", body = CheckoutLink)),
    security(("access_token" = []))
)]
pub(crate) async fn create(
    State(app): State<Arc<App>>,
    caller: Caller<scope::CheckoutLinksWrite>,
    guard: IdempotencyGuard,
    body: Body,
) -> Result<(StatusCode, Json<CheckoutLink>), ApiError> {
    let input = body.read(CheckoutLinkCreate::read)?;
    let own = &caller.organization;
    let loaded = app
        .store
        .linkable(own.id, &input.offer, input.discount_id)
        .await?;
    let made = checkout_links::create(input, own, loaded, &app.context())?;
    app.reply(&guard, StatusCode::CREATED, made, |linked| {
        linked.view(own, &app.urls)
    })
    .await
}

/// Shows a checkout link.
#[utoipa::path(
    get, path = "/v1/checkout-links/{id}", operation_id = "checkout-links:get", tag = "checkout_links",
    params(("id" = Uuid, Path, description = "The link.")),
    responses((status = 200, description = "The link.", body = CheckoutLink)),
    security(("access_token" = []))
)]
pub(crate) async fn get(
    State(app): State<Arc<App>>,
    caller: Caller<scope::CheckoutLinksRead>,
    PathId(id): PathId,
) -> Result<Json<CheckoutLink>, ApiError> {
    let own = &caller.organization;
    let link = app.store.checkout_link(own.id, id).await.found()?;
    let linked = app.store.linked(own.id, vec![link]).await?;
    Ok(Json(linked.first().found()?.view(own, &app.urls)))
}

/// Changes a checkout link.
#[utoipa::path(
    patch, path = "/v1/checkout-links/{id}", operation_id = "checkout-links:update", tag = "checkout_links",
    params(("id" = Uuid, Path, description = "The link.")),
    request_body = CheckoutLinkUpdate,
    responses((status = 200, description = "The changed link.", body = CheckoutLink)),
    security(("access_token" = []))
)]
pub(crate) async fn update(
    State(app): State<Arc<App>>,
    caller: Caller<scope::CheckoutLinksWrite>,
    PathId(id): PathId,
    body: Body,
) -> Result<Json<CheckoutLink>, ApiError> {
    let input = body.read(CheckoutLinkUpdate::read)?;
    let own = &caller.organization;
    app.retry_on_conflict(|| async {
        let link = app.store.checkout_link(own.id, id).await.found()?;
        let products = input.products.as_ref().unwrap_or(&link.product_ids.0);
        let discount = input.discount_id.clone().change();
        let loaded = app
            .store
            .linkable(
                own.id,
                &Offer::Products(products.clone()),
                discount.unwrap_or(link.discount_id),
            )
            .await?;
        let updated = checkout_links::update(&link, input.clone(), loaded, &app.context())?;
        let linked = app.apply(updated).await?;
        Ok(Json(linked.view(own, &app.urls)))
    })
    .await
}

/// Deletes a checkout link. Sessions that it has opened stay.
#[utoipa::path(
    delete, path = "/v1/checkout-links/{id}", operation_id = "checkout-links:delete", tag = "checkout_links",
    params(("id" = Uuid, Path, description = "The link.")),
    responses((status = 204, description = "It is deleted.")),
    security(("access_token" = []))
)]
pub(crate) async fn delete(
    State(app): State<Arc<App>>,
    caller: Caller<scope::CheckoutLinksWrite>,
    PathId(id): PathId,
) -> Result<StatusCode, ApiError> {
    app.retry_on_conflict(|| async {
        let own = caller.organization.id;
        let link = app.store.checkout_link(own, id).await.found()?;
        app.commit(checkout_links::delete(&link, &app.context()))
            .await?;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}
