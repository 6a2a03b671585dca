//! The `products` routes.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use till_core::{
    catalog::products::{self, ProductWithPrices},
    kernel::{changes::Value, records::Product as Row},
};
use till_store::List;
use till_wire::{
    page::Page,
    products::{
        Product, ProductBenefitsUpdate, ProductCreate, ProductUpdate, Visibility, fields_of,
        meters_of,
    },
};
use uuid::Uuid;

use super::operation::{Operation, operations};
use crate::{
    app::App,
    http::{
        error::{ApiError, Found},
        extract::{
            Body, Caller, Filtered, OrganizationQuery, PageQuery, Params, PathId,
            query::{MetadataFilters, Sorted, flag, ids, metadata, query, sorting, text, words},
            scope,
        },
        idempotency::IdempotencyGuard,
    },
};

/// The routes.
pub(super) const OPERATIONS: &[Operation] = operations![list, create, get, update, include];

const SORT_KEYS: [(&str, &str); 4] = [
    ("created_at", "created_at"),
    ("name", "name"),
    ("price_amount_type", "price_amount_type"),
    ("price_amount", "price_amount"),
];

query! {
    /// What a list of products may be asked for.
    struct ListQuery {
        /// Only these.
        id: Vec<Uuid> = ids(),
        /// Only names that contain this, in any case.
        query: Option<String> = text(),
        /// Only archived ones, or only others.
        is_archived: Option<bool> = flag(),
        /// Only subscriptions, or only one-time purchases.
        is_recurring: Option<bool> = flag(),
        /// Only products with one of these benefits.
        benefit_id: Vec<Uuid> = ids(),
        /// Only of these visibilities.
        visibility: Vec<Visibility> = words::<Visibility>(),
        metadata: MetadataFilters = metadata(),
        sorting: Sorted = sorting(&SORT_KEYS, "-created_at"),
    }
}

/// Lists products.
#[utoipa::path(
    get, path = "/v1/products/", operation_id = "products:list", tag = "products",
    params(PageQuery, OrganizationQuery, ListQuery),
    responses((status = 200, description = "A page.", body = Page<Product>)),
    security(("access_token" = []))
)]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller<scope::ProductsRead>,
    mut params: Params,
) -> Result<Json<Page<Product>>, ApiError> {
    let sent = ListQuery::read(&mut params);
    let own = caller.organization.id;
    let mut list = List::of::<Row>(own)
        .ids("id", sent.id)
        .ids("organization_id", params.organizations())
        .words("visibility", sent.visibility)
        .holding("benefit_ids", &sent.benefit_id)
        .all_metadata(&sent.metadata)
        .sorted(sent.sorting);
    if let Some(text) = sent.query {
        list = list.contains_ci("name", &text);
    }
    if let Some(archived) = sent.is_archived {
        list = list.eq("is_archived", Value::Bool(archived));
    }
    list = match sent.is_recurring {
        Some(true) => list.not_null("recurring_interval"),
        Some(false) => list.is_null("recurring_interval"),
        None => list,
    };
    let (rows, page) = params.page::<Row>(&app, list).await?;
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let mut offered = app.store.offered(own, &ids).await?;
    offered.sort_by_key(|one| ids.iter().position(|id| *id == one.product.id));
    Ok(page.of(offered.iter().map(ProductWithPrices::view)))
}

/// Shows a product.
#[utoipa::path(
    get, path = "/v1/products/{id}", operation_id = "products:get", tag = "products",
    params(("id" = Uuid, Path, description = "The product.")),
    responses((status = 200, description = "The product.", body = Product)),
    security(("access_token" = []))
)]
pub(crate) async fn get(
    State(app): State<Arc<App>>,
    caller: Caller<scope::ProductsRead>,
    PathId(id): PathId,
) -> Result<Json<Product>, ApiError> {
    let found = app.store.offered(caller.organization.id, &[id]).await?;
    Ok(Json(found.first().found()?.view()))
}

/// Creates a product with its prices.
#[utoipa::path(
    post, path = "/v1/products/", operation_id = "products:create", tag = "products",
    request_body = ProductCreate,
    responses((status = 201, description = "The new product.", body = Product)),
    security(("access_token" = []))
)]
pub(crate) async fn create(
    State(app): State<Arc<App>>,
    caller: Caller<scope::ProductsWrite>,
    guard: IdempotencyGuard,
    body: Body,
) -> Result<(StatusCode, Json<Product>), ApiError> {
    let input = body.read(ProductCreate::read)?;
    let own = &caller.organization;
    let (meters, fields) = (
        meters_of(&input.prices),
        fields_of(&input.attached_custom_fields),
    );
    app.retry_on_conflict(|| async {
        let (subscribers, named) = tokio::try_join!(
            app.store.subscribers(own.id),
            app.store
                .named_by_product(own.id, &meters, &fields, &input.medias)
        )?;
        let made = products::create(input.clone(), own, &named, &subscribers, &app.context())?;
        app.reply(&guard, StatusCode::CREATED, made, |now| now.view())
            .await
    })
    .await
}

/// Changes a product. `prices` is the whole list: prices named by `id` stay, the others are archived.
#[utoipa::path(
    patch, path = "/v1/products/{id}", operation_id = "products:update", tag = "products",
    params(("id" = Uuid, Path, description = "The product.")),
    request_body = ProductUpdate,
    responses((status = 200, description = "The changed product.", body = Product)),
    security(("access_token" = []))
)]
pub(crate) async fn update(
    State(app): State<Arc<App>>,
    caller: Caller<scope::ProductsWrite>,
    PathId(id): PathId,
    body: Body,
) -> Result<Json<Product>, ApiError> {
    let input = body.read(ProductUpdate::read)?;
    let own = &caller.organization;
    let meters = meters_of(input.prices.as_deref().unwrap_or_default());
    let fields = fields_of(input.attached_custom_fields.as_deref().unwrap_or_default());
    let medias = input.medias.as_deref().unwrap_or_default();
    app.retry_on_conflict(|| async {
        let wanted = [id];
        let links = async {
            match input.is_archived {
                Some(true) => app.store.links_to(own.id, id).await,
                _ => Ok(Vec::new()),
            }
        };
        let (found, subscribers, named, links) = tokio::try_join!(
            app.store.offered(own.id, &wanted),
            app.store.subscribers(own.id),
            app.store.named_by_product(own.id, &meters, &fields, medias),
            links
        )?;
        let (old, ctx) = (found.first().found()?, app.context());
        let updated =
            products::update(old, input.clone(), own, &named, &links, &subscribers, &ctx)?;
        Ok(Json(app.apply(updated).await?.view()))
    })
    .await
}

/// Replaces the benefits of a product; their order is the order of display.
#[utoipa::path(
    post, path = "/v1/products/{id}/benefits", operation_id = "products:update_benefits", tag = "products",
    params(("id" = Uuid, Path, description = "The product.")),
    request_body = ProductBenefitsUpdate,
    responses((status = 200, description = "The changed product.", body = Product)),
    security(("access_token" = []))
)]
pub(crate) async fn include(
    State(app): State<Arc<App>>,
    caller: Caller<scope::ProductsWrite>,
    PathId(id): PathId,
    guard: IdempotencyGuard,
    body: Body,
) -> Result<Json<Product>, ApiError> {
    let input = body.read(ProductBenefitsUpdate::read)?;
    let own = caller.organization.id;
    app.retry_on_conflict(|| async {
        let wanted = [id];
        let (found, subscribers, benefits) = tokio::try_join!(
            app.store.offered(own, &wanted),
            app.store.subscribers(own),
            app.store.benefits(own, &input.benefits)
        )?;
        let (old, ctx) = (found.first().found()?, app.context());
        let updated = products::include(old, input.clone(), &benefits, &subscribers, &ctx)?;
        let (_, view) = app
            .reply(&guard, StatusCode::OK, updated, |now| now.view())
            .await?;
        Ok(view)
    })
    .await
}
