//! The endpoint form: its fields, and the API's body that it becomes.

use serde_json::Value;
use till_wire::{
    events::EventType,
    webhooks::{WebhookEndpoint, WebhookFormat},
};

use crate::{
    dashboard::{
        form::{Field, FormData, Group, Kind, TickGroup, TickOption},
        parts::sentence,
    },
    http::extract::Body,
};

/// The types that most programs need: that something was paid for, and what a customer has now.
const USUAL: [EventType; 2] = [EventType::OrderPaid, EventType::CustomerStateChanged];

/// The data of an empty form: the usual events, for programs.
pub fn fresh() -> FormData {
    filled("", "", WebhookFormat::Raw, &USUAL)
}

/// All types, grouped by what they are about.
fn event_groups() -> Vec<TickGroup> {
    let mut groups: Vec<TickGroup> = Vec::new();
    for kind in EventType::ALL {
        let (subject, _) = kind.as_str().split_once('.').unwrap_or_default();
        let title = sentence(subject);
        let option = TickOption {
            value: kind.to_string(),
            on: false,
        };
        match groups.iter_mut().find(|group| group.title == title) {
            Some(group) => group.options.push(option),
            None => groups.push(TickGroup {
                title,
                options: vec![option],
            }),
        }
    }
    groups
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
                    .hint("Events are sent to it by POST; it should answer with a 2xx status within ten seconds."),
                Field::new("name", "Name", Kind::Line("text")),
                Field::new("format", "Format", formats),
            ],
        ),
        Group::new(
            "Events",
            vec![Field::new("events", "Event types", Kind::GroupedTicks(event_groups()))],
        )
        .note(
            "Most programs need two: order.paid, and customer.state_changed, which says what a customer has access \
             to.",
        ),
    ]
}

/// The API's body. To a change, null says nothing.
pub fn body(form_data: &FormData) -> Body {
    let mut body = form_data.json_with(&["events"]);
    body["url"] = Value::from(form_data.get("url").unwrap_or_default());
    Body(Some(body))
}
