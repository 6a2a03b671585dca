//! Usage: the events that programs send, and the meters of customers that count them.

use std::sync::Arc;

use axum::{Router, routing::get};
use jiff::Timestamp;
use till_wire::{
    page::Page,
    usage::{CustomerMeter, Event},
};
use uuid::Uuid;

use crate::{
    actions,
    app::App,
    dashboard::{
        Answer,
        access::{Dashboard, Viewer},
        buyers::{self, Buyers},
        detail::{Fact, Part},
        layout::Layout,
        listing::{Column, Filter, ListingQuery, thousands},
        metadata,
        parts::{Cell, Menu, MenuItem},
        resource_pages::{
            CUSTOMER_METERS, EVENT_TYPES, Listed, METERS, Related, ResourcePages, USAGE_EVENTS,
            count_newer, find, list, list_routes,
        },
        show,
    },
    error::Result,
    http::extract::{Caller, Params, PathId, scope},
};

/// Number of values of the metadata that a list shows.
const SHOWN: usize = 3;

/// The pages.
pub fn routes() -> Router<Arc<App>> {
    list_routes::<Event>(get(detail))
        .route(&USAGE_EVENTS.at("/newer"), get(newer))
        .route(&CUSTOMER_METERS.at(""), get(customer_meters))
}

async fn newer(dashboard: Dashboard<scope::EventsRead>, query: ListingQuery) -> Answer {
    count_newer::<Event>(&dashboard, query).await
}

async fn customer_meters(
    dashboard: Dashboard<scope::CustomerMetersRead>,
    query: ListingQuery,
) -> Answer {
    list::<CustomerMeter>(&dashboard, query).await
}

/// A number of units as people read it: `1,234` or `0.125`.
pub fn units(value: f64) -> String {
    // Whole numbers up to 2^53 are exact.
    match value.fract() == 0.0 && value.abs() < 9e15 {
        true => thousands(value as i64),
        false => value.to_string(),
    }
}

async fn detail(dashboard: Dashboard<scope::EventsRead>, PathId(id): PathId) -> Answer {
    let event: Event = find(&dashboard, id).await?;
    let code = |text: Option<String>| text.map_or(Cell::Empty, Cell::Code);
    let parent = event.parent_id.map_or(Cell::Empty, |parent| {
        Cell::link(
            USAGE_EVENTS.path(&dashboard, parent, ""),
            parent.to_string(),
        )
    });
    let facts = vec![
        Fact::new("Event ID", Cell::Code(id.to_string())),
        Fact::new("Name", Cell::Code(event.name.clone())),
        Fact::new("Time", Cell::second(event.timestamp, &dashboard.zone)),
        Fact::new("Customer", customer(&dashboard, &event)),
        Fact::new(
            "External customer ID",
            code(event.external_customer_id.clone()),
        ),
        Fact::new("Member ID", code(event.member_id.map(|id| id.to_string()))),
        Fact::new("Part of", parent),
    ];
    let mut parts = vec![Part::Facts("Event", facts)];
    parts.extend(metadata(&event.metadata));
    if event.child_count > 0 {
        let key = ("parent_id", id);
        let children = Related::<Event>::find(&dashboard, key).await?;
        parts.extend(children.map(|some| some.part(&dashboard, "It has no parts.")));
    }
    show(&event.detail(&dashboard, Cell::Empty, parts))
}

/// The customer whose usage it is, if one is known.
fn customer(viewer: &Viewer, event: &Event) -> Cell {
    match (&event.customer, &event.external_customer_id) {
        (Some(customer), _) => buyers::customer(viewer, customer),
        (None, Some(id)) => Cell::Noted(id.clone(), "No customer has this ID yet".to_owned()),
        (None, None) => Cell::Text("Erased".to_owned()),
    }
}

/// The first values of the metadata, each in one line.
fn values(event: &Event) -> Cell {
    let object = serde_json::to_value(&event.metadata).unwrap_or_default();
    let all = object.as_object().into_iter().flatten();
    let lines = all.take(SHOWN).map(|(key, value)| {
        let text = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        let mut line = format!("{key}: {text}");
        if let Some((end, _)) = line.char_indices().nth(80) {
            line.truncate(end);
            line.push('…');
        }
        Cell::Text(line)
    });
    Cell::Many(lines.collect())
}

impl Listed for Event {
    type Read = scope::EventsRead;

    const PAGES: ResourcePages = USAGE_EVENTS;
    const EMPTY: &'static str = "No usage has come in yet. Your programs send events with POST /v1/events/ingest, and meters count them.";
    const MOMENTS: Option<(&'static str, &'static str)> =
        Some(("start_timestamp", "end_timestamp"));
    const LIVE: bool = true;

    fn id(&self) -> Uuid {
        self.id
    }

    fn name(&self) -> String {
        self.label.clone()
    }

    async fn find(caller: &Caller<Self::Read>, id: Uuid) -> Result<Self> {
        actions::events::get(caller, id).await
    }

    async fn list(caller: &Caller<Self::Read>, params: Params) -> Result<Page<Self>> {
        actions::events::list(caller, params).await
    }

    fn filters(query: &ListingQuery) -> Vec<Filter> {
        vec![Filter::search(query, "Search in names and metadata")]
    }

    fn is_looked_through(query: &ListingQuery) -> bool {
        query.has(|key| {
            matches!(key, "query" | "filter" | "meter_id") || key.starts_with("metadata[")
        })
    }

    fn made_at(&self) -> Option<Timestamp> {
        Some(self.timestamp)
    }

    fn columns() -> Vec<Column> {
        vec![
            Column::new("Event"),
            Column::new("Customer"),
            Column::new("Metadata"),
            Column::new("Time").by("timestamp"),
        ]
    }

    fn cells(&self, viewer: &Viewer, _: &Buyers) -> Vec<Cell> {
        vec![
            self.link(viewer),
            customer(viewer, self),
            values(self),
            Cell::second(self.timestamp, &viewer.zone),
        ]
    }

    fn menu(&self, viewer: &Viewer) -> Menu {
        Menu {
            name: self.name(),
            items: vec![
                MenuItem::Link("Open", self.path(viewer)),
                MenuItem::Copy("Copy event ID", self.id.to_string()),
            ],
        }
    }

    fn beside(viewer: &Viewer) -> Option<(String, String)> {
        Some((EVENT_TYPES.many.to_owned(), viewer.path(EVENT_TYPES.list)))
    }
}

impl Listed for CustomerMeter {
    type Read = scope::CustomerMetersRead;

    const PAGES: ResourcePages = CUSTOMER_METERS;
    const EMPTY: &'static str = "No customer has used anything that a meter counts yet.";
    const STEP: Option<(&'static str, &'static str)> = Some(("Show meters", METERS.list));

    fn id(&self) -> Uuid {
        self.id
    }

    fn name(&self) -> String {
        self.meter.name.clone()
    }

    async fn find(caller: &Caller<Self::Read>, id: Uuid) -> Result<Self> {
        actions::customer_meters::get(caller, id).await
    }

    async fn list(caller: &Caller<Self::Read>, params: Params) -> Result<Page<Self>> {
        actions::customer_meters::list(caller, params).await
    }

    fn columns() -> Vec<Column> {
        vec![
            Column::new("Customer"),
            Column::new("Meter"),
            Column::number("Used").by("consumed_units"),
            Column::number("Credited").by("credited_units"),
            Column::number("Balance").by("balance"),
            Column::new("Last change").by("modified_at"),
        ]
    }

    fn cells(&self, viewer: &Viewer, _: &Buyers) -> Vec<Cell> {
        let meter = match viewer.may::<scope::MetersRead>() {
            Ok(_) => Cell::link(METERS.path(viewer, self.meter_id, ""), self.name()),
            Err(_) => Cell::Text(self.name()),
        };
        vec![
            buyers::customer(viewer, &self.customer),
            meter,
            Cell::Text(units(self.consumed_units)),
            Cell::Text(thousands(self.credited_units)),
            Cell::Text(units(self.balance)),
            Cell::time_or_nothing(self.modified_at, &viewer.zone),
        ]
    }

    fn menu(&self, _: &Viewer) -> Menu {
        Menu {
            name: self.name(),
            items: vec![MenuItem::Copy(
                "Copy customer meter ID",
                self.id.to_string(),
            )],
        }
    }

    fn around_list(viewer: &Viewer) -> Layout {
        METERS.under_list(viewer, CUSTOMER_METERS.many)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_grouped_and_keep_their_decimals() {
        for (value, words) in [
            (0.0, "0"),
            (1_234_567.0, "1,234,567"),
            (-5.0, "-5"),
            (0.125, "0.125"),
        ] {
            assert_eq!(units(value), words);
        }
    }
}
