//! The `meters` routes.

use axum::Json;
use till_wire::{
    meters::{Meter, MeterCreate, MeterUpdate},
    page::Page,
    usage::MeterQuantities,
};

use super::{
    Created, Reply, created,
    operation::{Operation, operations},
};
use crate::{
    actions::meters::{self, ListQuery, QuantitiesQuery},
    http::{
        extract::{Body, Caller, OrganizationQuery, PageQuery, Params, PathId, scope},
        idempotency::IdempotencyGuard,
    },
};

/// The routes.
pub(super) const OPERATIONS: &[Operation] = operations![list, create, get, update, quantities];

/// List meters
///
/// Lists the meters of your organization, by name unless `sorting` says otherwise.
#[utoipa::path(
    get, path = "/v1/meters/", operation_id = "meters:list",
    params(PageQuery, OrganizationQuery, ListQuery),
    responses((status = 200, description = "Page of meters.", body = Page<Meter>))
)]
async fn list(caller: Caller<scope::MetersRead>, params: Params) -> Reply<Page<Meter>> {
    meters::list(&caller, params).await.map(Json)
}

/// Get a meter
///
/// Returns one meter.
#[utoipa::path(
    get, path = "/v1/meters/{id}", operation_id = "meters:get",
    responses((status = 200, description = "Meter with this ID.", body = Meter))
)]
async fn get(caller: Caller<scope::MetersRead>, PathId(id): PathId) -> Reply<Meter> {
    meters::get(&caller, id).await.map(Json)
}

/// Create a meter
///
/// Creates a meter. Metered prices and credits refer to it.
#[utoipa::path(
    post, path = "/v1/meters/", operation_id = "meters:create",
    request_body(content = MeterCreate, description = "Meter to create."),
    responses((status = 201, description = "Meter that was created.", body = Meter))
)]
async fn create(
    caller: Caller<scope::MetersWrite>,
    guard: IdempotencyGuard,
    body: Body,
) -> Created<Meter> {
    let input = body.read(MeterCreate::read)?;
    meters::create(&caller, &guard, input).await.map(created)
}

/// Update a meter
///
/// Changes a meter, or archives it. A meter that an active price or a benefit uses cannot be archived. Filter and
/// aggregation of a meter that has counted an event stay as they are.
#[utoipa::path(
    patch, path = "/v1/meters/{id}", operation_id = "meters:update",
    request_body(content = MeterUpdate, description = "Fields to change."),
    responses((status = 200, description = "Meter after the change.", body = Meter))
)]
async fn update(
    caller: Caller<scope::MetersWrite>,
    PathId(id): PathId,
    body: Body,
) -> Reply<Meter> {
    let input = body.read(MeterUpdate::read)?;
    meters::update(&caller, id, input).await.map(Json)
}

/// Get quantities of a meter
///
/// Returns what a meter counted in each interval of some time, and in all of it. Events count by the time at which they
/// happened, also those that came in late. The time begins and ends on a quarter of an hour.
#[utoipa::path(
    get, path = "/v1/meters/{id}/quantities", operation_id = "meters:quantities",
    params(QuantitiesQuery),
    responses((status = 200, description = "Quantities of the meter.", body = MeterQuantities))
)]
async fn quantities(
    caller: Caller<scope::MetersRead>,
    PathId(id): PathId,
    params: Params,
) -> Reply<MeterQuantities> {
    meters::quantities(&caller, id, params).await.map(Json)
}
