//! The preview beside a meter's form: which of the newest events its conditions choose.

use askama::Template;
use axum::response::{Html, IntoResponse};
use serde_json::json;
use till_wire::{meters::MeterCreate, usage::Event};

use super::fill;
use crate::{
    actions::events,
    dashboard::{
        Answer,
        access::{Dashboard, Viewer},
        form::FormData,
        parts::Cell,
        resource_pages::USAGE_EVENTS,
    },
    error::{ApiError, Result},
    http::extract::{Body, scope},
};

/// Number of events that are shown.
const SHOWN: usize = 5;

/// Outcome of the conditions.
#[derive(Debug, Template)]
#[template(path = "dashboard/meter_preview.html")]
struct Preview {
    /// Number of events that they choose, in one sentence.
    words: String,
    /// The newest of the events: the event, and its time.
    rows: Vec<(Cell, Cell)>,
}

/// The preview while the form is filled in.
pub async fn show(dashboard: Dashboard<scope::MetersWrite>, form_data: FormData) -> Answer {
    let html = html(&dashboard, &form_data).await?.unwrap_or_default();
    Ok(Html(html).into_response())
}

/// The preview as HTML; none for those who may not see events.
pub async fn html(viewer: &Viewer, form_data: &FormData) -> Result<Option<String>> {
    let Ok(caller) = viewer.may::<scope::EventsRead>() else {
        return Ok(None);
    };
    // The conditions alone are judged here.
    let mut body = fill::body(form_data, None);
    body["name"] = json!("Preview");
    body["unit"] = json!("scalar");
    body["aggregation"] = json!({"func": "count"});
    body["metadata"] = json!({});
    let preview = match Body(Some(body)).read(MeterCreate::read) {
        Err(_) => Preview {
            words: "Once each condition is complete, the events that they choose are shown here."
                .to_owned(),
            rows: Vec::new(),
        },
        Ok(input) => {
            let (looked_at, chosen) = events::newest_chosen(&caller, &input.filter, SHOWN).await?;
            let words = match (looked_at, chosen.count) {
                (0, _) => "No event has come in yet.".to_owned(),
                (all, 0) => format!("None of the newest {all} events is chosen."),
                (all, some) => format!(
                    "{some} of the newest {all} events {}.",
                    if some == 1 { "is chosen" } else { "are chosen" }
                ),
            };
            let row = |event: &Event| {
                let path = USAGE_EVENTS.path(viewer, event.id, "");
                (
                    Cell::link(path, &event.label),
                    Cell::second(event.timestamp, &viewer.zone),
                )
            };
            Preview {
                words,
                rows: chosen.newest.iter().map(row).collect(),
            }
        }
    };
    Ok(Some(preview.render().map_err(ApiError::internal)?))
}
