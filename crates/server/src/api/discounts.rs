//! The `discounts` routes.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use till_core::{
    discounts,
    kernel::records::{Discount as Row, Product},
};
use till_store::List;
use till_wire::{
    discounts::{Discount, DiscountCreate, DiscountUpdate},
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
            query::{Sorted, query, sorting, text},
            scope,
        },
        idempotency::IdempotencyGuard,
    },
};

/// The routes.
pub(super) const OPERATIONS: &[Operation] = operations![list, create, get, update, delete];

const SORT_KEYS: [(&str, &str); 5] = [
    ("created_at", "created_at"),
    ("name", "name"),
    ("code", "code"),
    ("redemptions_count", "redemptions_count"),
    ("ends_at", "ends_at"),
];

query! {
    /// What a list of discounts may be asked for.
    struct ListQuery {
        /// Only with a name or a code that contains this, in any case.
        query: Option<String> = text(),
        sorting: Sorted = sorting(&SORT_KEYS, "-created_at"),
    }
}

/// Lists discounts.
#[utoipa::path(
    get, path = "/v1/discounts/", operation_id = "discounts:list", tag = "discounts",
    params(PageQuery, OrganizationQuery, ListQuery),
    responses((status = 200, description = "A page.", body = Page<Discount>)),
    security(("access_token" = []))
)]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller<scope::DiscountsRead>,
    mut params: Params,
) -> Result<Json<Page<Discount>>, ApiError> {
    let sent = ListQuery::read(&mut params);
    let own = &caller.organization;
    let mut list = List::of::<Row>(own.id)
        .ids("organization_id", params.organizations())
        .is_null("deleted_at")
        .sorted(sent.sorting);
    if let Some(text) = sent.query {
        list = list.search(&["name", "code"], &[], &text);
    }
    let (rows, page) = params.page::<Row>(&app, list).await?;
    let known = products(&app, own.id, rows.iter().flat_map(|row| &row.product_ids.0)).await?;
    let view = |row: &Row| row.view(own.default_currency, &known);
    Ok(page.of(rows.iter().map(view)))
}

/// The products that discounts are for.
async fn products<'a>(
    app: &App,
    own: Uuid,
    ids: impl Iterator<Item = &'a Uuid>,
) -> Result<Vec<Product>, ApiError> {
    let mut ids: Vec<Uuid> = ids.copied().collect();
    ids.sort_unstable();
    ids.dedup();
    Ok(app.store.bare_products(own, &ids).await?)
}

/// The live discount that has a code.
async fn holder(app: &App, own: Uuid, code: Option<&String>) -> Result<Option<Row>, ApiError> {
    match code {
        Some(code) => Ok(app.store.discount_by_code(own, code).await?),
        None => Ok(None),
    }
}

/// Shows a discount.
#[utoipa::path(
    get, path = "/v1/discounts/{id}", operation_id = "discounts:get", tag = "discounts",
    params(("id" = Uuid, Path, description = "The discount.")),
    responses((status = 200, description = "The discount.", body = Discount)),
    security(("access_token" = []))
)]
pub(crate) async fn get(
    State(app): State<Arc<App>>,
    caller: Caller<scope::DiscountsRead>,
    PathId(id): PathId,
) -> Result<Json<Discount>, ApiError> {
    let own = &caller.organization;
    let row = app.store.discount(own.id, id).await.found()?;
    let known = products(&app, own.id, row.product_ids.iter()).await?;
    Ok(Json(row.view(own.default_currency, &known)))
}

/// Creates a discount.
#[utoipa::path(
    post, path = "/v1/discounts/", operation_id = "discounts:create", tag = "discounts",
    request_body = DiscountCreate,
    responses((status = 201, description = "The new discount.", body = Discount)),
    security(("access_token" = []))
)]
pub(crate) async fn create(
    State(app): State<Arc<App>>,
    caller: Caller<scope::DiscountsWrite>,
    guard: IdempotencyGuard,
    body: Body,
) -> Result<(StatusCode, Json<Discount>), ApiError> {
    let input = body.read(DiscountCreate::read)?;
    let own = &caller.organization;
    // Who comes second with a code meets the index, and is told when the code is looked up again.
    app.retry_on_conflict(|| async {
        let (known, holder, subscribers) = tokio::try_join!(
            products(&app, own.id, input.products.iter()),
            holder(&app, own.id, input.code.as_ref()),
            async { Ok(app.store.subscribers(own.id).await?) },
        )?;
        let holder = holder.as_ref();
        let made = discounts::create(
            input.clone(),
            own,
            &known,
            holder,
            &subscribers,
            &app.context(),
        )?;
        app.reply(&guard, StatusCode::CREATED, made, |now| now)
            .await
    })
    .await
}

/// Changes a discount. What it is worth stays once it has been used.
#[utoipa::path(
    patch, path = "/v1/discounts/{id}", operation_id = "discounts:update", tag = "discounts",
    params(("id" = Uuid, Path, description = "The discount.")),
    request_body = DiscountUpdate,
    responses((status = 200, description = "The changed discount.", body = Discount)),
    security(("access_token" = []))
)]
pub(crate) async fn update(
    State(app): State<Arc<App>>,
    caller: Caller<scope::DiscountsWrite>,
    PathId(id): PathId,
    body: Body,
) -> Result<Json<Discount>, ApiError> {
    let input = body.read(DiscountUpdate::read)?;
    let own = &caller.organization;
    app.retry_on_conflict(|| async {
        let row = app.store.discount(own.id, id).await.found()?;
        let wanted = input.products.as_value().into_iter().flatten();
        let (known, holder, subscribers) = tokio::try_join!(
            products(&app, own.id, row.product_ids.iter().chain(wanted)),
            holder(&app, own.id, input.code.as_value()),
            async { Ok(app.store.subscribers(own.id).await?) },
        )?;
        let (holder, ctx) = (holder.as_ref(), app.context());
        let updated =
            discounts::update(&row, input.clone(), own, &known, holder, &subscribers, &ctx)?;
        Ok(Json(app.apply(updated).await?))
    })
    .await
}

/// Deletes a discount: its code is free again. A session that has it already may still be paid with it.
#[utoipa::path(
    delete, path = "/v1/discounts/{id}", operation_id = "discounts:delete", tag = "discounts",
    params(("id" = Uuid, Path, description = "The discount.")),
    responses((status = 204, description = "It is gone.")),
    security(("access_token" = []))
)]
pub(crate) async fn delete(
    State(app): State<Arc<App>>,
    caller: Caller<scope::DiscountsWrite>,
    PathId(id): PathId,
) -> Result<StatusCode, ApiError> {
    let own = &caller.organization;
    app.retry_on_conflict(|| async {
        let row = app.store.discount(own.id, id).await.found()?;
        let (known, subscribers) =
            tokio::try_join!(products(&app, own.id, row.product_ids.iter()), async {
                Ok(app.store.subscribers(own.id).await?)
            },)?;
        let changes = discounts::delete(&row, own, &known, &subscribers, &app.context());
        app.commit(changes).await?;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}
