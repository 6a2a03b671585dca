//! The `events` and `event-types` routes.

use axum::Json;
use till_wire::{
    page::Page,
    usage::{
        Event, EventName, EventTypeUpdate, EventTypeWithStats, EventsIngest, EventsIngestResponse,
        UsageEventType,
    },
};

use super::{
    Reply,
    operation::{Operation, operations},
};
use crate::{
    actions::events::{self, ListQuery, NamesQuery, TypesQuery},
    http::{
        extract::{Body, Caller, OrganizationQuery, PageQuery, Params, PathId, scope},
        idempotency::IdempotencyGuard,
    },
};

/// The routes.
pub(super) const OPERATIONS: &[Operation] =
    operations![list, names, get, ingest, list_types, update_type];

/// List events
///
/// Lists events, newest first unless `sorting` says otherwise: usage that programs sent in, and what Till did, such as
/// `order.paid`. `source` asks for one of the two.
#[utoipa::path(
    get, path = "/v1/events/", operation_id = "events:list",
    params(PageQuery, OrganizationQuery, ListQuery),
    responses((status = 200, description = "Page of events.", body = Page<Event>))
)]
async fn list(caller: Caller<scope::EventsRead>, params: Params) -> Reply<Page<Event>> {
    events::list(&caller, params).await.map(Json)
}

/// List event names
///
/// Lists the names of events, each with how often it occurred: those of programs and those of Till. The numbers follow an
/// ingestion within seconds.
#[utoipa::path(
    get, path = "/v1/events/names", operation_id = "events:list_names",
    params(PageQuery, OrganizationQuery, NamesQuery),
    responses((status = 200, description = "Page of names of events.", body = Page<EventName>))
)]
async fn names(caller: Caller<scope::EventsRead>, params: Params) -> Reply<Page<EventName>> {
    events::names(&caller, params).await.map(Json)
}

/// Get an event
///
/// Returns one event, of a program or of Till.
#[utoipa::path(
    get, path = "/v1/events/{id}", operation_id = "events:get",
    responses((status = 200, description = "Event with this ID.", body = Event))
)]
async fn get(caller: Caller<scope::EventsRead>, PathId(id): PathId) -> Reply<Event> {
    events::get(&caller, id).await.map(Json)
}

/// Ingest events
///
/// Stores up to 1,000 events of usage: all of them, or none where one is wrong. An event whose `external_id` is there
/// already is left out and counted as a duplicate, so a request can be sent again. Events never change. Meters count
/// them within seconds.
#[utoipa::path(
    post, path = "/v1/events/ingest", operation_id = "events:ingest",
    request_body(content = EventsIngest, description = "Events to store, up to 10 MiB in all."),
    responses((status = 200, description = "Number of events that were stored.", body = EventsIngestResponse))
)]
async fn ingest(
    caller: Caller<scope::EventsWrite>,
    guard: IdempotencyGuard,
    body: Body,
) -> Reply<EventsIngestResponse> {
    // Held until all is stored: whoever sends a lot waits here, and not in front of everybody else.
    let turn = caller
        .app
        .limits
        .ingesting
        .take(caller.organization.id)
        .await;
    let background = caller.app.background.clone();
    let work = async move {
        let _turn = turn;
        let input = body.read(EventsIngest::read)?;
        events::ingest(&caller, &guard, input).await
    };
    background.run(work).await.map(Json)
}

/// List event types
///
/// Lists the types of events, one for each name, each with how often it occurred. The numbers follow an ingestion within
/// seconds. Types of Till's own events, which have no ID, are listed where `source` asks for them.
#[utoipa::path(
    get, path = "/v1/event-types/", operation_id = "event-types:list",
    params(PageQuery, OrganizationQuery, TypesQuery),
    responses((status = 200, description = "Page of event types.", body = Page<EventTypeWithStats>))
)]
async fn list_types(
    caller: Caller<scope::EventsRead>,
    params: Params,
) -> Reply<Page<EventTypeWithStats>> {
    events::types(&caller, params).await.map(Json)
}

/// Update an event type
///
/// Changes the label of an event type, or the property that labels each of its events.
#[utoipa::path(
    patch, path = "/v1/event-types/{id}", operation_id = "event-types:update",
    request_body(content = EventTypeUpdate, description = "Fields to change."),
    responses((status = 200, description = "Event type after the change.", body = UsageEventType))
)]
async fn update_type(
    caller: Caller<scope::EventsWrite>,
    PathId(id): PathId,
    body: Body,
) -> Reply<UsageEventType> {
    let input = body.read(EventTypeUpdate::read)?;
    events::update_type(&caller, id, input).await.map(Json)
}
