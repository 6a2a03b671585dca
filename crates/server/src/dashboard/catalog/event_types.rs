//! Types of events: the names that events have, how often each occurred, and the label that people see instead.

use std::sync::Arc;

use axum::{Router, routing::get};
use serde_json::{Value, json};
use till_wire::{
    limits,
    page::Page,
    usage::{EventSource, EventTypeUpdate, EventTypeWithStats},
};
use uuid::Uuid;

use crate::{
    actions,
    app::App,
    dashboard::{
        Answer,
        access::{Dashboard, Viewer},
        buyers::Buyers,
        done,
        form::{Field, Form, FormData, FormErrors, FormPage, Group, Kind, judged},
        layout::Layout,
        listing::{Column, Filter, ListingQuery, thousands},
        parts::{Cell, Menu, MenuItem},
        resource_pages::{EVENT_TYPES, Listed, ResourcePages, USAGE_EVENTS, find, list},
        show, show_again,
    },
    error::Result,
    http::extract::{Body, Caller, Params, PathId, scope},
};

/// The pages.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route(&EVENT_TYPES.at(""), get(list_page))
        .route(&EVENT_TYPES.at("/{id}/edit"), get(edit).post(save))
}

async fn list_page(dashboard: Dashboard<scope::EventsRead>, query: ListingQuery) -> Answer {
    list::<EventTypeWithStats>(&dashboard, query).await
}

/// The address of the events of this type.
fn events_at(viewer: &Viewer, one: &EventTypeWithStats) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("name", &one.name)
        .append_pair("source", one.source.as_str())
        .finish();
    viewer.path(&format!("{}?{query}", USAGE_EVENTS.list))
}

impl Listed for EventTypeWithStats {
    type Read = scope::EventsRead;

    const PAGES: ResourcePages = EVENT_TYPES;
    const EMPTY: &'static str = "No event has come in yet. Your programs send events with POST /v1/events/ingest, and each name that they give them is a type.";

    /// Nothing leads to the page of a type without one.
    fn id(&self) -> Uuid {
        self.id.unwrap_or_default()
    }

    fn name(&self) -> String {
        self.name.clone()
    }

    async fn find(caller: &Caller<Self::Read>, id: Uuid) -> Result<Self> {
        actions::events::get_type(caller, id).await
    }

    async fn list(caller: &Caller<Self::Read>, params: Params) -> Result<Page<Self>> {
        actions::events::types(caller, params).await
    }

    fn may_write(viewer: &Viewer) -> bool {
        viewer.may::<scope::EventsWrite>().is_ok()
    }

    fn filters(query: &ListingQuery) -> Vec<Filter> {
        let till = [(EventSource::System.as_str(), "Till")];
        vec![
            Filter::search(query, "Search by name or label"),
            Filter::choice(query, "source", "Made by", "Your programs", till),
        ]
    }

    fn columns() -> Vec<Column> {
        vec![
            Column::new("Name").by("name"),
            Column::new("Label").by("label"),
            Column::number("Events").by("occurrences"),
            Column::new("First seen").by("first_seen"),
            Column::new("Last seen").by("last_seen"),
        ]
    }

    fn cells(&self, viewer: &Viewer, _: &Buyers) -> Vec<Cell> {
        let label = match &self.label_property_selector {
            None => Cell::Text(self.label.clone()),
            Some(path) => Cell::Noted(self.label.clone(), format!("Each event: {path}")),
        };
        vec![
            Cell::link(events_at(viewer, self), self.name.clone()),
            label,
            Cell::Text(thousands(self.occurrences)),
            Cell::time(self.first_seen, &viewer.zone),
            Cell::time(self.last_seen, &viewer.zone),
        ]
    }

    fn menu(&self, viewer: &Viewer) -> Menu {
        let mut items = vec![
            MenuItem::Link("Show events", events_at(viewer, self)),
            MenuItem::Copy("Copy name", self.name.clone()),
        ];
        if let Some(id) = self.id {
            items.push(MenuItem::Copy("Copy event type ID", id.to_string()));
            if Self::may_write(viewer) {
                items.push(MenuItem::Separator);
                items.push(MenuItem::Link("Edit label", edit_at(viewer, id)));
            }
        }
        Menu {
            name: self.name(),
            items,
        }
    }

    fn around_list(viewer: &Viewer) -> Layout {
        USAGE_EVENTS.under_list(viewer, EVENT_TYPES.many)
    }
}

fn edit_at(viewer: &Viewer, id: Uuid) -> String {
    EVENT_TYPES.path(viewer, id, "/edit")
}

fn form_page(
    viewer: &Viewer,
    one: &EventTypeWithStats,
    form_data: &FormData,
    errors: &FormErrors,
) -> FormPage {
    let fields = vec![
        Field::new("label", "Label", Kind::Line("text"))
            .required()
            .focus()
            .hint(format!(
                "The words that people read instead of the name; up to {} characters.",
                limits::USAGE_NAME
            )),
        Field::new(
            "label_property_selector",
            "Label of each event",
            Kind::Line("text"),
        )
        .hint("The property whose value labels each event, such as metadata.subject. If empty, all have the label above."),
    ];
    let id = one.id();
    let form = Form::new(
        edit_at(viewer, id),
        "Save label",
        vec![Group::new("", fields)],
    );
    FormPage {
        layout: EVENT_TYPES.under_list(viewer, format!("Edit {}", one.name)),
        form: form.again(form_data, errors),
        aside: None,
    }
}

fn filled(one: &EventTypeWithStats) -> FormData {
    let mut form_data = FormData::default();
    form_data.set("label", one.label.clone());
    let path = one.label_property_selector.clone();
    form_data.set("label_property_selector", path.unwrap_or_default());
    form_data
}

/// The API's body.
fn body(form_data: &FormData) -> Value {
    json!({
        "label": form_data.get("label").unwrap_or_default().trim(),
        "label_property_selector": form_data.filled("label_property_selector"),
    })
}

async fn edit(dashboard: Dashboard<scope::EventsWrite>, PathId(id): PathId) -> Answer {
    let one: EventTypeWithStats = find(&dashboard, id).await?;
    let errors = FormErrors::default();
    show(&form_page(&dashboard, &one, &filled(&one), &errors))
}

async fn save(
    dashboard: Dashboard<scope::EventsWrite>,
    PathId(id): PathId,
    form_data: FormData,
) -> Answer {
    let one: EventTypeWithStats = find(&dashboard, id).await?;
    let saved = async {
        let input = Body(Some(body(&form_data))).read(EventTypeUpdate::read)?;
        actions::events::update_type(&dashboard.caller, id, input).await
    };
    match judged(saved.await)? {
        Ok(_) => done(
            &dashboard.path(EVENT_TYPES.list),
            &format!("The label of {} was saved.", one.name),
        ),
        Err(errors) => show_again(&form_page(&dashboard, &one, &form_data, &errors)),
    }
}
