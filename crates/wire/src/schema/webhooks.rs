use utoipa::openapi::Schema;

use super::{flag, id, list, object, schema_of, text, url, word};
use crate::{
    events::EventType,
    webhooks::{EndpointCreate, EndpointUpdate, WebhookFormat},
};

fn create() -> Schema {
    object("A new endpoint.")
        .required("url", url(), "Where deliveries go; https only, except in development.")
        .optional("name", text(0, usize::MAX), "For people.")
        .required("format", word::<WebhookFormat>(), "What the body looks like.")
        .deprecated("secret", text(32, 512), "Your own secret; without one a new one is made.")
        .required("events", list(0, word::<EventType>()), "Which events are delivered.")
        .optional("organization_id", id(), "Not with an organization's token.")
        .schema()
}

fn update() -> Schema {
    object("A change to an endpoint; what is missing or null stays.")
        .optional("url", url(), "Where deliveries go.")
        .optional("name", text(0, usize::MAX), "For people.")
        .optional("format", word::<WebhookFormat>(), "What the body looks like.")
        .deprecated("secret", text(32, 512), "Your own secret.")
        .optional("events", list(0, word::<EventType>()), "Replaces the events.")
        .optional("enabled", flag(), "Whether events are delivered.")
        .schema()
}

schema_of!(EndpointCreate, create());
schema_of!(EndpointUpdate, update());
