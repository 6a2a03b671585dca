//! The `benefits` routes.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use till_core::{
    catalog::benefits,
    kernel::{changes::Value, records::Benefit as Row},
};
use till_store::List;
use till_wire::{
    benefits::{Benefit, BenefitCreate, BenefitType, BenefitUpdate, BenefitVisibility},
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
            query::{MetadataFilters, Sorted, ids, metadata, query, sorting, text, words},
            scope,
        },
        idempotency::IdempotencyGuard,
    },
};

/// The routes.
pub(super) const OPERATIONS: &[Operation] = operations![list, create, get, update, delete];

/// The order of the `id` filter.
const USER_ORDER: &str = "user_order";

const SORT_KEYS: [(&str, &str); 4] = [
    ("created_at", "created_at"),
    ("description", "description"),
    ("type", "kind"),
    (USER_ORDER, USER_ORDER),
];

query! {
    /// What a list of benefits may be asked for.
    struct ListQuery {
        /// Only these.
        id: Vec<Uuid> = ids(),
        /// None of these.
        exclude_id: Vec<Uuid> = ids(),
        /// Only of these types.
        kind: Vec<BenefitType> as "type" = words::<BenefitType>(),
        /// Only descriptions that contain this, in any case.
        query: Option<String> = text(),
        /// Only of these visibilities.
        visibility: Vec<BenefitVisibility> = words::<BenefitVisibility>(),
        metadata: MetadataFilters = metadata(),
        /// `user_order` is the order of `id`.
        sorting: Sorted = sorting(&SORT_KEYS, "-created_at"),
    }
}

/// Lists benefits.
#[utoipa::path(
    get, path = "/v1/benefits/", operation_id = "benefits:list", tag = "benefits",
    params(PageQuery, OrganizationQuery, ListQuery),
    responses((status = 200, description = "A page.", body = Page<Benefit>)),
    security(("access_token" = []))
)]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller<scope::BenefitsRead>,
    mut params: Params,
) -> Result<Json<Page<Benefit>>, ApiError> {
    let sent = ListQuery::read(&mut params);
    let ids = sent.id;
    let without = sent.exclude_id.into_iter().map(Value::Uuid);
    let mut list = List::of::<Row>(caller.organization.id)
        .is_null("deleted_at")
        .not_in("id", without.collect())
        .ids("organization_id", params.organizations())
        .ids("id", ids.clone())
        .words("kind", sent.kind)
        .words("visibility", sent.visibility)
        .all_metadata(&sent.metadata);
    if let Some(text) = sent.query {
        list = list.contains_ci("description", &text);
    }
    for (key, order) in sent.sorting {
        list = match key {
            USER_ORDER => list.order_ids("id", &ids, order),
            _ => list.sorted(vec![(key, order)]),
        };
    }
    let (rows, page) = params.page::<Row>(&app, list).await?;
    Ok(page.of(rows.iter().map(Row::view)))
}

/// Shows a benefit.
#[utoipa::path(
    get, path = "/v1/benefits/{id}", operation_id = "benefits:get", tag = "benefits",
    params(("id" = Uuid, Path, description = "The benefit.")),
    responses((status = 200, description = "The benefit.", body = Benefit)),
    security(("access_token" = []))
)]
pub(crate) async fn get(
    State(app): State<Arc<App>>,
    caller: Caller<scope::BenefitsRead>,
    PathId(id): PathId,
) -> Result<Json<Benefit>, ApiError> {
    let own = caller.organization.id;
    let row = app.store.benefit(own, id).await.found()?;
    Ok(Json(row.view()))
}

/// Creates a benefit; its `type` says what `properties` hold.
#[utoipa::path(
    post, path = "/v1/benefits/", operation_id = "benefits:create", tag = "benefits",
    request_body = BenefitCreate,
    responses((status = 201, description = "The new benefit.", body = Benefit)),
    security(("access_token" = []))
)]
pub(crate) async fn create(
    State(app): State<Arc<App>>,
    caller: Caller<scope::BenefitsWrite>,
    guard: IdempotencyGuard,
    body: Body,
) -> Result<(StatusCode, Json<Benefit>), ApiError> {
    let input = body.read(BenefitCreate::read)?;
    let own = &caller.organization;
    let (meters, files) = benefits::names(Some(&input.properties));
    app.retry_on_conflict(|| async {
        let (subscribers, named) = tokio::try_join!(
            app.store.subscribers(own.id),
            app.store.named_by_benefit(own.id, &meters, &files)
        )?;
        let made = benefits::create(input.clone(), own, &named, &subscribers, &app.context())?;
        app.reply(&guard, StatusCode::CREATED, made, |now| now.view())
            .await
    })
    .await
}

/// Changes a benefit. `type` is repeated and cannot change; `properties` replaces all of them.
#[utoipa::path(
    patch, path = "/v1/benefits/{id}", operation_id = "benefits:update", tag = "benefits",
    params(("id" = Uuid, Path, description = "The benefit.")),
    request_body = BenefitUpdate,
    responses((status = 200, description = "The changed benefit.", body = Benefit)),
    security(("access_token" = []))
)]
pub(crate) async fn update(
    State(app): State<Arc<App>>,
    caller: Caller<scope::BenefitsWrite>,
    PathId(id): PathId,
    body: Body,
) -> Result<Json<Benefit>, ApiError> {
    let input = body.read(BenefitUpdate::read)?;
    let own = &caller.organization;
    let (meters, files) = benefits::names(input.properties.as_ref());
    app.retry_on_conflict(|| async {
        let row = app.store.benefit(own.id, id).await.found()?;
        let (subscribers, named) = tokio::try_join!(
            app.store.subscribers(own.id),
            app.store.named_by_benefit(own.id, &meters, &files)
        )?;
        let updated = benefits::update(&row, input.clone(), &named, &subscribers, &app.context())?;
        Ok(Json(app.apply(updated).await?.view()))
    })
    .await
}

/// Deletes a benefit: no product includes it any more.
#[utoipa::path(
    delete, path = "/v1/benefits/{id}", operation_id = "benefits:delete", tag = "benefits",
    params(("id" = Uuid, Path, description = "The benefit.")),
    responses((status = 204, description = "It is gone.")),
    security(("access_token" = []))
)]
pub(crate) async fn delete(
    State(app): State<Arc<App>>,
    caller: Caller<scope::BenefitsWrite>,
    PathId(id): PathId,
) -> Result<StatusCode, ApiError> {
    let own = caller.organization.id;
    app.retry_on_conflict(|| async {
        let row = app.store.benefit(own, id).await.found()?;
        let subscribers = app.store.subscribers(own).await?;
        let changes = benefits::delete(&row, &subscribers, &app.context());
        app.commit(changes).await?;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}
