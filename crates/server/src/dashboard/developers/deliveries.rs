//! Deliveries: what was sent to an endpoint, what it said, and sending it again.

use std::sync::Arc;

use axum::{
    Router,
    routing::{get, post},
};
use till_core::{
    kernel::records::{WebhookDelivery, WebhookEvent},
    webhooks::ATTEMPTS,
};
use till_wire::{events::EventType, input::Words as _, webhooks::HttpCodeClass};
use uuid::Uuid;

use crate::{
    actions,
    app::App,
    dashboard::{
        Answer,
        access::{Dashboard, Viewer},
        detail::{Action, DetailPage, Fact, Part},
        done,
        form::FormData,
        layout::{Area, Layout},
        listing::{Column, Empty, Filter, Listing, ListingQuery, Row},
        parts::{Cell, Menu, MenuItem, Moment, Tone},
        show,
    },
    error::{ApiError, Result},
    http::{
        extract::{EndpointId, Params, PathId, scope},
        idempotency::IdempotencyGuard,
    },
};

pub fn routes() -> Router<Arc<App>> {
    let at = |rest: &str| {
        format!("/dashboard/{{shop}}/developers/webhooks/{{endpoint}}/deliveries/{{id}}{rest}")
    };
    Router::new()
        .route(&at(""), get(detail))
        .route(&at("/redeliver"), post(redeliver))
}

fn path(viewer: &Viewer, endpoint: Uuid, id: Uuid, rest: &str) -> String {
    viewer.path(&format!(
        "/developers/webhooks/{endpoint}/deliveries/{id}{rest}"
    ))
}

fn result(delivery: &WebhookDelivery) -> Cell {
    let tone = match delivery.succeeded {
        true => Tone::Good,
        false => Tone::Bad,
    };
    match delivery.http_code {
        Some(code) => Cell::toned(&code.to_string(), tone),
        None => Cell::toned("no answer", tone),
    }
}

/// Which attempt of its event it was.
fn attempt(delivery: &WebhookDelivery) -> Cell {
    Cell::text(delivery.attempt.map(|n| format!("{n} of {ATTEMPTS}")))
}

/// The time until the answer: `84 ms`, `2.5 s`.
fn duration(delivery: &WebhookDelivery) -> Cell {
    Cell::text(delivery.duration_ms.map(|ms| match ms {
        ..1000 => format!("{ms} ms"),
        _ => format!("{}.{} s", ms / 1000, ms % 1000 / 100),
    }))
}

/// The time of the next try after the newest attempt failed, or the reason why there is none.
fn next_try(viewer: &Viewer, delivery: &WebhookDelivery, event: &WebhookEvent) -> Cell {
    let is_newest = event.modified_at == Some(delivery.created_at);
    match event.next_attempt_at {
        _ if delivery.succeeded || !is_newest => Cell::Empty,
        Some(at) => Cell::Time(Moment::beside(at, delivery.created_at, &viewer.zone)),
        None => Cell::Text("None: no more attempts".to_owned()),
    }
}

/// The deliveries to an endpoint.
pub async fn of_endpoint(
    viewer: &Viewer,
    mut query: ListingQuery,
    endpoint: Uuid,
) -> Result<Listing> {
    let caller = viewer.may::<scope::WebhooksRead>()?;
    let find = |mut params: Params| {
        params.set("endpoint_id", &endpoint.to_string());
        actions::webhooks::delivery_rows(&caller, params)
    };
    let moments = ("start_timestamp", "end_timestamp");
    let page = query.load(moments, &viewer.zone, find).await?;
    let succeeded = [("true", "Succeeded"), ("false", "Failed")];
    let filters = [
        Filter::search(&query, "Delivery, event ID or code"),
        Filter::choice(&query, "succeeded", "Result", "Any", succeeded),
        Filter::choice(
            &query,
            "http_code_class",
            "Code",
            "Any",
            HttpCodeClass::ALL
                .iter()
                .map(|class| (class.word(), class.word())),
        ),
        Filter::choice(
            &query,
            "event_type",
            "Event",
            "Any",
            EventType::ALL
                .iter()
                .map(|kind| (kind.as_str(), kind.as_str())),
        ),
    ];
    let days = Filter::days(&query);
    let columns = vec![
        Column::new("Event"),
        Column::new("Answer"),
        Column::new("Attempt"),
        Column::new("Duration"),
        Column::new("Sent"),
        Column::new("Next attempt"),
    ];
    let empty = Empty {
        words: "Nothing has been sent yet. Send a test event, or make a purchase.",
        step: None,
    };
    let row = |(delivery, event): &(WebhookDelivery, WebhookEvent)| {
        Row::new(vec![
            Cell::Link {
                href: path(viewer, endpoint, delivery.id, ""),
                text: event.kind.to_string(),
                note: Some(event.id.to_string()),
            },
            result(delivery),
            attempt(delivery),
            duration(delivery),
            Cell::second(delivery.created_at, &viewer.zone),
            next_try(viewer, delivery, event),
        ])
        .menu(Menu {
            name: event.kind.to_string(),
            items: vec![
                MenuItem::PostOnce(
                    "Redeliver",
                    path(viewer, endpoint, delivery.id, "/redeliver"),
                    viewer.key.clone(),
                ),
                MenuItem::Copy("Copy event ID", event.id.to_string()),
            ],
        })
    };
    Ok(Listing::of(query, "Deliveries", columns, &page, row, empty)
        .filters(filters)
        .filters(days))
}

/// A delivery by its id; the API finds it by the ids it goes by.
async fn find(
    viewer: &Viewer,
    endpoint: Uuid,
    id: Uuid,
) -> Result<(WebhookDelivery, WebhookEvent)> {
    let params = Params::parse(&format!("endpoint_id={endpoint}&query={id}"));
    let caller = viewer.may::<scope::WebhooksRead>()?;
    let page = actions::webhooks::delivery_rows(&caller, params).await?;
    page.items
        .into_iter()
        .find(|(delivery, _)| delivery.id == id)
        .ok_or_else(ApiError::not_found)
}

/// JSON with line breaks, other text as it is.
fn readable(text: &str) -> String {
    serde_json::from_str::<serde_json::Value>(text)
        .and_then(|value| serde_json::to_string_pretty(&value))
        .unwrap_or_else(|_| text.to_owned())
}

async fn detail(
    dashboard: Dashboard<scope::WebhooksWrite>,
    EndpointId(endpoint): EndpointId,
    PathId(id): PathId,
) -> Answer {
    let (delivery, event) = find(&dashboard, endpoint, id).await?;
    let facts = vec![
        Fact::new("Delivery ID", Cell::Code(delivery.id.to_string())),
        Fact::new("webhook-id", Cell::Code(event.id.to_string())),
        Fact::new("Answer", result(&delivery)),
        Fact::new("Attempt", attempt(&delivery)),
        Fact::new("Duration", duration(&delivery)),
        Fact::new("Happened", Cell::second(event.created_at, &dashboard.zone)),
        Fact::new("Sent", Cell::second(delivery.created_at, &dashboard.zone)),
        Fact::new("Next attempt", next_try(&dashboard, &delivery, &event)),
    ];
    let block = |text: &Option<String>, nothing: &str| {
        let text = text.as_deref().filter(|text| !text.is_empty());
        match text {
            Some(text) => Cell::Block(readable(text)),
            None => Cell::Text(nothing.to_owned()),
        }
    };
    let request = block(&event.payload, "The payload is no longer kept.");
    let answer = block(&delivery.response, "Empty.");
    let part = |title, value| Part::Facts(title, vec![Fact::new("Body", value)]);
    let actions = match event.payload {
        Some(_) => vec![Action::Make(
            "Redeliver",
            path(&dashboard, endpoint, id, "/redeliver"),
            dashboard.key.clone(),
        )],
        None => Vec::new(),
    };
    show(&DetailPage {
        layout: Layout::new(&dashboard, Area::Developers, event.kind.to_string()).back(
            "Deliveries",
            dashboard.path(&format!("/developers/webhooks/{endpoint}")),
        ),
        state: result(&delivery),
        actions,
        menu: None,
        parts: vec![
            Part::Facts("Delivery", facts),
            part("Request", request),
            part("Response", answer),
        ],
    })
}

async fn redeliver(
    dashboard: Dashboard<scope::WebhooksWrite>,
    EndpointId(endpoint): EndpointId,
    PathId(id): PathId,
    form_data: FormData,
) -> Answer {
    let (_, event) = find(&dashboard, endpoint, id).await?;
    let send = async |guard: IdempotencyGuard| {
        actions::webhooks::redeliver(&dashboard.caller, event.id, &guard).await
    };
    let () = dashboard.make(&form_data, send).await?;
    let words = format!("{} is sent again.", event.kind);
    done(
        &dashboard.path(&format!("/developers/webhooks/{endpoint}")),
        &words,
    )
}
