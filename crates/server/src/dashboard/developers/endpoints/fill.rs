//! The endpoint form: its fields, and the API's body that it becomes.

use serde_json::Value;
use till_wire::{
    events::EventType,
    webhooks::{WebhookEndpoint, WebhookFormat},
};

use crate::{
    dashboard::form::{Field, FormData, Group, Kind},
    http::extract::Body,
};

/// The data of an empty form: all events, for programs.
pub fn fresh() -> FormData {
    filled("", "", WebhookFormat::Raw, EventType::ALL)
}

/// An endpoint as its form shows it.
pub fn of_endpoint(endpoint: &WebhookEndpoint) -> FormData {
    let name = endpoint.name.as_deref().unwrap_or_default();
    filled(&endpoint.url, name, endpoint.format, &endpoint.events)
}

fn filled(url: &str, name: &str, format: WebhookFormat, events: &[EventType]) -> FormData {
    let mut form_data = FormData::default();
    form_data.set("url", url);
    form_data.set("name", name);
    form_data.set("format", format.as_str());
    for kind in events {
        form_data.add("events", kind.as_str());
    }
    form_data
}

/// The form's groups.
pub fn groups() -> Vec<Group> {
    let kinds = EventType::ALL.iter().map(|kind| {
        let word = kind.as_str().to_owned();
        (word.clone(), word, false)
    });
    let words = |format: &WebhookFormat| match format {
        WebhookFormat::Raw => "JSON for programs",
        WebhookFormat::Discord => "Discord message",
        WebhookFormat::Slack => "Slack message",
    };
    let formats = WebhookFormat::ALL.iter();
    let formats = Kind::choice(formats.map(|format| (format.as_str(), words(format))));
    vec![
        Group::new(
            "",
            vec![
                Field::new("url", "URL", Kind::Line("url"))
                    .required()
                    .focus()
                    .hint("Where events are sent by POST; it should answer with 2xx within ten seconds."),
                Field::new("name", "Name", Kind::Line("text")),
                Field::new("format", "Format", formats),
            ],
        ),
        Group::new(
            "Events",
            vec![Field::new("events", "Event types", Kind::Ticks(kinds.collect()))],
        ),
    ]
}

/// The API's body. To a change, null says nothing.
pub fn body(form_data: &FormData) -> Body {
    let mut body = form_data.json_with(&["events"]);
    body["url"] = Value::from(form_data.get("url").unwrap_or_default());
    Body(Some(body))
}
