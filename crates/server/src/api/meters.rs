//! The `meters` routes.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use till_core::{kernel::records::Meter as Row, usage::meters};
use till_store::List;
use till_wire::{
    meters::{Meter, MeterCreate, MeterUpdate},
    page::Page,
};

use super::operation::{Operation, operations};
use crate::{
    app::App,
    http::{
        error::{ApiError, Found},
        extract::{
            Body, Caller, Filtered, OrganizationQuery, PageQuery, Params, PathId,
            query::{MetadataFilters, Sorted, flag, metadata, query, sorting, text},
            scope,
        },
        idempotency::IdempotencyGuard,
    },
};

/// The routes.
pub(super) const OPERATIONS: &[Operation] = operations![list, create, get, update];

const SORT_KEYS: [(&str, &str); 2] = [("name", "name"), ("created_at", "created_at")];

query! {
    /// What a list of meters may be asked for.
    struct ListQuery {
        /// Only names that contain this, in any case.
        query: Option<String> = text(),
        /// Only archived ones, or only others.
        is_archived: Option<bool> = flag(),
        metadata: MetadataFilters = metadata(),
        sorting: Sorted = sorting(&SORT_KEYS, "name"),
    }
}

/// Lists meters.
#[utoipa::path(
    get, path = "/v1/meters/", operation_id = "meters:list", tag = "meters",
    params(PageQuery, OrganizationQuery, ListQuery),
    responses((status = 200, description = "A page.", body = Page<Meter>)),
    security(("access_token" = []))
)]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller<scope::MetersRead>,
    mut params: Params,
) -> Result<Json<Page<Meter>>, ApiError> {
    let sent = ListQuery::read(&mut params);
    let mut list = List::of::<Row>(caller.organization.id)
        .ids("organization_id", params.organizations())
        .all_metadata(&sent.metadata)
        .sorted(sent.sorting);
    if let Some(text) = sent.query {
        list = list.contains_ci("name", &text);
    }
    list = match sent.is_archived {
        Some(true) => list.not_null("archived_at"),
        Some(false) => list.is_null("archived_at"),
        None => list,
    };
    let (rows, page) = params.page::<Row>(&app, list).await?;
    Ok(page.of(rows.iter().map(Row::view)))
}

/// Shows a meter.
#[utoipa::path(
    get, path = "/v1/meters/{id}", operation_id = "meters:get", tag = "meters",
    params(("id" = Uuid, Path, description = "The meter.")),
    responses((status = 200, description = "The meter.", body = Meter)),
    security(("access_token" = []))
)]
pub(crate) async fn get(
    State(app): State<Arc<App>>,
    caller: Caller<scope::MetersRead>,
    PathId(id): PathId,
) -> Result<Json<Meter>, ApiError> {
    let row = app.store.meter(caller.organization.id, id).await.found()?;
    Ok(Json(row.view()))
}

/// Creates a meter.
#[utoipa::path(
    post, path = "/v1/meters/", operation_id = "meters:create", tag = "meters",
    request_body = MeterCreate,
    responses((status = 201, description = "The new meter.", body = Meter)),
    security(("access_token" = []))
)]
pub(crate) async fn create(
    State(app): State<Arc<App>>,
    caller: Caller<scope::MetersWrite>,
    guard: IdempotencyGuard,
    body: Body,
) -> Result<(StatusCode, Json<Meter>), ApiError> {
    let input = body.read(MeterCreate::read)?;
    let made = meters::create(input, &caller.organization, &app.context())?;
    app.reply(&guard, StatusCode::CREATED, made, |now| now.view())
        .await
}

/// Changes a meter. One that an active price or a benefit uses cannot be archived.
#[utoipa::path(
    patch, path = "/v1/meters/{id}", operation_id = "meters:update", tag = "meters",
    params(("id" = Uuid, Path, description = "The meter.")),
    request_body = MeterUpdate,
    responses((status = 200, description = "The changed meter.", body = Meter)),
    security(("access_token" = []))
)]
pub(crate) async fn update(
    State(app): State<Arc<App>>,
    caller: Caller<scope::MetersWrite>,
    PathId(id): PathId,
    body: Body,
) -> Result<Json<Meter>, ApiError> {
    let input = body.read(MeterUpdate::read)?;
    let own = caller.organization.id;
    app.retry_on_conflict(|| async {
        let (found, in_use) =
            tokio::try_join!(app.store.meter(own, id), app.store.meter_in_use(own, id))?;
        let updated = meters::update(&found.found()?, input.clone(), in_use, &app.context())?;
        Ok(Json(app.apply(updated).await?.view()))
    })
    .await
}
